//! The head of a page → its card in social networks: Open Graph (ogp.me) and X's own tags where Open Graph has none.

use super::tags::{meta, property};
use super::{Head, Subject};
use crate::formats::feed::picture_type;
use crate::formats::{Picture, Story};
use crate::view::rfc3339;

/// The smallest picture that X shows large.
const LARGE: (u32, u32) = (300, 157);

/// Writes the card of a page.
pub(super) fn write(out: &mut String, head: &Head<'_>) {
    let kind = match &head.subject {
        Subject::Story(_) => "article",
        Subject::List(list) if list.author.as_ref().is_some_and(|author| !author.is_organization) => {
            "profile"
        }
        _ => "website",
    };
    property(out, "og:type", kind);
    property(out, "og:title", head.title);
    if let Some(description) = head.description {
        property(out, "og:description", description);
    }
    property(out, "og:url", &head.url);
    property(out, "og:site_name", head.site.title);
    if let Some(locale) = locale(head.language) {
        property(out, "og:locale", &locale);
    }
    let story = match &head.subject {
        Subject::Story(story) | Subject::Standing(story) => Some(&**story),
        _ => None,
    };
    let picture = story.and_then(|story| story.image.as_ref()).filter(|picture| is_drawn(&picture.url));
    match picture {
        Some(picture) => image(out, picture),
        None => {
            let logo = head.site.publisher.logo.as_deref().filter(|logo| is_drawn(logo));
            logo.into_iter().for_each(|logo| property(out, "og:image", logo));
        }
    }
    if let Subject::Story(story) = &head.subject {
        article(out, story);
    }
    // X takes the title, text and picture from Open Graph.
    let large = picture.is_some_and(|picture| {
        file(picture).1.is_none_or(|(width, height)| width >= LARGE.0 && height >= LARGE.1)
    });
    meta(out, "twitter:card", if large { "summary_large_image" } else { "summary" });
}

fn image(out: &mut String, picture: &Picture<'_>) {
    let (url, size) = file(picture);
    property(out, "og:image", url);
    if let Some(media_type) = picture_type(url) {
        property(out, "og:image:type", media_type);
    }
    if let Some((width, height)) = size {
        property(out, "og:image:width", &width.to_string());
        property(out, "og:image:height", &height.to_string());
    }
    if let Some(alt) = picture.alt.filter(|alt| !alt.trim().is_empty()) {
        property(out, "og:image:alt", alt);
    }
}

/// The file that networks show: the card, else the picture itself.
fn file<'a>(picture: &'a Picture<'_>) -> (&'a str, Option<(u32, u32)>) {
    picture.card.as_ref().map_or((&*picture.url, picture.size), |card| (&*card.url, card.size))
}

fn article(out: &mut String, story: &Story<'_>) {
    if let Some(published) = &story.published {
        property(out, "article:published_time", &rfc3339(published));
    }
    if let Some(modified) = &story.modified {
        property(out, "article:modified_time", &rfc3339(modified));
    }
    // Open Graph names authors by their profiles.
    for url in story.authors.iter().filter_map(|author| author.url.as_deref()) {
        property(out, "article:author", url);
    }
    if let Some(section) = &story.section {
        property(out, "article:section", section.name);
    }
    story.tags.iter().for_each(|tag| property(out, "article:tag", tag.name));
}

/// Whether social networks show a picture: none of them supports SVG.
fn is_drawn(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    !["svg", "svgz"].iter().any(|vector| extension.eq_ignore_ascii_case(vector))
}

/// Returns `language_TERRITORY`. `None` if the tag has no territory (ISO 3166), because a guess would be wrong for half
/// of the readers.
fn locale(tag: &str) -> Option<String> {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    // Subtags of three and four letters may come before the territory (RFC 5646, 2.1).
    let territory = parts.find(|part| !matches!(part.len(), 3 | 4))?;
    let is_territory = territory.len() == 2 && territory.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_territory.then(|| format!("{language}_{}", territory.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_needs_a_territory() {
        let of = |tag| locale(tag);
        assert_eq!(of("en-GB").as_deref(), Some("en_GB"));
        assert_eq!(of("pt-br").as_deref(), Some("pt_BR"));
        assert_eq!(of("zh-Hant-TW").as_deref(), Some("zh_TW"));
        assert_eq!(of("zh-cmn-Hans-CN").as_deref(), Some("zh_CN"));
        assert_eq!(of("de-CH-1996").as_deref(), Some("de_CH"));
        for without in ["el", "zh-Hant", "es-419", "en-x-us", "de-1996", ""] {
            assert_eq!(of(without), None, "{without}");
        }
    }

    #[test]
    fn cards_have_no_svg() {
        assert!(is_drawn("https://x.example/a.png"));
        assert!(is_drawn("https://x.example/image?name=a.svg"));
        assert!(is_drawn("https://x.example/"));
        assert!(!is_drawn("https://x.example/A.SVG?v=1"));
    }
}
