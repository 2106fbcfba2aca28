//! The texts of metadata → those that are worth showing.

use std::borrow::Cow;

/// The most characters of a caption or alternative text.
pub(super) const LONG: usize = 2000;
/// The most characters of a name or notice.
pub(super) const SHORT: usize = 300;

/// What cameras and programs write if nobody has written anything.
const DEFAULTS: [&str; 22] = [
    "aigp",
    "artist",
    "camera",
    "copyright",
    "copyright notice",
    "default",
    "dji",
    "exif_jpeg_picture",
    "exif_jpeg_t420",
    "kodak digital still camera",
    "maginon",
    "minolta digital camera",
    "n/a",
    "nikon digital camera",
    "none",
    "olympus digital camera",
    "photographer",
    "samsung camera pictures",
    "sony dsc",
    "unknown",
    "untitled",
    "your name",
];

/// Bytes without a declared encoding as text: UTF-8, else Windows-1252.
pub(super) fn decoded(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .map_or_else(|_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, Cow::Borrowed)
        .into_owned()
}

/// A text in one line, without control characters, at most `longest` characters. `None` if it says nothing: blank, or what a camera
/// writes by itself.
pub(super) fn shown(text: &str, longest: usize) -> Option<String> {
    let is_visible = |c: &char| !c.is_control() && !is_invisible(*c);
    // No text that is worth showing has a megabyte.
    let visible: String = text
        .chars()
        .take(16 * LONG)
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(is_visible)
        .collect();
    let mut line: String = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > longest {
        line = line.chars().take(longest - 1).collect::<String>().trim_end().to_owned() + "…";
    }
    let words = line.to_lowercase();
    let words = words.trim_matches(|c: char| !c.is_alphanumeric());
    let words = words.strip_prefix("c)").or(words.strip_prefix("copyright ")).unwrap_or(words);
    let words = words.trim_matches(|c: char| !c.is_alphanumeric());
    let says_nothing =
        matches!(words, "" | "c") || words.chars().all(|c| c.is_ascii_digit()) || DEFAULTS.contains(&words);
    (!says_nothing).then_some(line)
}

/// Whether a character is not drawn, or changes the direction of the text around it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}' | '\u{fff9}'..='\u{fffc}')
}

/// A URL of the web. `None` if it is not one.
pub(super) fn url(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.as_str().len() <= 1000).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_of_cameras_are_nothing() {
        for nothing in [
            "",
            "  ",
            "OLYMPUS DIGITAL CAMERA         ",
            "SONY DSC",
            "default",
            "© unknown",
            "Copyright",
            "(c) ",
            "\u{0}",
            "----",
            "(C) N/A",
            "2026",
        ] {
            assert_eq!(shown(nothing, SHORT), None, "{nothing}");
        }
    }

    #[test]
    fn texts_are_one_line_of_a_sane_length() {
        assert_eq!(shown(" Zoë\r\n\tExample\u{0} \u{202e}x", SHORT).as_deref(), Some("Zoë Example x"));
        assert_eq!(shown("© 2026 Jane Roe", SHORT).as_deref(), Some("© 2026 Jane Roe"));
        let long = shown(&"word ".repeat(1_000_000), SHORT).unwrap();
        assert!(long.chars().count() <= SHORT && long.ends_with("word…"), "{long}");
        // What was shortened is not shortened again.
        assert_eq!(shown(&long, SHORT), Some(long.clone()));
    }

    #[test]
    fn bytes_are_read_in_either_encoding() {
        assert_eq!(decoded("é".as_bytes()), "é");
        assert_eq!(decoded(b"caf\xe9 \x93x\x94"), "café “x”");
    }

    #[test]
    fn only_addresses_of_the_web_are_licenses() {
        assert_eq!(url(" https://x.example/a b ").as_deref(), Some("https://x.example/a%20b"));
        assert_eq!(url("javascript:alert(1)"), None);
        assert_eq!(url("see our terms"), None);
    }
}
