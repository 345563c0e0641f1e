//! The office: when it is open, and what becomes of a caller to its main number.

use serde::{Deserialize, Serialize};

use crate::{
    presence::{InvalidForward, Treatment},
    schedule::Schedule,
    word::word_enum,
};

word_enum! {
    /// Whether an office takes calls.
    OfficeState ("office state") {
        /// It does.
        Open = "open",
        /// It does not.
        Closed = "closed",
    }
}

/// What a person writes down of an [`Office`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeForm {
    /// When it is open; its override is the office status set by hand.
    pub schedule: Schedule<OfficeState>,
    /// What becomes of callers while it is open; `devices` are the operator's.
    pub open: Treatment,
    /// What becomes of callers while it is closed.
    #[serde(default = "voicemail")]
    pub closed: Treatment,
}

fn voicemail() -> Treatment {
    Treatment::Voicemail
}

/// A checked office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OfficeForm", into = "OfficeForm")]
pub struct Office(OfficeForm);

/// Why something is no office.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("while `{state}`: {reason}")]
pub struct InvalidOffice {
    state: OfficeState,
    reason: InvalidForward,
}

impl Office {
    /// Checks what a person wrote.
    ///
    /// # Errors
    /// [`InvalidOffice`]: steps that cannot be rung.
    pub fn new(form: OfficeForm) -> Result<Self, InvalidOffice> {
        let check = |state, treatment: &Treatment| {
            treatment
                .check()
                .map_err(|reason| InvalidOffice { state, reason })
        };
        check(OfficeState::Open, &form.open)?;
        check(OfficeState::Closed, &form.closed)?;
        Ok(Self(form))
    }

    /// Borrows its hours.
    pub fn schedule(&self) -> &Schedule<OfficeState> {
        &self.0.schedule
    }

    /// Borrows what becomes of callers in a state.
    pub fn treatment(&self, state: OfficeState) -> &Treatment {
        match state {
            OfficeState::Open => &self.0.open,
            OfficeState::Closed => &self.0.closed,
        }
    }

    /// Borrows what it was made from.
    pub fn form(&self) -> &OfficeForm {
        &self.0
    }

    /// Takes out what it was made from, to change it.
    pub fn into_form(self) -> OfficeForm {
        self.0
    }
}

impl TryFrom<OfficeForm> for Office {
    type Error = InvalidOffice;
    fn try_from(form: OfficeForm) -> Result<Self, InvalidOffice> {
        Self::new(form)
    }
}

impl From<Office> for OfficeForm {
    fn from(office: Office) -> OfficeForm {
        office.0
    }
}
