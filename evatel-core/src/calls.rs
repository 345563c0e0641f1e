//! The call log: one entry a leg; [`CallView`] shows of it what somebody may read.

mod answerer;
mod redaction;
mod view;

pub use answerer::Answerer;
pub use redaction::{REDACTED, redacted};
pub use view::CallView;

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CallId, LegId, UserId},
    word::word_enum,
};

/// One leg as the call log keeps it, a refused one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegEntry {
    /// The call that the leg belongs to.
    pub call: CallId,
    /// The leg; a refused one has an id as well, and no channel.
    pub leg: LegId,
    /// Whose call log it is in.
    pub account: Option<AccountId>,
    /// From outside in, or from us out.
    pub direction: Direction,
    /// Who calls: number or device, as it was given by the switch.
    pub from: String,
    /// Who is called: number or device.
    pub to: String,
    /// Why the leg was made.
    pub cause: LegCause,
    /// Who answers for it: `caller`, `device:ID`, `pin:ID`, `rule:ID`.
    pub authoriser: String,
    /// The user behind the authoriser.
    pub user: Option<UserId>,
    /// What the gate said.
    pub decision: DecisionWord,
    /// The rule that decided.
    pub rule: String,
    /// When the leg began.
    pub started_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended; empty while it lasts.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub hangup: Option<HangupCause>,
    /// The file of the call's recording, where calls are recorded.
    pub recording: Option<String>,
}

/// One line of a call's story. Digits of a PIN are never in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptLine {
    /// When.
    pub at: Timestamp,
    /// Who: `caller`, `callee`, `assistant` or `system`.
    pub who: String,
    /// What was said, heard, keyed or decided.
    pub text: String,
}

/// A part of a call's story, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallRecord {
    /// A leg was answered.
    LegAnswered {
        /// Which.
        leg: LegId,
        /// When.
        at: Timestamp,
    },
    /// A leg began, or was refused.
    LegBegan(Box<LegEntry>),
    /// A leg is over.
    LegEnded {
        /// Which.
        leg: LegId,
        /// When.
        at: Timestamp,
        /// How.
        cause: HangupCause,
    },
    /// Something was said, heard, keyed or decided.
    Line {
        /// In which call.
        call: CallId,
        /// What.
        line: TranscriptLine,
    },
    /// The call's recording is a file now.
    Recorded {
        /// Which call's.
        call: CallId,
        /// The file.
        path: PathBuf,
    },
}

word_enum! {
    /// Which way a leg goes.
    Direction ("direction") {
        /// Towards us.
        Inbound = "inbound",
        /// From us.
        Outbound = "outbound",
    }
}

word_enum! {
    /// What made a leg.
    LegCause ("leg cause") {
        /// Somebody outside called one of our DIDs.
        Inbound = "inbound",
        /// An alert that a user set calls him.
        Alert = "alert",
        /// A callback that a user asked for.
        Callback = "callback",
        /// A signed-in user asked for it on a screen.
        ClickToCall = "click-to-call",
        /// A party is added to a conference.
        ConferenceAdd = "conference-add",
        /// A person keyed the number at his device.
        Dial = "dial",
        /// A DID's rule rings its user.
        FindMe = "find-me",
        /// A fax is sent.
        FaxOut = "fax-out",
        /// A user's status sends his callers to a number outside.
        Forward = "forward",
        /// A device called the assistant.
        Assistant = "assistant",
        /// A short message is sent.
        SmsOut = "sms-out",
        /// A party is handed over after a talk.
        TransferAttended = "transfer-attended",
        /// A party is handed over at once.
        TransferBlind = "transfer-blind",
        /// The assistant was asked for it.
        VoiceAssistant = "voice-assistant",
    }
}

word_enum! {
    /// What the gate said of a leg.
    DecisionWord ("decision") {
        /// It may be made.
        Allow = "allow",
        /// It may not.
        Deny = "deny",
    }
}

macro_rules! hangup_causes {
    ($($(#[$doc:meta])* $name:ident = $q850:literal, $reason:literal;)*) => {
        /// Why a leg ended: ITU-T Q.850 §2.2.7, as far as telephony over SIP uses it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum HangupCause {
            $($(#[$doc])* $name,)*
            /// Another value, 0 to 127.
            Other(u8),
        }

        impl HangupCause {
            /// Gives the Q.850 number.
            pub fn q850(self) -> u8 {
                match self { $(Self::$name => $q850,)* Self::Other(number) => number }
            }

            /// Reads a Q.850 number; what has no name here is kept.
            pub fn from_q850(number: u8) -> Self {
                match number { $($q850 => Self::$name,)* other => Self::Other(other) }
            }

            /// Gives a short name for logs.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $reason,)* Self::Other(_) => "other" }
            }
        }
    };
}

hangup_causes! {
    /// The number is nobody's (SIP 404).
    UnallocatedNumber = 1, "unallocated";
    /// Somebody hung up.
    Normal = 16, "normal";
    /// The party is on the telephone (SIP 486).
    Busy = 17, "busy";
    /// The device or the trunk did not react at all (SIP 408).
    NoResponse = 18, "no-response";
    /// Rung, not answered (SIP 480).
    NoAnswer = 19, "no-answer";
    /// The device is not registered (SIP 480).
    Absent = 20, "absent";
    /// The party declined (SIP 603) or the gate did (SIP 403).
    Rejected = 21, "rejected";
    /// Another leg of the same call was answered.
    AnsweredElsewhere = 26, "answered-elsewhere";
    /// The far end is broken (SIP 502).
    OutOfOrder = 27, "out-of-order";
    /// Too few or strange digits (SIP 484).
    InvalidNumber = 28, "invalid-number";
    /// Unspecified (SIP 480 and others).
    Unspecified = 31, "unspecified";
    /// No line is free (SIP 503).
    NoCircuit = 34, "no-circuit";
    /// The network is out of order; what a phone hears when we are away.
    NetworkOutOfOrder = 38, "network-out-of-order";
    /// Something failed for a while.
    TemporaryFailure = 41, "temporary-failure";
    /// The network is congested.
    Congestion = 42, "congestion";
    /// Interworking, cause unknown.
    Interworking = 127, "interworking";
}

impl HangupCause {
    /// Says whether a leg over a trunk of which nothing was heard (no ringing, no early media) and that ended so was not
    /// carried by the way out itself, so that another may carry it: SIP 408 and 5xx, no route, nobody registered. Busy,
    /// declined, unavailable (480) or a number that is nobody's is the called party's answer.
    pub fn is_of_the_way(self) -> bool {
        match self {
            Self::Absent
            | Self::Congestion
            | Self::NetworkOutOfOrder
            | Self::NoCircuit
            | Self::NoResponse
            | Self::OutOfOrder
            | Self::TemporaryFailure => true,
            // No route to the network or the destination, not implemented (SIP 501), channel or resource not available,
            // timer expired (SIP 504).
            Self::Other(number) => matches!(number, 2 | 3 | 29 | 44 | 47 | 102),
            _ => false,
        }
    }
}
