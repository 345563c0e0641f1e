//! What a user is up to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    name::{InvalidName, Name},
    word::word_enum,
};

word_enum! {
    /// A status that everybody has.
    PredefinedStatus ("status") {
        /// He does not take calls.
        Unavailable = "unavailable",
        /// At work.
        Working = "working",
        /// In a meeting.
        InMeeting = "in-meeting",
        /// At work, elsewhere.
        OutOfOffice = "out-of-office",
        /// On holiday.
        Vacation = "vacation",
        /// Travelling for work.
        BusinessTrip = "business-trip",
        /// The working day is over.
        AfterHours = "after-hours",
        /// Saturday and Sunday.
        Weekends = "weekends",
    }
}

impl PredefinedStatus {
    /// Says whether his telephones ring in this status as long as he made no rules for it; else callers get his voicemail.
    pub fn rings_by_default(self) -> bool {
        match self {
            Self::Working | Self::OutOfOffice | Self::BusinessTrip => true,
            Self::Unavailable | Self::InMeeting | Self::Vacation | Self::AfterHours | Self::Weekends => false,
        }
    }
}

/// A status: one of the predefined, or the user's own under a name of his.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Status {
    /// One that everybody has.
    Predefined(PredefinedStatus),
    /// His own.
    Own(Name),
}

impl FromStr for Status {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text.parse() {
            Ok(status) => Ok(Self::Predefined(status)),
            Err(_) => text.parse().map(Self::Own),
        }
    }
}

impl TryFrom<String> for Status {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Status> for String {
    fn from(status: Status) -> String {
        status.to_string()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Predefined(status) => status.fmt(f),
            Self::Own(name) => name.fmt(f),
        }
    }
}
