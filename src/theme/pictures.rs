//! The function `picture()`: a picture as templates have it, and what a page wants of it → what its HTML needs.

use tera::value::Key;
use tera::{Error, Kwargs, Map, TeraResult, Value};

use super::arguments::text;
use crate::pictures::{Focus, Ratio};
use crate::plan::LinkTarget;
use crate::query::{PictureQuery, Queries, Query, current_page};

/// The widths that a call may ask for, in pixels.
const WIDTHS: std::ops::RangeInclusive<u64> = 16..=8192;
/// The most widths of a call: each is a file for each format.
const MAX_WIDTHS: usize = 16;
/// The value of `sizes` if a call has none: as wide as the window.
pub(super) const SIZES: &str = "100vw";

/// What a picture hands on to what its HTML needs.
const WORDS: [&str; 5] = ["alt", "caption", "credit", "digital_source", "focus"];

/// Answers a call of `picture()`.
pub(super) fn picture(kwargs: &Kwargs) -> TeraResult<Value> {
    let of = kwargs.must_get::<&Value>("of")?;
    let written = of.as_str().or_else(|| of.get_from_path("src").and_then(Value::as_str));
    let written = written.ok_or_else(|| {
        Error::message("`of` must be a picture such as `article.image`, or the path or URL of one; test whether there is one first")
    })?;
    let ratio = ratio(kwargs)?;
    let src = current_page::with(|page| path(&page.queries, written)).unwrap_or_default();
    let query = PictureQuery {
        src: src.clone(),
        widths: widths(kwargs)?,
        ratio,
        // Only a crop depends on it.
        focus: ratio.and_then(|_| focus(of)),
    };
    let sizes = match is_given(kwargs, "sizes")? {
        true => text(kwargs, "sizes")?,
        false => SIZES,
    };
    let found = match is_on_site(&src) {
        true => current_page::ask(&Query::Picture(query)).map_err(Error::message)?,
        false => Value::none(),
    };
    Ok(value(of, &src, sizes, &found))
}

/// The value of the call: what was found, else the picture as it is, with its words.
fn value(of: &Value, src: &str, sizes: &str, found: &Value) -> Value {
    let given = |name: &'static str| {
        let value = of.as_map().and_then(|map| map.get(&Key::Str(name)));
        value.filter(|value| !value.is_undefined()).cloned().unwrap_or_else(Value::none)
    };
    let mut map = match found.as_map() {
        Some(found) => found.clone(),
        None => as_it_is(src),
    };
    let has_size = map.get(&Key::Str("width")).is_some_and(|width| !width.is_none());
    if !has_size {
        for name in ["width", "height"] {
            map.insert(Key::Str(name), given(name));
        }
    }
    map.insert(Key::Str("sizes"), Value::from(sizes));
    for name in WORDS {
        map.insert(Key::Str(name), given(name));
    }
    Value::from(map)
}

/// A picture without renditions, with the keys of one that has some.
fn as_it_is(src: &str) -> Map {
    let none =
        ["srcset", "width", "height", "color", "color_class"].map(|name| (Key::Str(name), Value::none()));
    let src = [(Key::Str("src"), Value::from(src)), (Key::Str("sources"), Value::from(Vec::<Value>::new()))];
    src.into_iter().chain(none).collect()
}

/// The path of a picture on the site, or its URL elsewhere. Empty if readers must not see it.
fn path(queries: &Queries, written: &str) -> String {
    let plan = &queries.edition().plan;
    match plan.resolve_site_link(written) {
        LinkTarget::Hidden(_) => String::new(),
        LinkTarget::Page { url: Some(url), .. } => url,
        _ if is_below(plan.urls().prefix(), written) => written.to_owned(),
        // A relative path would lead elsewhere from each page.
        _ if is_relative(written) => plan.urls().path_of(&format!("/{written}")),
        _ => plan.urls().path_of_any(written),
    }
}

fn is_below(prefix: &str, written: &str) -> bool {
    !prefix.is_empty() && written.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
}

fn is_relative(written: &str) -> bool {
    !written.is_empty() && !written.starts_with('/') && url::Url::parse(written).is_err()
}

fn is_on_site(src: &str) -> bool {
    src.starts_with('/') && !src.starts_with("//")
}

/// Whether an argument is given and not none.
fn is_given(kwargs: &Kwargs, name: &'static str) -> TeraResult<bool> {
    Ok(kwargs.get::<&Value>(name)?.is_some_and(|value| !value.is_none()))
}

fn ratio(kwargs: &Kwargs) -> TeraResult<Option<Ratio>> {
    if !is_given(kwargs, "ratio")? {
        return Ok(None);
    }
    let written = text(kwargs, "ratio")?;
    let ratio = Ratio::parse(written).ok_or_else(|| {
        Error::message(format!(
            "`{written}` is not a ratio of whole numbers between 1:20 and 20:1; write it as in `ratio=\"16:9\"`"
        ))
    })?;
    Ok(Some(ratio))
}

/// The widths of a call, in ascending order; none: those of the settings.
fn widths(kwargs: &Kwargs) -> TeraResult<Vec<u32>> {
    if !is_given(kwargs, "widths")? {
        return Ok(Vec::new());
    }
    let wrong = || {
        let (least, most) = WIDTHS.into_inner();
        Error::message(format!(
            "`widths` must be a list of up to {MAX_WIDTHS} numbers of pixels, each from {least} to {most}"
        ))
    };
    let written = kwargs.must_get::<&Value>("widths")?.as_array().ok_or_else(wrong)?;
    let number = |width: &Value| {
        width.as_u64().filter(|width| WIDTHS.contains(width)).and_then(|width| u32::try_from(width).ok())
    };
    let widths: Option<Vec<u32>> = written.iter().map(number).collect();
    let mut widths = widths.filter(|widths| (1..=MAX_WIDTHS).contains(&widths.len())).ok_or_else(wrong)?;
    widths.sort_unstable();
    widths.dedup();
    Ok(widths)
}

/// The point that a crop must keep: `[x, y]`.
fn focus(of: &Value) -> Option<Focus> {
    match of.get_from_path("focus")?.as_array()? {
        [x, y] => Some(Focus::new(x.as_f64()?, y.as_f64()?)),
        _ => None,
    }
}
