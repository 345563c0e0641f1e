//! `evatel config`

use serde_json::Value;

use super::{answer::Answer, desk::Desk, failure::Failure};

/// Shows what is in force, secrets hidden.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Failure> {
    let settings = serde_json::to_value(&desk.settings).expect("settings have text keys only");
    let mut lines = Vec::new();
    flatten("", &settings, &mut lines);
    Ok(Answer::new(&settings, lines.join("\n")))
}

/// Writes `asterisk.app = "evatel"` for each value, in the order of the keys.
fn flatten(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, value, lines);
            }
        }
        value => lines.push(format!("{path} = {value}")),
    }
}
