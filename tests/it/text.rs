//! Text as it is typed: punctuation, scripts, markup that is not Markdown.
