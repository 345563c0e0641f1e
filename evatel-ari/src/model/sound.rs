//! Sounds on Asterisk's disk.

use serde::{Deserialize, Serialize};

/// A sound that Asterisk has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Sound {
    /// Its id.
    pub id: String,
    /// What is said in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// In which languages and formats it is there.
    pub formats: Vec<FormatLanguage>,
}

/// A language and a format of a sound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FormatLanguage {
    /// The language.
    pub language: String,
    /// The format.
    pub format: String,
}
