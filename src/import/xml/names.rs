//! Namespaces → fixed prefixes, independent of those in a document.

use std::borrow::Cow;

/// Beginnings of namespaces with their prefixes. The main vocabulary of a file has none.
const KNOWN: [(&str, &str); 19] = [
    ("http://www.w3.org/2005/Atom", "atom"),
    ("http://purl.org/atom/ns#", "atom"),
    ("http://www.w3.org/1999/xhtml", "html"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://purl.org/rss/1.0/modules/content", "content"),
    ("http://purl.org/rss/1.0/", ""),
    ("http://my.netscape.com/rdf/simple/0.9/", ""),
    ("http://backend.userland.com/", ""),
    ("http://purl.org/dc/elements/1.1", "dc"),
    ("http://purl.org/dc/terms", "dcterms"),
    ("http://search.yahoo.com/mrss", "media"),
    ("http://www.rssboard.org/media-rss", "media"),
    ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"),
    ("http://iptc.org/std/NITF", ""),
    ("http://iptc.org/std/nar/", ""),
    ("http://iptc.org/std/NewsML", ""),
    ("http://www.iptc.org/std/NITF", ""),
    ("http://schemas.openxmlformats.org/wordprocessingml/", ""),
    ("http://purl.oclc.org/ooxml/wordprocessingml/", ""),
];

/// The fixed prefix of a namespace, else the declared one.
pub(super) fn of_namespace(uri: &str, prefix: &str) -> Cow<'static, str> {
    let uri = uri.trim();
    let bare = uri.strip_prefix("https://").unwrap_or_else(|| uri.strip_prefix("http://").unwrap_or(uri));
    if bare.starts_with("wordpress.org/export/") {
        return Cow::Borrowed(if uri.trim_end_matches('/').ends_with("excerpt") { "excerpt" } else { "wp" });
    }
    match KNOWN.iter().find(|(known, _)| uri.starts_with(known)) {
        Some((_, name)) => Cow::Borrowed(name),
        None => Cow::Owned(prefix.to_owned()),
    }
}

/// The local name and the namespace of the root element, from the beginning of an XML file. The namespace is empty if none is declared.
pub(crate) fn of_root(head: &str) -> Option<(&str, &str)> {
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => rest.find("-->")? + 3,
            _ if rest.starts_with("<?") => rest.find("?>")? + 2,
            _ if rest.starts_with("<!") => {
                let end = rest.find('>')?;
                let subset = rest.get(..end)?.contains('[');
                if subset { rest.find("]>").map_or(end, |at| at + 1) + 1 } else { end + 1 }
            }
            _ => break,
        };
        rest = rest.get(end..)?.trim_start();
    }
    let tag = rest.strip_prefix('<')?;
    let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next()?;
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let is_name = local.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    is_name.then(|| (local, declared(tag, prefix).unwrap_or_default()))
}

/// The namespace that a tag declares for a prefix.
fn declared<'t>(tag: &'t str, prefix: &str) -> Option<&'t str> {
    let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    for (at, _) in tag.match_indices(&name) {
        let rest = tag.get(at + name.len()..)?.trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else {
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        return value.get(1..)?.split_once(quote).map(|(uri, _)| uri);
    }
    None
}
