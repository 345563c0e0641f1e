//! The id of a tenant.

use std::{fmt, str::FromStr, sync::Arc};

use crate::error::{Error, Result};

/// Whose something is: 1 to 64 of the characters a-z, A-Z, 0-9, `-`, `.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// Borrows the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TenantId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fits = (1..=64).contains(&text.len())
            && text != "."
            && text != ".."
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        match fits {
            true => Ok(Self(text.into())),
            false => Err(Error::Config {
                setting: "tenant",
                reason: format!("`{text}` is not 1 to 64 of the characters a-z, A-Z, 0-9, `-`, `.`"),
            }),
        }
    }
}
