//! Mailboxes.

use serde::{Deserialize, Serialize};

/// How many messages wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Mailbox {
    /// Its name, such as `101@default`.
    pub name: String,
    /// Those that were heard.
    pub old_messages: i64,
    /// Those that were not.
    pub new_messages: i64,
}
