//! Channels.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::or_empty;
use crate::{id::ChannelId, timestamp::Timestamp, words::words};

/// One party's connection to Asterisk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// The SIP Call-ID, where the driver has one.
    pub protocol_id: String,
    /// Its name, such as `PJSIP/trunk-00000001`.
    pub name: String,
    /// How far it is.
    pub state: ChannelState,
    /// Who calls.
    pub caller: Party,
    /// Who is at the other end.
    pub connected: Party,
    /// Whom it is billed to.
    pub accountcode: String,
    /// Where it is in the dialplan.
    pub dialplan: Position,
    /// When it was made.
    pub creationtime: Timestamp,
    /// Its language, such as `fr`.
    pub language: String,
    /// Variables that Asterisk was told to show, and those that an answer brings.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub channelvars: Map<String, Value>,
    /// The number that was called before the call was forwarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_rdnis: Option<String>,
    /// The tenant that Asterisk was told it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenantid: Option<String>,
}

impl Channel {
    /// Gives a variable that came with the channel.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.channelvars.get(name).and_then(Value::as_str)
    }

    /// Says whether the channel stands in the application `app`.
    pub fn is_in_app(&self, app: &str) -> bool {
        self.dialplan.app_name == "Stasis" && self.dialplan.app_data.split(',').next() == Some(app)
    }
}

/// A number and a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Party {
    /// The name, empty when there is none.
    pub name: String,
    /// The number, empty when there is none.
    pub number: String,
}

/// A place in the dialplan and the application that runs there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Position {
    /// The context.
    #[serde(deserialize_with = "or_empty")]
    pub context: String,
    /// The extension: for a call that came in, what was dialled.
    #[serde(deserialize_with = "or_empty")]
    pub exten: String,
    /// The priority, 0 when there is none.
    #[serde(deserialize_with = "or_empty")]
    pub priority: i64,
    /// The running application, `Stasis` while we hold the channel.
    #[serde(deserialize_with = "or_empty")]
    pub app_name: String,
    /// The application's arguments.
    #[serde(deserialize_with = "or_empty")]
    pub app_data: String,
}

/// A dialled channel; nothing is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Dialed {}

words! {
    /// How far a channel is.
    ChannelState {
        /// The far end is busy.
        Busy = "Busy",
        /// Digits are being sent.
        Dialing = "Dialing",
        /// Digits are being sent on an open line.
        DialingOffhook = "Dialing Offhook",
        /// Made, nothing more.
        Down = "Down",
        /// The handset is lifted.
        OffHook = "OffHook",
        /// About to ring.
        PreRing = "Pre-ring",
        /// The line rings: a call came in and waits for an answer.
        Ring = "Ring",
        /// The far end rings.
        Ringing = "Ringing",
        /// Reserved.
        Rsrved = "Rsrved",
        /// Asterisk does not know.
        Unknown = "Unknown",
        /// Answered.
        Up = "Up",
    }
}
