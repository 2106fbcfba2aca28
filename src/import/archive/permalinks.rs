//! Permalink patterns: placeholders → values.

/// Replaces the placeholders of a pattern. `resolve` gets the text after `open`, which begins a placeholder, and returns the value of
/// the placeholder there and its length. What it does not know stays as written.
pub(in crate::import) fn expand(
    pattern: &str,
    open: &str,
    mut resolve: impl FnMut(&str) -> Option<(String, usize)>,
) -> String {
    let mut expanded = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once(open) {
        expanded.push_str(before);
        match resolve(after) {
            Some((value, length)) => {
                expanded.push_str(&value);
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                expanded.push_str(open);
                rest = after;
            }
        }
    }
    expanded + rest
}

/// The `strftime` format of a date placeholder in a table such as `year=%Y month=%m`.
pub(in crate::import) fn date_format<'t>(table: &'t str, placeholder: &str) -> Option<&'t str> {
    table.split_whitespace().find_map(|entry| entry.strip_prefix(placeholder)?.strip_prefix('='))
}
