"""Checks the machine-readable output of built sites. `__main__.py` explains how to run the checks."""
