//! Rules for captions and credits of pictures.

use super::Rule;

/// A caption with its credit in square brackets.
pub(in super::super) static SQUARE_CREDIT: Rule = Rule::new(
    "credit in square brackets",
    r"^ (?P<caption>\S.*?)? \s*
      \[ (?: (?i:file|photo|file\ photo|picture|courtesy|credit|image) \s?[:/]\s* )? (?P<credit>[^\[\]]{2,90}) \] \.? $",
    &["The port on Monday [Reuters]", "The port. [File: Ana Ruiz/AFP]", "[AFP]"],
    &["He said: [we will] come back", "The port"],
);

/// A caption with its credit in parentheses.
pub(in super::super) static ROUND_CREDIT: Rule = Rule::new(
    "credit in parentheses",
    r"^ (?P<caption>\S.*?)? \s*
      [(（] (?: (?i:photo|foto|picture|image|credit|file\ photo) (?:\s(?i:by|von|de|di))? \s?:?\s+ )?
      (?P<credit>[^()（）]{2,90}) [)）] \.? $",
    &["The port on Monday (AP Photo/Ana Ruiz)", "The port. (Photo by Ana Ruiz/Getty Images)"],
    &["The port (and its cranes) was shut.", "The port"],
);

/// The label of a caption.
pub(in super::super) static CAPTION_LABEL: Rule = Rule::new(
    "caption label",
    r"^ (?P<label> (?i: file\s(?:photo|picture|image)|photo\scaption|picture|pictured|photo|photograph|caption|image|foto
        | bild|bildunterschrift|légende|pie\ de\ foto ) )
      \s? (?: : | \s[-–—] | \s\d{1,2}: ) \s* (?P<rest>\S.*) $",
    &["FILE PHOTO: The port on Monday.", "Picture: The port", "Foto – Der Hafen", "Photo  1: The port"],
    &["Image of the year chosen", "Picture:"],
);

/// A credit after the last sentence of a caption.
pub(in super::super) static TRAILING_CREDIT: Rule = Rule::new(
    "trailing credit",
    r"^ (?P<caption> \S.*? [.!?…] [”’)\]]? ) \s+ (?:
          (?:Photograph|Photo|Picture|Image|Credit|Foto|Bild) (?:\sby|:) \s* (?P<named>.{2,80}?)
        | (?P<slashed> (?:{picture-agency}) \s?/\s? \p{L}.{1,60}? )
        | (?P<agency> (?:REUTERS|AFP|EPA|AP\ Photo|Getty\ Images) )
      ) \.? $",
    &["The port. REUTERS/Ana Ruiz", "The port. Photograph: Ana Ruiz/AP", "The port. AFP"],
    &["The port on Monday.", "The port REUTERS/Ana Ruiz"],
);

/// A credit on a line of its own.
pub(in super::super) static CREDIT_LABEL: Rule = Rule::new(
    "credit label",
    r"^ (?: (?i:photo|photograph|photography|picture|image|credit|photo\ credit|foto|bild) )
      (?: \s(?i:by|von)\s | \s?[:/]\s* ) (?P<credit>.{2,80}) $",
    &["Photo: Ana Ruiz / AP", "Foto von Jens Meier", "Photo credit: AP"],
    &["Image of the year chosen", "Photographs sold"],
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&SQUARE_CREDIT, &ROUND_CREDIT, &CAPTION_LABEL, &TRAILING_CREDIT, &CREDIT_LABEL];
