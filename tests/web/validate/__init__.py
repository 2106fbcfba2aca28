"""Checks of built sites, as machines read them. `__main__.py` says how to run them."""
