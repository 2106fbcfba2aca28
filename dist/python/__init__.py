"""bulletin, a static site generator for news. The program is the binary `bulletin`; this package only brings it."""
