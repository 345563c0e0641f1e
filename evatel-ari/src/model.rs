//! What ARI speaks about. Fields that an older or newer Asterisk leaves out stay empty; unknown ones are ignored.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::{BridgeId, ChannelId, PlaybackId, RecordingName},
    request::json_answers,
};

json_answers!(
    Application,
    AsteriskInfo,
    Bridge,
    Channel,
    LiveRecording,
    Module,
    Playback,
    StoredRecording,
    Variable
);
json_answers!(
    Vec<Application>,
    Vec<Bridge>,
    Vec<Channel>,
    Vec<Module>,
    Vec<StoredRecording>
);

/// One party's connection to Asterisk.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Its name, such as `PJSIP/trunk-00000001`.
    pub name: String,
    /// How far it is.
    pub state: ChannelState,
    /// Who calls.
    pub caller: Party,
    /// Who is at the other end.
    pub connected: Party,
    /// Where it is in the dialplan.
    pub dialplan: Position,
    /// Its language, such as `fr`.
    pub language: String,
    /// When it was made, as Asterisk writes time.
    pub creationtime: String,
    /// The SIP Call-ID, where the driver has one.
    pub protocol_id: String,
    /// Variables that Asterisk was told to show, and those that an answer brings.
    pub channelvars: HashMap<String, Value>,
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
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Party {
    /// The name, empty when there is none.
    pub name: String,
    /// The number, empty when there is none.
    pub number: String,
}

/// A place in the dialplan and the application that runs there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Position {
    /// The context.
    pub context: String,
    /// The extension: for a call that came in, what was dialled.
    pub exten: String,
    /// The priority.
    pub priority: i64,
    /// The running application, `Stasis` while we hold the channel.
    pub app_name: String,
    /// The application's arguments.
    pub app_data: String,
}

/// How far a channel is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub enum ChannelState {
    /// The far end is busy.
    Busy,
    /// Made, nothing more.
    Down,
    /// Digits are being sent.
    Dialing,
    /// Digits are being sent on an open line.
    #[serde(rename = "Dialing Offhook")]
    DialingOffhook,
    /// The handset is lifted.
    OffHook,
    /// About to ring.
    #[serde(rename = "Pre-ring")]
    PreRing,
    /// The line rings: a call came in and waits for an answer.
    Ring,
    /// The far end rings.
    Ringing,
    /// Reserved.
    Rsrved,
    /// Answered.
    Up,
    /// A state of a newer Asterisk.
    #[default]
    #[serde(other)]
    Unknown,
}

/// A place where channels hear each other.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Bridge {
    /// Its id.
    pub id: BridgeId,
    /// Its name, chosen by us.
    pub name: String,
    /// How it mixes, such as `simple_bridge`.
    pub technology: String,
    /// `mixing` or `holding`.
    pub bridge_type: String,
    /// Who made it, `Stasis` for ours.
    pub creator: String,
    /// The channels in it.
    pub channels: Vec<ChannelId>,
}

/// A sound that plays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Playback {
    /// Its id.
    pub id: PlaybackId,
    /// What plays.
    pub media_uri: String,
    /// Where: `channel:…` or `bridge:…`.
    pub target_uri: String,
    /// `queued`, `playing`, `continuing`, `done` or `failed`.
    pub state: String,
}

/// A recording that runs or has just ended.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LiveRecording {
    /// Its name.
    pub name: RecordingName,
    /// Its file format, such as `wav`.
    pub format: String,
    /// What is recorded: `channel:…` or `bridge:…`.
    pub target_uri: String,
    /// `queued`, `recording`, `paused`, `done`, `failed` or `canceled`.
    pub state: String,
    /// Its length in seconds, once done.
    pub duration: Option<i64>,
    /// Why it failed.
    pub cause: Option<String>,
}

/// A recording on Asterisk's disk.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StoredRecording {
    /// Its name.
    pub name: RecordingName,
    /// Its file format.
    pub format: String,
}

/// An application and what it is subscribed to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The channels of which it gets the events.
    pub channel_ids: Vec<ChannelId>,
    /// The bridges of which it gets the events.
    pub bridge_ids: Vec<BridgeId>,
}

/// What Asterisk says of itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AsteriskInfo {
    /// Version and entity id.
    pub system: SystemInfo,
    /// Start and reload times.
    pub status: StatusInfo,
}

/// Asterisk's version and entity.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SystemInfo {
    /// The version, such as `22.10.1~dfsg+~cs6.16.60671435-1`.
    pub version: String,
    /// The entity id, which events quote.
    pub entity_id: String,
}

/// When Asterisk started and last read its configuration.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StatusInfo {
    /// When it started, as Asterisk writes time.
    pub startup_time: String,
    /// When it last reloaded.
    pub last_reload_time: String,
}

/// A module of Asterisk.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Module {
    /// Its file name, such as `chan_websocket.so`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `Running` when it is.
    pub status: String,
}

/// The value of a variable.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Variable {
    /// The value; empty also when there is none.
    pub value: String,
}
