//! `The port on Monday [Ana Ruiz/Reuters]` → a caption and its credit.

use std::ops::Range;

use regex::Captures;

use super::agencies::is_agency;
use super::rules;

/// A caption and a credit within a text. Ranges are bytes of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PictureLine {
    pub(super) caption: Option<Range<usize>>,
    pub(super) credit: Option<Range<usize>>,
    /// Whether a label marks it as belonging to a picture.
    pub(super) is_marked: bool,
}

/// Most characters of a caption.
const LONGEST: usize = 700;

/// Names that only credits of pictures have.
const PHOTO_HOUSES: [&str; 14] = [
    "Getty",
    "AP Photo",
    "EPA",
    "Shutterstock",
    "NurPhoto",
    "PA Wire",
    "Alamy",
    "Handout",
    "Imago",
    "picture alliance",
    "PA Images",
    "Zuma",
    "Sipa",
    "Press Photo",
];

/// The caption, the credit or both that a paragraph consists of.
pub(super) fn find(text: &str) -> Option<PictureLine> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let range = |captures: &Captures<'_>, name: &str| captures.name(name).map(|group| group.range());
    let line = |captures: &Captures<'_>, credit: Option<Range<usize>>| {
        PictureLine { caption: range(captures, "caption"), credit, is_marked: false }.without_label(text)
    };
    if let Some(captures) = rules::SQUARE_CREDIT.captures(text) {
        let credit = range(&captures, "credit")?;
        return is_credit(&text[credit.clone()]).then(|| line(&captures, Some(credit)));
    }
    if let Some(captures) = rules::ROUND_CREDIT.captures(text)
        && let Some(credit) = range(&captures, "credit")
        && is_round_credit(text, &text[credit.clone()])
    {
        return Some(line(&captures, Some(credit)));
    }
    if let Some(captures) = rules::TRAILING_CREDIT.captures(text) {
        let credit = ["named", "slashed", "agency"].iter().find_map(|name| range(&captures, name));
        return Some(line(&captures, credit));
    }
    if let Some(captures) = rules::CREDIT_LABEL.captures(text)
        && let Some(credit) = range(&captures, "credit")
        && is_credit_alone(&text[credit.clone()])
    {
        return Some(PictureLine { caption: None, credit: Some(credit), is_marked: true });
    }
    let rest = rules::CAPTION_LABEL.captures(text)?.name("rest")?.range();
    Some(PictureLine { caption: Some(rest), credit: None, is_marked: true })
}

/// A caption below a headline, where an agency in parentheses is enough of a credit.
pub(super) fn in_head(text: &str) -> Option<PictureLine> {
    let (before, credit) = text.strip_suffix(')')?.rsplit_once(" (")?;
    let is_caption = text.chars().count() <= 200 && !before.ends_with(['.', '!', '?']) && is_agency(credit);
    let start = before.len() + 2;
    is_caption.then(|| PictureLine {
        caption: Some(0..before.len()),
        credit: Some(start..start + credit.len()),
        is_marked: false,
    })
}

impl PictureLine {
    /// Strips the label off the caption.
    fn without_label(mut self, text: &str) -> Self {
        if let Some(caption) = self.caption.clone()
            && let Some(captures) =
                text.get(caption.clone()).and_then(|text| rules::CAPTION_LABEL.captures(text))
            && let Some(rest) = captures.name("rest")
        {
            self.caption = Some(caption.start + rest.start()..caption.end);
            self.is_marked = true;
        }
        self
    }
}

/// Whether text in square brackets names the maker of a picture: a few words, most of them capitalized.
fn is_credit(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '/']).filter(|word| !word.is_empty()).collect();
    let big =
        words.iter().filter(|word| word.starts_with(|c: char| c.is_uppercase() || !c.is_lowercase())).count();
    words.len() <= 12 && (big * 2 >= words.len() || is_agency(text))
}

fn is_round_credit(text: &str, credit: &str) -> bool {
    let start = text.len() - credit.len();
    let before = text.get(..start.saturating_sub(1)).unwrap_or_default();
    let is_photo =
        before.to_lowercase().trim_end().ends_with("photo by") || text.to_lowercase().contains("(photo");
    is_photo
        || credit.contains('/')
            && is_credit(credit)
            && credit.split('/').any(|part| is_agency(part) || is_photo_house(part))
        || is_photo_house(credit)
}

fn is_photo_house(text: &str) -> bool {
    let text = text.trim();
    PHOTO_HOUSES.iter().any(|house| text.contains(house))
}

fn is_credit_alone(text: &str) -> bool {
    let words = text.split(' ').count();
    words <= 7
        && !text.ends_with('.')
        && is_credit(text)
        && (text.contains('/') || is_agency(text) || is_photo_house(text) || words <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(Option<&str>, Option<&str>)> {
        let found = find(text)?;
        Some((found.caption.map(|range| &text[range]), found.credit.map(|range| &text[range])))
    }

    #[test]
    fn captions_are_separated_from_credits() {
        for (text, caption, credit) in [
            ("The port on Monday [Reuters]", Some("The port on Monday"), Some("Reuters")),
            ("The port on Monday. [File: Ana Ruiz/AFP]", Some("The port on Monday."), Some("Ana Ruiz/AFP")),
            ("The port on Monday (AP Photo/Ana Ruiz)", Some("The port on Monday"), Some("AP Photo/Ana Ruiz")),
            (
                "The port on Monday. (Photo by Ana Ruiz/Getty Images)",
                Some("The port on Monday."),
                Some("Ana Ruiz/Getty Images"),
            ),
            (
                "FILE PHOTO: The port on Monday. REUTERS/Ana Ruiz",
                Some("The port on Monday."),
                Some("REUTERS/Ana Ruiz"),
            ),
            ("The port on Monday. Photograph: Ana Ruiz/AP", Some("The port on Monday."), Some("Ana Ruiz/AP")),
            ("Photo: Ana Ruiz / AP", None, Some("Ana Ruiz / AP")),
            (
                "Picture: The port on Monday, before it was shut.",
                Some("The port on Monday, before it was shut."),
                None,
            ),
        ] {
            assert_eq!(parts(text), Some((caption, credit)), "{text}");
        }
        for text in [
            "The port (and its cranes) was shut.",
            "The port was shut (see map)",
            "He said: [we will] come back",
            "Image of the year chosen",
            "It rose 3 percent (to 12)",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
