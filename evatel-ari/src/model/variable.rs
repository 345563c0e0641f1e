//! Variables as Asterisk tells them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The value of a variable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Variable {
    /// The value; empty for a global variable that is not set, while one of a channel or bridge is then not found.
    pub value: String,
}

/// The values of several variables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Variables {
    /// The values by name.
    pub variables: Map<String, Value>,
}
