//! The filters that templates have besides Tera's own.

use std::sync::Arc;

use tera::value::Key;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use super::dates::Dates;
use crate::content::markdown;
use crate::plan::Urls;
use crate::slug::Slugs;

/// Makes the filters known to a theme.
pub(super) fn register(tera: &mut Tera, urls: &Urls, dates: Dates, slugs: Slugs) {
    let dates = Arc::new(dates);
    tera.register_filter("date", move |time: &str, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let format = kwargs.get::<&str>("format")?.unwrap_or("long");
        dates.format(time, format).map_err(Error::message)
    });
    let urls = urls.clone();
    tera.register_filter("absolute_url", move |path: &str, _: Kwargs, _: &State<'_>| urls.whole(path));
    tera.register_filter("slug", move |text: &str, _: Kwargs, _: &State<'_>| slugs.of(text));
    tera.register_filter("markdown", markdown_filter);
    tera.register_filter(
        "truncate_words",
        |text: &str, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
            Ok(first_words(text, kwargs.get::<usize>("count")?.unwrap_or(30).min(10_000)))
        },
    );
    tera.register_filter("json", |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let json = serde_json::to_string(value).map_err(|error| Error::message(error.to_string()))?;
        Ok(Value::safe_string(&for_script(&json)))
    });
    tera.register_filter("group_by", group_by);
}

fn markdown_filter(text: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let outline = markdown::outline(text, true, "");
    let html = markdown::to_html(text, &outline.headings, true, &unresolved);
    let inline = kwargs.get::<bool>("inline")?.unwrap_or(false);
    let inner = html.trim().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    Ok(Value::safe_string(inner.filter(|inner| inline && !inner.contains("<p>")).unwrap_or(&html)))
}

/// A text that is no article's has no folder, so what it names by a relative path cannot be found, nor shown.
fn unresolved(written: &str, _: markdown::ReferenceKind) -> markdown::Target {
    match markdown::classify(written) {
        markdown::Written::Source { .. } | markdown::Written::File(_) => markdown::Target::Hidden,
        _ => markdown::Target::Keep,
    }
}

fn first_words(text: &str, count: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().take(count + 1).collect();
    if words.len() <= count {
        return text.to_owned();
    }
    let kept = words[..count].join(" ");
    format!("{}…", kept.trim_end_matches(|c: char| c.is_ascii_punctuation()))
}

/// JSON that cannot end the `<script>` it stands in (HTML, section 4.12.1.3) nor break a line of JavaScript.
fn for_script(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => safe.push(c),
        }
    }
    safe
}

/// Groups in the order of first appearance. Tera's own filter has no order, so its pages would differ from run to run.
fn group_by(items: &[Value], kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let attribute = kwargs.must_get::<&str>("attribute")?;
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for item in items {
        let value = item.get_from_path(attribute).filter(|value| !value.is_none() && !value.is_undefined());
        let Some(value) = value else { continue };
        let key = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(item.clone());
    }
    let mut map = Map::with_capacity(groups.len());
    for (key, items) in groups {
        map.insert(Key::from(key), Value::from(items));
    }
    Ok(Value::from(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_does_not_end_its_script() {
        assert_eq!(for_script("\"</script>&\u{2028}\""), "\"\\u003c/script\\u003e\\u0026\\u2028\"");
    }

    #[test]
    fn words_are_cut_after_a_whole_one() {
        assert_eq!(first_words("one two, three", 2), "one two…");
        assert_eq!(first_words("one two", 2), "one two");
    }
}
