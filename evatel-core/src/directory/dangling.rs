//! A row that points to nothing.

use std::fmt;

use serde::Serialize;

use crate::word::word_enum;

/// A row that points to one that is not there; the store's foreign keys prevent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{what} points to {missing}, which does not exist")]
pub struct Dangling {
    what: NamedRow,
    missing: NamedRow,
}

impl Dangling {
    pub(super) fn new(what: NamedRow, missing: NamedRow) -> Self {
        Self { what, missing }
    }

    /// Gives the row that points.
    pub fn what(&self) -> &NamedRow {
        &self.what
    }

    /// Gives the row that is not there.
    pub fn missing(&self) -> &NamedRow {
        &self.missing
    }
}

/// A row as messages name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedRow {
    kind: RowKind,
    id: Option<String>,
}

impl NamedRow {
    pub(super) fn new(kind: RowKind, id: impl fmt::Display) -> Self {
        let id = Some(id.to_string());
        Self { kind, id }
    }

    /// A row that has no id beside that of its owner.
    pub(super) fn without_id(kind: RowKind) -> Self {
        Self { kind, id: None }
    }

    /// Gives what it is.
    pub fn kind(&self) -> RowKind {
        self.kind
    }

    /// Gives its id, where it has one of its own.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl fmt::Display for NamedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "{} `{id}`", self.kind),
            None => write!(f, "{}", self.kind),
        }
    }
}

word_enum! {
    /// What a row of the directory is.
    RowKind ("kind of row") {
        /// A customer.
        Account = "account",
        /// A country that an account had approved.
        ApprovedCountry = "approved-country",
        /// Somebody whom a user calls by name.
        Contact = "contact",
        /// A telephone.
        Device = "device",
        /// A number.
        Did = "did",
        /// Where an account's emergency calls are from.
        EmergencyPlace = "emergency-place",
        /// How much toll an owner's legs may run up.
        Limits = "limits",
        /// The hours of an office.
        Office = "office",
        /// A user's statuses.
        Presence = "presence",
        /// Who sells accounts.
        Reseller = "reseller",
        /// A rule on who may call what.
        Restriction = "restriction",
        /// A caller who is blocked, always let through, or important.
        ScreeningEntry = "screening-entry",
        /// A person with an extension.
        User = "user",
    }
}
