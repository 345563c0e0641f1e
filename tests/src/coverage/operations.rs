//! One documented operation against the requests that we make of it.

use std::collections::BTreeSet;

use evatel_ari::{Request, version::Since};
use serde_json::Value;

use super::docs::{Operation, Parameter};

/// What is missing or wrong. `requests` together say what can be said.
pub(super) fn problems(operation: &Operation, requests: &[&Request<()>]) -> Vec<String> {
    if requests.is_empty() {
        return vec!["there is no function".to_owned()];
    }
    let mut problems = Vec::new();
    for request in requests {
        let sent = request.method().as_str();
        if sent != operation.method || !fits(&operation.path, request.segments()) {
            let (method, path) = (&operation.method, &operation.path);
            problems.push(format!("is `{method} {path}`, and `{request:?}` is sent"));
        }
        for (name, _) in request.parameters() {
            let is_known = query(operation).any(|parameter| parameter.name == *name);
            if !is_known {
                problems.push(format!("has no query parameter `{name}`, which is sent"));
            }
        }
    }
    for parameter in query(operation) {
        problems.extend(of_query(&operation.name, parameter, requests));
    }
    problems.extend(of_body(operation, requests));
    problems.extend(of_age(operation, requests));
    problems.sort();
    problems.dedup();
    problems
}

fn query(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation
        .parameters
        .iter()
        .filter(|parameter| parameter.param_type == "query")
}

/// Says whether a path has the form of a documented one, in which `{...}` is anything.
fn fits(template: &str, segments: &[String]) -> bool {
    let parts: Vec<_> = template.trim_start_matches('/').split('/').collect();
    parts.len() == segments.len()
        && parts
            .iter()
            .zip(segments)
            .all(|(part, segment)| part.starts_with('{') || part == segment)
}

/// Compares a parameter of the query: that it is sent, its type, and that every word of it is.
fn of_query(operation: &str, parameter: &Parameter, requests: &[&Request<()>]) -> Vec<String> {
    let name = &parameter.name;
    let sent: BTreeSet<&str> = requests
        .iter()
        .flat_map(|request| request.parameters())
        .filter(|(sent, _)| sent == name)
        .map(|(_, value)| value.as_str())
        .collect();
    if sent.is_empty() {
        return vec![format!("`{name}` is never sent")];
    }
    let mut problems = Vec::new();
    let is_of_type = |value: &str| match parameter.data_type.as_str() {
        "int" | "long" => value.parse::<i64>().is_ok(),
        "boolean" => ["true", "false"].contains(&value),
        _ => true,
    };
    for value in sent.iter().filter(|value| !is_of_type(value)) {
        problems.push(format!(
            "`{name}` is {}, and `{value}` is sent",
            parameter.data_type
        ));
    }
    let said: BTreeSet<&str> = match parameter.allow_multiple {
        true => sent.iter().flat_map(|value| value.split(',')).collect(),
        false => sent,
    };
    let words = parameter.words();
    for word in words.iter().filter(|word| !said.contains(word.as_str())) {
        // What is the default is not said.
        if !is_default(operation, name, word) {
            problems.push(format!("`{name}` cannot be `{word}`"));
        }
    }
    if !words.is_empty() {
        for word in said.iter().filter(|it| !words.iter().any(|word| word == **it)) {
            if !is_undocumented(operation, name, word) {
                problems.push(format!("`{name}` is never `{word}`, which is sent"));
            }
        }
    }
    problems
}

/// The words that stand for what happens anyway, and that we leave out.
fn is_default(operation: &str, parameter: &str, word: &str) -> bool {
    matches!(
        (operation, parameter, word),
        ("bridges.record" | "channels.record", "ifExists", "fail")
            | ("bridges.record" | "channels.record", "terminateOn", "none")
            | ("channels.externalMedia", "direction", "both")
    )
}

/// The words that Asterisk takes though its documents do not name them: `parse_ext_media_direction` in its resource_channels.c.
fn is_undocumented(operation: &str, parameter: &str, word: &str) -> bool {
    (operation, parameter) == ("channels.externalMedia", "direction") && ["in", "out"].contains(&word)
}

/// Compares the body: its one key, or for the event filter the whole of it.
fn of_body(operation: &Operation, requests: &[&Request<()>]) -> Vec<String> {
    let documented = operation.parameters.iter().find(|it| it.param_type == "body");
    let bodies: Vec<&Value> = requests.iter().filter_map(|request| request.json()).collect();
    match (documented, bodies.as_slice()) {
        (None, []) => Vec::new(),
        (None, _) => vec!["has no body, and one is sent".to_owned()],
        (Some(body), []) => vec![format!("its body `{}` is never sent", body.name)],
        (Some(body), bodies) => {
            let is_right = |value: &&Value| match body.data_type.as_str() {
                "containers" => value.get(&body.name).is_some_and(|it| !it.is_null()),
                _ => value.is_object(),
            };
            match bodies.iter().all(is_right) {
                true => Vec::new(),
                false => vec![format!("its body has no `{}`", body.name)],
            }
        }
    }
}

/// Compares since when there is such an operation: what 18 lacks, we must know.
fn of_age(operation: &Operation, requests: &[&Request<()>]) -> Option<String> {
    let documented: Vec<(u16, u16)> = operation.since.iter().filter_map(|text| branch(text)).collect();
    let is_in_18 = documented.contains(&(18, 0)) || documented.iter().all(|(branch, _)| *branch < 18);
    if documented.is_empty() || is_in_18 {
        return None;
    }
    // It is documented as older than it is: the releases in which `POST /events/claim` is found are those of its sisters.
    let found: BTreeSet<_> = match operation.name.as_str() {
        "events.claimChannel" => Since::VARIABLES.0.iter().copied().collect(),
        _ => documented.into_iter().collect(),
    };
    let says = |since: &Since| since.0.iter().copied().collect::<BTreeSet<_>>() == found;
    let is_said = requests.iter().all(|request| request.needs().iter().any(says));
    (!is_said).then(|| {
        format!(
            "exists since {}, which the request does not say",
            operation.since.join(", ")
        )
    })
}

/// Reads `22.10.0` as branch and first release.
fn branch(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
