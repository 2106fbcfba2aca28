from pelicanconf import *
SITEURL = 'https://hill.example/archive'
