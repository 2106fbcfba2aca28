//! JSON Schemas (draft 2020-12) of front matter and `bulletin.yaml`, with which editors complete and check them.
//!
//! They come from the tables that the readers use: `config::keys`, and the field names of `content`.

use serde_json::{Map, Value, json};

use crate::config::keys::{self, Group, Setting, Shape};
use crate::time::DATE_PATTERN;

mod front_matter;

pub use front_matter::front_matter;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The spellings of `true` and `false` that YAML treats as text.
const FLAG_PATTERN: &str = r"^\s*([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)\s*$";

/// The schema of `bulletin.yaml`.
pub fn settings() -> Value {
    document("bulletin.yaml", "The settings of a bulletin site.", group(&keys::TOP))
}

fn document(title: &str, about: &str, schema: Value) -> Value {
    let mut document = Map::from_iter([
        ("$schema".to_owned(), DRAFT.into()),
        ("title".to_owned(), title.into()),
        ("description".to_owned(), about.into()),
    ]);
    if let Value::Object(schema) = schema {
        document.extend(schema);
    }
    document.into()
}

fn group(group: &Group) -> Value {
    let property = |setting: &Setting| {
        let value = shape(&setting.shape);
        let is_required = group.required.contains(&setting.name);
        (setting.name.to_owned(), described(if is_required { value } else { nullable(value) }, setting.about))
    };
    let properties: Map<String, Value> = group.settings.iter().map(property).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !group.required.is_empty() {
        schema["required"] = json!(group.required);
    }
    schema
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Line => text(None),
        Shape::Text => text(Some(r"\S")),
        Shape::Pattern(pattern) => text(Some(pattern)),
        Shape::Date => text(Some(DATE_PATTERN)),
        Shape::Flag => json!({"type": ["boolean", "string"], "pattern": FLAG_PATTERN}),
        Shape::Number(least, most) => json!({
            "type": ["integer", "string"], "minimum": least, "maximum": most, "pattern": r"^\s*\+?0*[1-9]\d*\s*$",
        }),
        Shape::Choice(names) => json!({"enum": names}),
        Shape::Names(names) => json!({"enum": names()}),
        Shape::OneOrMore(item) => one_or_more(shape(item)),
        Shape::List(item) => json!({"type": "array", "items": shape(item)}),
        Shape::Group(inner) => group(inner),
        Shape::Map(value) => json!({"type": "object", "additionalProperties": shape(value)}),
        Shape::Either(shapes) => any_of(shapes.iter().map(shape).collect()),
        Shape::Any => json!({}),
    }
}

/// Text. Numbers and booleans are read as text where text is expected.
fn text(pattern: Option<&str>) -> Value {
    let mut schema = json!({"type": ["string", "number", "boolean"]});
    if let Some(pattern) = pattern {
        schema["pattern"] = pattern.into();
    }
    schema
}

/// One value, several in one text with commas between them, or a list, whose blank items do not count.
fn one_or_more(item: Value) -> Value {
    let several = json!({"type": "string", "pattern": r",|^\s*$"});
    let items =
        any_of(vec![item.clone(), json!({"type": "null"}), json!({"type": "string", "pattern": r"^\s*$"})]);
    any_of(vec![item, json!({"type": "array", "items": items}), several])
}

fn any_of(schemas: Vec<Value>) -> Value {
    let mut all = Vec::new();
    for schema in schemas {
        match schema {
            Value::Object(mut schema) if schema.len() == 1 && schema.contains_key("anyOf") => {
                if let Some(Value::Array(inner)) = schema.remove("anyOf") {
                    all.extend(inner);
                }
            }
            schema => all.push(schema),
        }
    }
    json!({"anyOf": all})
}

/// The schema of a value that may be empty, as in a key without a value.
fn nullable(mut schema: Value) -> Value {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.push("null".into());
        return schema;
    }
    if schema.as_object().is_some_and(Map::is_empty) {
        return schema;
    }
    any_of(vec![schema, json!({"type": "null"})])
}

fn described(mut schema: Value, about: &str) -> Value {
    schema["description"] = about.into();
    schema
}

#[cfg(test)]
mod tests;
