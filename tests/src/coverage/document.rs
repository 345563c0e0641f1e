//! Documents made from what Asterisk documents, and what of them is lost.

use serde_json::{Map, Value, json};

use super::docs::{Docs, Model, Property};

/// Makes documents of a model: one with every field, one with none but the required, one for each word, one with a word of tomorrow.
pub(super) fn all(model: &Model, docs: &Docs) -> Vec<Value> {
    let mut documents = vec![
        document(model, docs, |_| true),
        document(model, docs, |property| property.is_required),
    ];
    for property in &model.properties {
        let tomorrow = (!property.words.is_empty()).then_some("A word of tomorrow");
        for word in property.words.iter().map(String::as_str).chain(tomorrow) {
            let mut document = document(model, docs, |_| true);
            document[&property.name] = word.into();
            documents.push(document);
        }
    }
    documents
}

/// Lists the places of `original` that `encoded` does not have, or has otherwise.
pub(super) fn lost(original: &Value, encoded: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    compare(original, encoded, "", &mut paths);
    paths
}

fn document(model: &Model, docs: &Docs, is_wanted: impl Fn(&Property) -> bool) -> Value {
    let mut fields = Map::new();
    if docs.is_message(&model.name) {
        // What a kind of message inherits.
        let inherited = ["Message", "Event"].iter().filter_map(|name| docs.model(name));
        for property in inherited.flat_map(|model| &model.properties) {
            fields.insert(
                property.name.clone(),
                value(&property.kind, property, model, docs),
            );
        }
        fields.insert("type".to_owned(), model.name.clone().into());
    }
    for property in model.properties.iter().filter(|it| is_wanted(it)) {
        if !fields.contains_key(&property.name) {
            fields.insert(
                property.name.clone(),
                value(&property.kind, property, model, docs),
            );
        }
    }
    Value::Object(fields)
}

fn value(kind: &str, property: &Property, model: &Model, docs: &Docs) -> Value {
    if let Some(inner) = kind.strip_prefix("List[").and_then(|it| it.strip_suffix(']')) {
        return json!([
            value(inner, property, model, docs),
            value(inner, property, model, docs)
        ]);
    }
    match kind {
        "string" => match property.words.first() {
            Some(word) => word.as_str().into(),
            None => format!("a {}", property.name).into(),
        },
        "int" | "long" => 42.into(),
        "double" => json!(1.5),
        "boolean" => true.into(),
        "Date" => "2026-11-22T10:00:00.250-0500".into(),
        // Documented as any object; they are what `PUT /applications/{app}/eventFilter` took.
        "object" if model.name == "Application" => json!({ "type": "ChannelVarset" }),
        "object" => json!({ "NAME": "value" }),
        other => match docs.model(other) {
            Some(model) => document(model, docs, |_| true),
            None => Value::Null,
        },
    }
}

fn compare(original: &Value, encoded: &Value, path: &str, lost: &mut Vec<String>) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match (original, encoded) {
        (Value::Object(fields), Value::Object(found)) => {
            for (name, field) in fields {
                match found.get(name) {
                    Some(found) => compare(field, found, &below(name), lost),
                    // Nothing is what is not there.
                    None if is_nothing(field) => {}
                    None => lost.push(below(name)),
                }
            }
        }
        (Value::Array(items), Value::Array(found)) if items.len() == found.len() => {
            for (item, found) in items.iter().zip(found) {
                compare(item, found, path, lost);
            }
        }
        // 1 and 1.0 are one number.
        (Value::Number(number), Value::Number(found)) if number.as_f64() == found.as_f64() => {}
        _ if original == encoded || is_nothing(original) && is_nothing(encoded) => {}
        _ => lost.push(path.to_owned()),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}
