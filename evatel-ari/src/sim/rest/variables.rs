//! Variables of a channel or a bridge, one or several at once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::{
    http::{Asked, Reply},
    world::channel::Variable,
};

type Variables = BTreeMap<String, Variable>;

/// Answers `variable` and `variables`, and says what was set.
pub(super) fn answer(variables: Option<&mut Variables>, asked: &Asked) -> (Reply, Vec<(String, String)>) {
    let Some(variables) = variables else {
        return (super::not_found(), Vec::new());
    };
    let several = asked.segments.last().is_some_and(|last| last == "variables");
    match (asked.method.as_str(), several) {
        ("POST", true) => {
            if !asked.body["variables"].is_object() {
                return (Reply::refused(400, "Variables are required"), Vec::new());
            }
            let set = set_all(Some(variables), &asked.body["variables"]);
            (Reply::empty(), set)
        }
        ("POST", false) => set_one(variables, asked),
        (_, several) => (read(variables, several, asked), Vec::new()),
    }
}

/// Sets what a body names: each a text, or a `value` with whether events show it.
pub(super) fn set_all(variables: Option<&mut Variables>, body: &Value) -> Vec<(String, String)> {
    let Some(variables) = variables else {
        return Vec::new();
    };
    let named = body.as_object().into_iter().flatten();
    named
        .map(|(name, value)| {
            let is_reported = value["report_events"].as_bool();
            let text = value.as_str().or(value["value"].as_str()).unwrap_or_default();
            set(variables, name, text, is_reported);
            (name.clone(), text.to_owned())
        })
        .collect()
}

fn set_one(variables: &mut Variables, asked: &Asked) -> (Reply, Vec<(String, String)>) {
    let (name, value) = (asked.param("variable"), asked.param("value"));
    if name.is_empty() {
        return (Reply::refused(400, "Variable name is required"), Vec::new());
    }
    let is_reported = asked.given("report_events").map(|text| text == "true");
    set(variables, name, value, is_reported);
    (Reply::empty(), vec![(name.to_owned(), value.to_owned())])
}

fn set(variables: &mut Variables, name: &str, value: &str, is_reported: Option<bool>) {
    // One or two `_` say that channels dialled from this one get the variable, too; they are no part of its name.
    let name = name
        .strip_prefix('_')
        .map_or(name, |name| name.strip_prefix('_').unwrap_or(name));
    let variable = variables.entry(name.to_owned()).or_default();
    value.clone_into(&mut variable.value);
    if let Some(is_reported) = is_reported {
        variable.is_reported = is_reported;
    }
}

fn read(variables: &Variables, several: bool, asked: &Asked) -> Reply {
    let names = match several {
        true => asked.list("variables"),
        false => asked.list("variable"),
    };
    if names.is_empty() {
        return Reply::refused(400, "Variable name is required");
    }
    let values = names.iter().map(|name| Some((name, &variables.get(name)?.value)));
    let Some(values) = values.collect::<Option<BTreeMap<_, _>>>() else {
        return Reply::refused(404, "Provided variable was not found");
    };
    match several {
        true => Reply::json(&json!({ "variables": values })),
        false => Reply::json(&json!({ "value": values.values().next() })),
    }
}
