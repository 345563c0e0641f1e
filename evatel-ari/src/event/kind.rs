//! The table of events: one variant a wire name, in alphabetical order.

#[cfg(test)]
mod older;
mod transfer;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    model::{
        Bridge, Channel, ContactInfo, DeviceState, Endpoint, LiveRecording, Peer, Playback, ReferTo,
        ReferredBy, RestResponse, TextMessage, TransferState,
    },
    words::words,
};

pub use transfer::{AttendedTransfer, BlindTransfer, TransferDestination, TransferResult};

/// What happened.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
// Read and written by `super::decode`, which knows the name before.
#[serde(remote = "Self")]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields are those of the models, under ARI's own names"
)]
pub enum EventKind {
    /// A channel could not be moved to the application `destination`: it is not registered.
    ApplicationMoveFailed {
        channel: Channel,
        #[serde(default)]
        destination: String,
        #[serde(default)]
        args: Vec<String>,
    },
    /// Our application is registered, on a connection that Asterisk made.
    ApplicationRegistered {},
    /// Another program registered our application's name: this connection gets nothing any more.
    ApplicationReplaced {},
    /// Our application is registered no more.
    ApplicationUnregistered {},
    /// One party transferred another with asking whom it goes to.
    BridgeAttendedTransfer(Box<AttendedTransfer>),
    /// One party transferred another without asking.
    BridgeBlindTransfer(Box<BlindTransfer>),
    /// A bridge was made.
    BridgeCreated { bridge: Bridge },
    /// A bridge ended.
    BridgeDestroyed { bridge: Bridge },
    /// Those in `bridge_from` went over to `bridge`.
    BridgeMerged { bridge: Bridge, bridge_from: Bridge },
    /// Another channel's picture is shown.
    BridgeVideoSourceChanged {
        bridge: Bridge,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old_video_source_id: Option<String>,
    },
    /// A channel is offered to many applications: the first to claim it gets it.
    CallBroadcast {
        channel: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        called: Option<String>,
    },
    /// A channel that was offered to many went to one.
    CallClaimed {
        channel: Channel,
        #[serde(default)]
        winner_app: String,
    },
    /// The caller's number or name changed; `caller_presentation` says whether they may be shown.
    ChannelCallerId {
        #[serde(default)]
        caller_presentation: i64,
        #[serde(default)]
        caller_presentation_txt: String,
        channel: Channel,
    },
    /// Who is at the other end changed.
    ChannelConnectedLine { channel: Channel },
    /// A channel was made.
    ChannelCreated { channel: Channel },
    /// A channel ended; `cause` is a number of Q.850, `tech_cause` one of its technology, such as SIP's 486.
    ChannelDestroyed {
        #[serde(default)]
        cause: i64,
        #[serde(default)]
        cause_txt: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tech_cause: Option<i64>,
        channel: Channel,
    },
    /// The channel came to another step of the dialplan.
    ChannelDialplan {
        channel: Channel,
        #[serde(default)]
        dialplan_app: String,
        #[serde(default)]
        dialplan_app_data: String,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
    },
    /// Somebody asked for the channel to end.
    ChannelHangupRequest {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tech_cause: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        soft: Option<bool>,
        channel: Channel,
    },
    /// The party put us on hold; only where HOLD_INTERCEPT is set.
    ChannelHold {
        channel: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        musicclass: Option<String>,
    },
    /// A channel left a bridge.
    ChannelLeftBridge { bridge: Bridge, channel: Channel },
    /// The channel got further, or back.
    ChannelStateChange { channel: Channel },
    /// The party stopped talking, after `duration` milliseconds; only where TALK_DETECT is set.
    ChannelTalkingFinished {
        channel: Channel,
        #[serde(default)]
        duration: i64,
    },
    /// The party began to talk; only where TALK_DETECT is set.
    ChannelTalkingStarted { channel: Channel },
    /// A tone was heard; only where TONE_DETECT is set.
    ChannelToneDetected { channel: Channel },
    /// A telephone asks for a transfer, which is left to us; only where PJSIP_TRANSFER_HANDLING is `ari-only`.
    ///
    /// There is no `channel` on the wire: it is `referred_by.source_channel`.
    ChannelTransfer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<TransferState>,
        refer_to: Box<ReferTo>,
        referred_by: Box<ReferredBy>,
    },
    /// The party took us off hold.
    ChannelUnhold { channel: Channel },
    /// An event that a program raised.
    ChannelUserevent {
        eventname: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bridge: Option<Bridge>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<Endpoint>,
        #[serde(default)]
        userevent: Value,
    },
    /// A variable was set; a global one if there is no channel.
    ChannelVarset {
        variable: String,
        value: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
    },
    /// A contact of an endpoint came, went, or began or stopped to answer.
    ContactStatusChange {
        endpoint: Endpoint,
        contact_info: ContactInfo,
    },
    /// A device is in another state.
    DeviceStateChanged { device_state: DeviceState },
    /// How dialling `peer` goes.
    Dial {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Channel>,
        peer: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forward: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forwarded: Option<Box<Channel>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dialstring: Option<String>,
        #[serde(default)]
        dialstatus: DialStatus,
    },
    /// An endpoint is registered, or no more.
    EndpointStateChange { endpoint: Endpoint },
    /// A known event that could not be read; the event's header has its name.
    #[serde(skip)]
    Malformed { error: String },
    /// The request that opened the websocket lacked parameters.
    MissingParams {
        #[serde(default)]
        params: Vec<String>,
    },
    /// A peer of a technology without contacts is in another state.
    PeerStatusChange { endpoint: Endpoint, peer: Peer },
    /// The next of several media began.
    PlaybackContinuing { playback: Playback },
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
    /// The answer to a request that went over the websocket.
    RESTResponse(RestResponse),
    /// The channel left the application.
    StasisEnd { channel: Channel },
    /// The channel came into the application, in place of `replace_channel` after a transfer.
    StasisStart {
        #[serde(default)]
        args: Vec<String>,
        channel: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replace_channel: Option<Channel>,
    },
    /// An endpoint sent a text message.
    TextMessageReceived {
        message: TextMessage,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<Endpoint>,
    },
    /// An event that has no variant here; the raw text holds it.
    #[serde(skip)]
    Unknown,
}

words! {
    /// How dialling a party goes.
    DialStatus {
        /// Answered.
        Answer = "ANSWER",
        /// It begins.
        Begun = "",
        /// The party is on the telephone.
        Busy = "BUSY",
        /// Given up by the caller.
        Cancel = "CANCEL",
        /// The endpoint cannot be reached.
        ChanUnavail = "CHANUNAVAIL",
        /// The network is congested.
        Congestion = "CONGESTION",
        /// Rung, not answered.
        NoAnswer = "NOANSWER",
        /// The far end is at it.
        Proceeding = "PROCEEDING",
        /// Audio before the answer.
        Progress = "PROGRESS",
        /// The far end rings.
        Ringing = "RINGING",
    }
}
