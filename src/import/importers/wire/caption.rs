//! `The port on Monday [Ana Ruiz/Reuters]` → a caption and its credit.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agencies::is_agency;

/// Words of a picture. Ranges are bytes of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) caption: Option<Range<usize>>,
    pub(super) credit: Option<Range<usize>>,
    /// Whether a mark says that they are a picture's.
    pub(super) is_marked: bool,
}

/// Most characters of a caption.
const LONGEST: usize = 700;

static SQUARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<caption>\S.*?)?\s*\[(?:(?i:file|photo|file photo|picture|courtesy|credit|image)\s?[:/]\s*)?(?P<credit>[^\[\]]{2,90})\]\.?$").expect("a pattern that is tested")
});
static ROUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<caption>\S.*?)?\s*[(（](?:(?i:photo|foto|picture|image|credit|file photo)(?:\s(?i:by|von|de|di))?\s?:?\s+)?(?P<credit>[^()（）]{2,90})[)）]\.?$").expect("a pattern that is tested")
});
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<label>(?i:file\s(?:photo|picture|image)|photo\scaption|picture|pictured|photo|photograph|caption|image|foto|bild|bildunterschrift|légende|pie de foto))\s?(?::|\s[-–—]|\s\d{1,2}:)\s*(?P<rest>\S.*)$").expect("a pattern that is tested")
});
/// A credit behind the last sentence.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<caption>\S.*?[.!?…][”’)\]]?)\s+(?:(?:Photograph|Photo|Picture|Image|Credit|Foto|Bild)(?:\sby|:)\s*(?P<named>.{2,80}?)|(?P<slashed>(?:REUTERS|Reuters|AP Photo|AP|AFP|EPA|EPA-EFE|dpa|PA|PA Wire|Getty Images|Handout|ANSA|Xinhua)\s?/\s?\p{L}.{1,60}?)|(?P<agency>(?:REUTERS|AFP|EPA|AP Photo|Getty Images)))\.?$").expect("a pattern that is tested")
});
static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?i:photo|photograph|photography|picture|image|credit|photo credit|foto|bild))(?:\s(?i:by|von)\s|\s?[:/]\s*)(?P<credit>.{2,80})$").expect("a pattern that is tested")
});

/// The words of a picture that a whole paragraph is.
pub(super) fn find(text: &str) -> Option<Words> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let range = |captures: &regex::Captures<'_>, name: &str| captures.name(name).map(|found| found.range());
    if let Some(captures) = SQUARE.captures(text) {
        let credit = range(&captures, "credit")?;
        let is_credit = is_credit(&text[credit.clone()]);
        return is_credit.then(|| {
            Words { caption: range(&captures, "caption"), credit: Some(credit), is_marked: false }
                .without_label(text)
        });
    }
    if let Some(captures) = ROUND.captures(text)
        && let Some(credit) = range(&captures, "credit")
        && is_round_credit(text, &text[credit.clone()])
    {
        return Some(
            Words { caption: range(&captures, "caption"), credit: Some(credit), is_marked: false }
                .without_label(text),
        );
    }
    if let Some(captures) = BEHIND.captures(text) {
        let credit = ["named", "slashed", "agency"].iter().find_map(|name| range(&captures, name));
        return Some(
            Words { caption: range(&captures, "caption"), credit, is_marked: false }.without_label(text),
        );
    }
    if let Some(captures) = CREDIT.captures(text)
        && let Some(credit) = range(&captures, "credit")
        && is_credit_alone(&text[credit.clone()])
    {
        return Some(Words { caption: None, credit: Some(credit), is_marked: true });
    }
    let rest = LABEL.captures(text)?.name("rest")?.range();
    Some(Words { caption: Some(rest), credit: None, is_marked: true })
}

/// The same under a headline, where an agency in brackets is enough.
pub(super) fn in_head(text: &str) -> Option<Words> {
    let (before, credit) = text.strip_suffix(')')?.rsplit_once(" (")?;
    let is_caption = text.chars().count() <= 200 && !before.ends_with(['.', '!', '?']) && is_agency(credit);
    let start = before.len() + 2;
    is_caption.then(|| Words {
        caption: Some(0..before.len()),
        credit: Some(start..start + credit.len()),
        is_marked: false,
    })
}

impl Words {
    /// Takes the label off a caption, but for the words that a picture is from the files, which readers must know.
    fn without_label(mut self, text: &str) -> Self {
        if let Some(caption) = self.caption.clone()
            && let Some(captures) = text.get(caption.clone()).and_then(|text| LABEL.captures(text))
            && let Some(rest) = captures.name("rest")
        {
            self.caption = Some(caption.start + rest.start()..caption.end);
            self.is_marked = true;
        }
        self
    }
}

/// Whether what is between square brackets names who made a picture: a few words, most of them capitalised.
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
    [
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
    ]
    .iter()
    .any(|house| text.contains(house))
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
    fn captions_and_credits_are_told_apart() {
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
