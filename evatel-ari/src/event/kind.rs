//! The table of events: one variant a wire name, in alphabetical order.

use serde::Deserialize;
use serde_json::Value;

use crate::model::{Bridge, Channel, LiveRecording, Playback};

/// What happened.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type")]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields are those of the models, under ARI's own names"
)]
pub enum EventKind {
    /// Another program registered our application's name: this connection gets nothing any more.
    ApplicationReplaced {},
    /// A bridge was made.
    BridgeCreated { bridge: Bridge },
    /// A bridge ended.
    BridgeDestroyed { bridge: Bridge },
    /// A channel was made.
    ChannelCreated { channel: Channel },
    /// A channel ended; `cause` is a number of Q.850.
    ChannelDestroyed {
        #[serde(default)]
        cause: i64,
        #[serde(default)]
        cause_txt: String,
        #[serde(default)]
        tech_cause: Option<i64>,
        channel: Channel,
    },
    /// The party pressed a key.
    ChannelDtmfReceived {
        digit: String,
        #[serde(default)]
        duration_ms: i64,
        channel: Channel,
    },
    /// A channel came into a bridge.
    ChannelEnteredBridge {
        bridge: Bridge,
        #[serde(default)]
        channel: Option<Channel>,
    },
    /// Somebody asked for the channel to end.
    ChannelHangupRequest {
        #[serde(default)]
        cause: Option<i64>,
        #[serde(default)]
        tech_cause: Option<i64>,
        channel: Channel,
    },
    /// The party put us on hold.
    ChannelHold { channel: Channel },
    /// A channel left a bridge.
    ChannelLeftBridge { bridge: Bridge, channel: Channel },
    /// The channel got further, or back.
    ChannelStateChange { channel: Channel },
    /// The party took us off hold.
    ChannelUnhold { channel: Channel },
    /// An event that a program raised.
    ChannelUserevent {
        eventname: String,
        #[serde(default)]
        channel: Option<Channel>,
        #[serde(default)]
        userevent: Value,
    },
    /// A variable was set.
    ChannelVarset {
        variable: String,
        value: String,
        #[serde(default)]
        channel: Option<Channel>,
    },
    /// How dialling `peer` goes: empty, `RINGING`, `PROGRESS`, `ANSWER`, `BUSY`, `NOANSWER` ...
    Dial {
        #[serde(default)]
        caller: Option<Channel>,
        peer: Channel,
        #[serde(default)]
        dialstatus: String,
    },
    /// A known event that could not be read; the event's header has its name.
    #[serde(skip)]
    Malformed { error: String },
    /// A sound ended.
    PlaybackFinished { playback: Playback },
    /// A sound began.
    PlaybackStarted { playback: Playback },
    /// A recording failed.
    RecordingFailed { recording: LiveRecording },
    /// A recording ended.
    RecordingFinished { recording: LiveRecording },
    /// A recording began.
    RecordingStarted { recording: LiveRecording },
    /// The channel left the application.
    StasisEnd { channel: Channel },
    /// The channel came into the application.
    StasisStart {
        #[serde(default)]
        args: Vec<String>,
        channel: Channel,
        #[serde(default)]
        replace_channel: Option<Channel>,
    },
    /// An event that has no variant here; the raw text holds it.
    #[serde(other)]
    Unknown,
}
