//! The filters that templates can use in addition to Tera's own.

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use tera::value::Key;
use tera::{Error, Kwargs, Map, State, StringInput, Tera, TeraResult, Value};

use super::limits::{self, LimitedBuffer};
use crate::content::markdown;
use crate::plan::Urls;
use crate::query::DateFormatter;
use crate::slug::Slugs;
use crate::typography::Typography;

/// Registers the filters.
pub(super) fn register(
    tera: &mut Tera,
    urls: &Urls,
    dates: DateFormatter,
    slugs: Slugs,
    typography: Option<Typography>,
) {
    let dates = Arc::new(dates);
    tera.register_filter("date", move |time: &str, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let format = kwargs.get::<&str>("format")?.unwrap_or("long");
        dates.format(time, format).map_err(Error::message)
    });
    let urls = urls.clone();
    tera.register_filter("absolute_url", move |path: &str, _: Kwargs, _: &State<'_>| urls.whole(path));
    tera.register_filter("slug", move |text: &str, _: Kwargs, _: &State<'_>| slugs.of(text));
    tera.register_filter("markdown", move |text: &str, kwargs: Kwargs, _: &State<'_>| {
        markdown_filter(text, typography, &kwargs)
    });
    tera.register_filter(
        "truncate_words",
        |text: &str, kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
            Ok(first_words(text, kwargs.get::<usize>("count")?.unwrap_or(30)))
        },
    );
    tera.register_filter("json", |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let mut buffer = LimitedBuffer::new();
        match serde_json::to_writer(&mut buffer, limits::defined(value)?) {
            Ok(()) => Ok(Value::safe_string(&escape_for_script(&String::from_utf8_lossy(&buffer.bytes)))),
            Err(_) if buffer.is_full => Err(limits::too_long()),
            Err(error) => Err(Error::message(error.to_string())),
        }
    });
    // Tera's versions treat undefined values as empty text.
    tera.register_filter("safe", |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        to_text(limits::defined(value)?).map(|text| Value::safe_string(&text))
    });
    tera.register_filter("str", |value: &Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        to_text(limits::defined(value)?).map(|text| Value::from(text.into_owned()))
    });
    tera.register_filter("replace", replace);
    tera.register_filter("join", join);
    tera.register_filter("group_by", group_by);
}

/// A value as Tera prints it.
fn to_text(value: &Value) -> TeraResult<Cow<'_, str>> {
    if let Some(text) = value.as_str() {
        return Ok(Cow::Borrowed(text));
    }
    let mut buffer = LimitedBuffer::new();
    match write!(buffer, "{value}") {
        Ok(()) => Ok(Cow::Owned(String::from_utf8_lossy(&buffer.bytes).into_owned())),
        Err(_) => Err(limits::too_long()),
    }
}

/// Tera's `replace` with a limit.
fn replace(text: StringInput<'_>, kwargs: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let from = kwargs.must_get::<&str>("from")?;
    let to = kwargs.must_get::<StringInput<'_>>("to")?;
    let is_safe = state.autoescaping_enabled() && (text.is_safe() || to.is_safe());
    let (text, to) = match is_safe {
        true => (text.rendered(state)?, to.rendered(state)?),
        false => (Cow::Borrowed(text.as_str()), Cow::Borrowed(to.as_str())),
    };
    let growth = to.len().saturating_sub(from.len());
    if growth > 0 && text.len() + text.matches(from).count().saturating_mul(growth) > limits::BYTES {
        return Err(limits::too_long());
    }
    let replaced = text.replace(from, &to);
    Ok(if is_safe { Value::safe_string(&replaced) } else { Value::from(replaced) })
}

/// Tera's `join` with a limit; rejects undefined values instead of treating them as empty text.
fn join(items: &[Value], kwargs: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let separator = kwargs.get::<StringInput<'_>>("sep")?;
    let is_safe = state.autoescaping_enabled()
        && (items.iter().any(|item| item.is_string() && item.is_safe())
            || separator.as_ref().is_some_and(StringInput::is_safe));
    let separator = match &separator {
        Some(separator) if is_safe => separator.rendered(state)?,
        Some(separator) => Cow::Borrowed(separator.as_str()),
        None => Cow::Borrowed(""),
    };
    let mut joined = String::new();
    for (at, item) in items.iter().enumerate() {
        let item = to_text(limits::defined(item)?)?;
        if joined.len() + item.len() + separator.len() > limits::BYTES {
            return Err(limits::too_long());
        }
        joined.push_str(if at > 0 { &separator } else { "" });
        match is_safe && !items[at].is_safe() {
            true => joined.push_str(&state.escape(&item)?),
            false => joined.push_str(&item),
        }
    }
    Ok(if is_safe { Value::safe_string(&joined) } else { Value::from(joined) })
}

fn markdown_filter(text: &str, typography: Option<Typography>, kwargs: &Kwargs) -> TeraResult<Value> {
    let outline = markdown::outline(text, typography, "");
    let html = markdown::to_html(text, &outline.headings, typography, &resolve);
    let inline = kwargs.get::<bool>("inline")?.unwrap_or(false);
    let inner = html.trim().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    Ok(Value::safe_string(inner.filter(|inner| inline && !inner.contains("<p>")).unwrap_or(&html)))
}

/// Hides relative links: only the text of an article has a folder that they could refer to.
fn resolve(written: &str, _: markdown::ReferenceKind) -> markdown::Target {
    match markdown::classify(written) {
        markdown::Written::Source { .. } | markdown::Written::File(_) => markdown::Target::Hidden,
        _ => markdown::Target::Keep,
    }
}

fn first_words(text: &str, count: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().take(count.saturating_add(1)).collect();
    if words.len() <= count {
        return text.to_owned();
    }
    let kept = words[..count].join(" ");
    format!("{}…", kept.trim_end_matches(|c: char| c.is_ascii_punctuation()))
}

/// Escapes JSON so that it can neither end the `<script>` around it (HTML, section 4.12.1.3) nor break a line of JavaScript.
fn escape_for_script(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => safe.push(c),
        }
    }
    safe
}

/// Groups items in the order of first appearance. Tera's filter has no fixed order, so pages would differ from run to run.
fn group_by(items: &[Value], kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let attribute = kwargs.must_get::<&str>("attribute")?;
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    let mut indices = std::collections::HashMap::new();
    for item in items {
        let value = item.get_from_path(attribute).filter(|value| !value.is_none() && !value.is_undefined());
        let Some(value) = value else { continue };
        let key = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let index = *indices.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[index].1.push(item.clone());
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
    fn json_cannot_end_its_script() {
        assert_eq!(escape_for_script("\"</script>&\u{2028}\""), "\"\\u003c/script\\u003e\\u0026\\u2028\"");
    }

    #[test]
    fn truncate_words_keeps_whole_words() {
        assert_eq!(first_words("one two, three", 2), "one two…");
        assert_eq!(first_words("one two", 2), "one two");
    }
}
