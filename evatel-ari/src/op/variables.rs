//! Variables that go along with a request.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::{request::Request, version::Since};

/// What a variable is set to, and whether events shall show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariableValue {
    /// The value.
    pub value: String,
    /// Whether every later event about the channel or bridge carries it ([`Since::VARIABLES`]).
    pub in_events: bool,
}

impl VariableValue {
    /// Makes a value that events carry from then on.
    pub fn in_events(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            in_events: true,
        }
    }
}

impl From<&str> for VariableValue {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

impl From<String> for VariableValue {
    fn from(value: String) -> Self {
        Self {
            value,
            in_events: false,
        }
    }
}

impl Serialize for VariableValue {
    /// A text, which every Asterisk takes, unless events shall show it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.in_events {
            json!({ "value": self.value, "report_events": true }).serialize(serializer)
        } else {
            self.value.serialize(serializer)
        }
    }
}

impl<T> Request<T> {
    /// Puts variables into the body, if there are any.
    pub(super) fn variables(self, variables: &BTreeMap<String, VariableValue>) -> Self {
        if variables.is_empty() {
            return self;
        }
        let reported = variables.values().any(|value| value.in_events);
        let request = self.body(json!({ "variables": variables }));
        if reported {
            request.since(Since::VARIABLES)
        } else {
            request
        }
    }

    /// Puts one variable into the query.
    pub(super) fn variable(self, name: &str, value: &VariableValue) -> Self {
        let request = self.query("variable", name).query("value", &value.value);
        if value.in_events {
            request.query_flag("report_events", true).since(Since::VARIABLES)
        } else {
            request
        }
    }
}
