//! Character references of HTML → characters.
//!
//! Names are those of HTML 4.01; the rest of the 2,231 of today is not met in news.

/// Names of U+00A0 to U+00FF, in order.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
    acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
    Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave \
    iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// Greek letters from U+0391 on, `-` for places without one.
const GREEK: &str = "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon \
    Phi Chi Psi Omega - - - - - - - alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho \
    sigmaf sigma tau upsilon phi chi psi omega";

/// All others.
const OTHERS: [(&str, char); 58] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("fnof", 'ƒ'),
    ("circ", 'ˆ'),
    ("tilde", '˜'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("dagger", '†'),
    ("Dagger", '‡'),
    ("bull", '•'),
    ("hellip", '…'),
    ("permil", '‰'),
    ("prime", '′'),
    ("Prime", '″'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("oline", '‾'),
    ("frasl", '⁄'),
    ("euro", '€'),
    ("image", 'ℑ'),
    ("trade", '™'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("rarr", '→'),
    ("darr", '↓'),
    ("harr", '↔'),
    ("minus", '−'),
    ("lowast", '∗'),
    ("radic", '√'),
    ("infin", '∞'),
    ("asymp", '≈'),
    ("ne", '≠'),
    ("le", '≤'),
    ("ge", '≥'),
    ("sum", '∑'),
    ("loz", '◊'),
    ("hearts", '♥'),
];

/// What the bytes 0x80 to 0x9F are in Windows-1252, which writers of `&#146;` mean.
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Longest name or number between `&` and `;`.
const LONGEST: usize = 10;

/// The character of a name, as `nbsp`.
pub(super) fn named(name: &str) -> Option<char> {
    let place = |names: &str, first: u32| {
        let index = names.split_whitespace().position(|known| known == name && known != "-")?;
        char::from_u32(first + u32::try_from(index).ok()?)
    };
    let other = || OTHERS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    other().or_else(|| place(LATIN, 0xa0)).or_else(|| place(GREEK, 0x391))
}

/// The character of a number, as `#233` or `#xE9`. `None` for what is no character.
pub(super) fn numbered(reference: &str) -> Option<char> {
    let digits = reference.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
        None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    match code {
        0 => None,
        0x80..=0x9f => WINDOWS.chars().nth(usize::try_from(code - 0x80).ok()?),
        _ => char::from_u32(code),
    }
}

/// Text with characters in place of all references that are known. Others stay as they are.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let end = behind.bytes().take(LONGEST + 1).position(|b| b == b';');
        let name = end.and_then(|end| behind.get(..end));
        match name.and_then(|name| numbered(name).or_else(|| named(name))) {
            Some(c) => {
                out.push(c);
                rest = behind.get(end.unwrap_or_default() + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters() {
        for (text, decoded) in [
            ("a&nbsp;b", "a\u{a0}b"),
            ("&eacute;&yuml;&Agrave;", "éÿÀ"),
            ("&Alpha;&Omega;&alpha;&omega;&sigmaf;", "ΑΩαως"),
            ("&#233;&#xE9;&#XE9;", "ééé"),
            ("&#146;", "’"),
            ("&amp;lt;", "&lt;"),
            ("R&D; AT&T &unknown; & &", "R&D; AT&T &unknown; & &"),
            ("&#0;&#xD800;&#99999999;&#-1;&#x;&#;", "&#0;&#xD800;&#99999999;&#-1;&#x;&#;"),
            ("&;&ä;&", "&;&ä;&"),
        ] {
            assert_eq!(decode(text), decoded, "{text}");
        }
    }
}
