import datetime

AUTHOR = 'The desk'
SITENAME = 'The Hill'
SITEURL = ''
PATH = 'content'
DEFAULT_LANG = 'en'
ARTICLE_URL = '{date:%Y}/{date:%m}/{slug}/'
ARTICLE_SAVE_AS = '{date:%Y}/{date:%m}/{slug}/index.html'
STATIC_PATHS = [
    'images',
    'extra',
]
THIS_YEAR = datetime.date.today().year
