//! The JSON Schema of front matter.

use serde_json::{Map, Value, json};

use super::{any_of, described, document, nullable, shape};
use crate::config::keys::{Group, LANGUAGE, Setting, Shape, WEB_URL};
use crate::content::{CorrectionKind, Genre, writing};

const fn key(name: &'static str, about: &'static str, shape: Shape) -> Setting {
    Setting { name, about, shape }
}

const fn group(settings: &'static [Setting], required: &'static [&'static str]) -> Group {
    Group { settings, required }
}

const LINES: Shape = Shape::OneOrMore(&Shape::Line);

/// The fields by their first names, in the order of `content`.
const FIELDS: [Setting; 39] = [
    key("title", "The headline.", Shape::Text),
    key("deck", "The standfirst: one or two sentences under the headline.", Shape::Line),
    key("kicker", "A short label above the headline.", Shape::Line),
    key(
        "date",
        "When the story is published. A page without a date is a standing page.",
        Shape::Either(&[Shape::Date, Shape::Flag]),
    ),
    key("updated", "When the story last changed.", Shape::Either(&[Shape::Date, BLANK])),
    key("draft", "Whether the story is a draft, which readers do not see.", Shape::Flag),
    key("embargo", "The time until which the story is held back.", Shape::Date),
    key("expires", "The time from which readers no longer see the story.", Shape::Date),
    key(
        "status",
        "The state of the story.",
        Shape::Choice(&[
            "published",
            "withheld",
            "withdrawn",
            "publish",
            "usable",
            "canceled",
            "cancelled",
            "draft",
            "pending",
            "private",
            "future",
        ]),
    ),
    key(
        "withdrawn",
        "Whether or when the story was withdrawn, or a notice for readers. Its URL stays and shows the notice.",
        Shape::Either(&[Shape::Flag, Shape::Date, Shape::Group(&WITHDRAWN)]),
    ),
    key("section", "The slug or title of the section. Default: the folder of the story.", LINES),
    key("tags", "The topics of the story.", LINES),
    key(
        "authors",
        "The byline: names, or maps with a name, a role and a link.",
        Shape::Either(&[Shape::OneOrMore(&Shape::Either(&[Shape::Line, Shape::Group(&AUTHOR)]))]),
    ),
    key("dateline", "The place that the story was filed from.", Shape::Line),
    key("source", "The agencies or other sources of the copy.", LINES),
    key("type", "The genre of the story. Default: `news`.", Shape::Names(genres)),
    key(
        "image",
        "The lead picture: a path, a URL, or a map with its details.",
        Shape::Either(&[Shape::Text, Shape::Group(&IMAGE)]),
    ),
    key(
        "gallery",
        "More pictures: paths, URLs, or maps with their details.",
        Shape::OneOrMore(&Shape::Either(&[Shape::Line, Shape::Group(&IMAGE)])),
    ),
    key(
        "audio",
        "The sound that leads the story: a path, a URL, or a map with its details.",
        Shape::Either(&[Shape::Line, Shape::Group(&AUDIO)]),
    ),
    key(
        "video",
        "The film that leads the story: a path, a URL, or a map with its details.",
        Shape::Either(&[Shape::Line, Shape::Group(&VIDEO)]),
    ),
    key(
        "urgency",
        "The urgency from 1 (flash) to 9 (least urgent); 5 is an everyday story.",
        Shape::Number(1, 9),
    ),
    key(
        "pinned_until",
        "The time until which the story leads the lists.",
        Shape::Either(&[Shape::Date, BLANK]),
    ),
    key(
        "corrections",
        "Corrections that readers see.",
        Shape::Either(&[Shape::Group(&CORRECTION), Shape::List(&Shape::Group(&CORRECTION))]),
    ),
    key("series", "The series that the story belongs to.", LINES),
    key("related", "Related stories by slug or path, the most important first.", LINES),
    key("lang", "The language of the story as a BCP 47 tag. Default: that of the site.", LANGUAGE),
    key("slug", "The last segment of the story's URL. Default: derived from the file name.", Shape::Line),
    key("permalink", "The path of the story's URL.", Shape::Line),
    key("aliases", "Old paths that redirect to the story.", LINES),
    key("old_slugs", "Earlier slugs. Their URLs redirect to the story.", LINES),
    key("id", "The permanent id of the story. Default: derived from the path of its file.", Shape::Text),
    key("canonical_url", "The URL at which the story was first published.", Shape::Either(&[WEB_URL, BLANK])),
    key("translation_of", "The story that this one translates, by slug or path.", Shape::Line),
    key("noindex", "Whether search engines should leave the story out.", Shape::Flag),
    key("feed", "Whether the story is in feeds. Default: `true`.", Shape::Flag),
    key("template", "The template that renders the story, such as `page.html`.", Shape::Line),
    key("ednote", "A note for editors, which is not published.", Shape::Line),
    key("import", "What `bulletin import` recorded. It is not published.", Shape::Map(&Shape::Any)),
    key("extra", "Values for the theme.", Shape::Map(&Shape::Any)),
];

const BLANK: Shape = Shape::Pattern(r"^\s*$");
/// Fields that must not be empty: it is unclear whether the story is held back.
const NEVER_EMPTY: [&str; 5] = ["draft", "embargo", "expires", "status", "withdrawn"];
/// Keys that only other generators use.
const FOREIGN: &str = "^(build|_build|taxonomies)$";

const WITHDRAWN: Group = group(
    &[
        key("headline", "The headline of the notice.", Shape::Line),
        key("reason", "Why the story was withdrawn.", Shape::Line),
        key("date", "When the story was withdrawn.", Shape::Date),
    ],
    &[],
);

const AUTHOR: Group = group(
    &[
        key("name", "The name, or the slug of a profile in `bulletin.yaml`.", Shape::Line),
        key("role", "What the person did, such as `photographs`.", Shape::Line),
        key("url", "A page about the person.", Shape::Line),
    ],
    &[],
);

const IMAGE: Group = group(
    &[
        key("src", "The path of a file beside the story, a path of the site, or a URL.", Shape::Line),
        key("alt", "A description for readers who cannot see the picture.", Shape::Line),
        key("caption", "The caption.", Shape::Line),
        key("credit", "The photographer or the owner.", Shape::Line),
        key(
            "focus",
            "The point that crops keep, from the left and the top: `[0.5, 0.3]` or `50% 30%`.",
            Shape::OneOrMore(&Shape::Pattern(r"^\s*[\d.]+%?\s*$|^\s*[\d.]+%?[\s,]+[\d.]+%?\s*$")),
        ),
    ],
    &[],
);

const SRC: Setting =
    key("src", "The path of a file beside the story, a path of the site, or a URL.", Shape::Line);
const RECORDING_TITLE: Setting = key("title", "What it is, for its player.", Shape::Line);
const DURATION: Setting = key(
    "duration",
    "How long it is: seconds, `12:34` or `1:02:03`.",
    Shape::Either(&[Shape::Number(1, u32::MAX), Shape::Pattern(r"^\s*(\d+:){0,2}\d+\s*$")]),
);
const CAPTIONS: Setting = key(
    "captions",
    "Files with captions (WebVTT). Default: those with the name of the recording beside it.",
    LINES,
);
const TRANSCRIPT: Setting = key("transcript", "A file or page with its text.", Shape::Line);

const SEASON: Setting = key("season", "The season of a podcast.", Shape::Number(1, u32::MAX));
const EPISODE: Setting =
    key("episode", "Its number in the podcast or the season.", Shape::Number(1, u32::MAX));

const AUDIO: Group = group(&[SRC, RECORDING_TITLE, DURATION, CAPTIONS, TRANSCRIPT, SEASON, EPISODE], &[]);

const VIDEO: Group = group(
    &[
        SRC,
        RECORDING_TITLE,
        DURATION,
        key(
            "poster",
            "The picture before it is played. Default: the picture with its name beside it.",
            Shape::Line,
        ),
        CAPTIONS,
        TRANSCRIPT,
        SEASON,
        EPISODE,
    ],
    &[],
);

const CORRECTION: Group = group(
    &[
        key("date", "When the correction was made.", Shape::Date),
        key("kind", "The kind of correction. Default: `correction`.", Shape::Names(correction_kinds)),
        key("text", "What was wrong, and what is right.", Shape::Text),
    ],
    &["date", "text"],
);

fn genres() -> Vec<String> {
    Genre::ALL.iter().map(|(name, _)| (*name).to_owned()).collect()
}

fn correction_kinds() -> Vec<String> {
    CorrectionKind::ALL.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// The schema of front matter. Names of other generators are accepted, but not offered for completion.
pub fn front_matter() -> Value {
    let (mut properties, mut others) = (Map::new(), Map::new());
    for (field, names) in FIELDS.iter().zip(writing::names()) {
        let value = field_shape(field);
        let nullable = if NEVER_EMPTY.contains(&field.name) { value } else { nullable(value) };
        let others_pattern =
            names.iter().skip(1).filter(|name| !name.contains('.')).copied().collect::<Vec<_>>();
        if !others_pattern.is_empty() {
            let reference = json!({"$ref": format!("#/properties/{}", field.name)});
            others.insert(format!("^({})$", others_pattern.join("|")), reference);
        }
        properties.insert(field.name.to_owned(), described(nullable, field.about));
    }
    others.insert(FOREIGN.to_owned(), json!({}));
    let titles = writing::names().next().unwrap_or_default();
    let title = titles.iter().map(|name| json!({"required": [name]})).collect();
    let mut schema = any_of(title);
    schema["type"] = "object".into();
    schema["properties"] = properties.into();
    schema["patternProperties"] = others.into();
    schema["additionalProperties"] = false.into();
    document("Front matter", "The front matter of a story on a bulletin site.", schema)
}

/// The shape of a field, with the keys of its maps that only other generators use.
fn field_shape(field: &Setting) -> Value {
    let mut value = shape(&field.shape);
    if let Some((_, others)) = writing::nested_keys(field.name) {
        allow(&mut value, &others);
    }
    value
}

/// Allows more keys in each map of a schema.
fn allow(schema: &mut Value, keys: &[&str]) {
    match schema {
        _ if keys.is_empty() => {}
        Value::Object(schema) if schema.contains_key("properties") => {
            schema.insert("patternProperties".to_owned(), json!({format!("^({})$", keys.join("|")): {}}));
        }
        Value::Object(schema) => schema.values_mut().for_each(|value| allow(value, keys)),
        Value::Array(schemas) => schemas.iter_mut().for_each(|value| allow(value, keys)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_of_the_reader() {
        let names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        let known: Vec<&str> = writing::names().map(|names| names[0]).collect();
        assert_eq!(names, known);
        let groups = [
            ("withdrawn", &WITHDRAWN),
            ("authors", &AUTHOR),
            ("image", &IMAGE),
            ("gallery", &IMAGE),
            ("audio", &AUDIO),
            ("video", &VIDEO),
            ("corrections", &CORRECTION),
        ];
        for (field, group) in groups {
            let (keys, _) = writing::nested_keys(field).unwrap();
            assert_eq!(group.names().collect::<Vec<_>>(), keys, "{field}");
        }
    }
}
