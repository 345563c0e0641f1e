//! Asterisk's time of day, kept as it was written.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment as Asterisk writes it: `2026-11-22T10:00:00.000+0000`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Timestamp(Box<str>);

impl Timestamp {
    /// Borrows the text; empty where Asterisk gave none.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads it as a moment.
    ///
    /// # Errors
    /// Text that is no time in Asterisk's form, such as the empty one.
    pub fn moment(&self) -> Result<jiff::Timestamp, jiff::Error> {
        jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", &*self.0)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asterisks_form_is_read_with_its_milliseconds_and_zone() {
        let read = |text: &str| Timestamp::from(text).moment().map(|moment| moment.to_string());
        assert_eq!(
            read("2026-11-22T10:00:00.250-0500").unwrap(),
            "2026-11-22T15:00:00.25Z"
        );
        assert!(read("").is_err() && read("yesterday").is_err());
    }
}
