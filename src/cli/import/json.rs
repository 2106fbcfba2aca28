//! Reports an import as JSON Lines, with every field and every piece of the copy.

use serde_json::{Value as Json, json};

use crate::import::{Field, Outcome, Row, Span};

/// The JSON line of a row.
pub(super) fn as_json(row: &Row, dry_run: bool) -> Json {
    let (outcome, file, why, at) = match &row.outcome {
        Outcome::Imported(path) => ("imported", Some(path), None, None),
        Outcome::Updated(path) => ("updated", Some(path), None, None),
        Outcome::Unchanged(path) => {
            ("skipped", None, Some(format!("already imported as content/{path}")), None)
        }
        Outcome::Skipped(why) => ("skipped", None, Some(why.clone()), None),
        Outcome::Failed(why, at) => ("failed", None, Some(why.clone()), at.as_ref()),
        Outcome::Settings(message, _) => ("settings", None, Some(message.clone()), None),
    };
    let reason = if outcome == "settings" { "import-settings" } else { "import-story" };
    let mut line = json!({"reason": reason, "outcome": outcome, "input": row.input, "from": row.from});
    let mut add = |key: &str, value: Json| {
        if let Json::Object(map) = &mut line {
            map.insert(key.to_owned(), value);
        }
    };
    if let Some(file) = file {
        add("file", format!("content/{file}").into());
    }
    if let Outcome::Settings(_, Some(yaml)) = &row.outcome {
        add("yaml", yaml.clone().into());
    }
    if let Some(why) = why {
        add("why", why.into());
    }
    if let Some(at) = at {
        add("at", place(at));
    }
    if let Some(story) = &row.story {
        add("id", story.id.clone().into());
        for (key, url) in [("old_url", &story.old_url), ("url", &story.url)] {
            if let Some(url) = url {
                add(key, url.clone().into());
            }
        }
        add("fields", story.fields.iter().map(field).collect());
        add("remarks", story.remarks.iter().map(|remark| {
            json!({
                "code": remark.code, "about": remark.about, "message": remark.message, "at": remark.span.as_ref().map(place),
            })
        }).collect());
        add(
            "pieces",
            story
                .pieces
                .iter()
                .map(|piece| json!({"text": piece.text, "to": piece.to, "at": place(&piece.span)}))
                .collect(),
        );
        add("body", story.body.clone().into());
        if dry_run {
            add("text", story.text.clone().into());
        }
    }
    line
}

fn field(field: &Field) -> Json {
    json!({"key": field.key.name(), "value": field.value, "sure": field.confidence.name(), "at": field.spans.iter().map(place).collect::<Vec<_>>()})
}

fn place(at: &Span) -> Json {
    json!({"line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column})
}
