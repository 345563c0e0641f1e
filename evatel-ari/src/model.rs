//! What ARI speaks about. What an older or newer Asterisk leaves out stays empty; what no field names is ignored.
//!
//! The wire's names that are not ours: `CallerID` is [`Party`], `DialplanCEP` is [`Position`], `RTPstat` is [`RtpStatistics`],
//! `RequiredDestination` is [`RequestedDestination`], `AdditionalParam` is [`ProtocolParameter`].

mod application;
mod asterisk;
mod bridge;
mod channel;
mod device;
mod endpoint;
mod mailbox;
mod playback;
mod recording;
mod rest;
mod rtp;
mod sound;
mod transfer;
mod variable;

pub use crate::timestamp::Timestamp;
pub use application::{Application, EventType};
pub use asterisk::{
    AsteriskInfo, AsteriskPing, BuildInfo, ConfigInfo, ConfigTuple, LogChannel, Module, SetId, StatusInfo,
    SystemInfo,
};
pub use bridge::{Bridge, BridgeType, VideoMode};
pub use channel::{Channel, ChannelState, Dialed, Party, Position};
pub use device::{DeviceState, DeviceStatus};
pub use endpoint::{ContactInfo, ContactStatus, Endpoint, EndpointState, Peer, TextMessage};
pub use mailbox::Mailbox;
pub use playback::{Playback, PlaybackState};
pub use recording::{LiveRecording, RecordingState, StoredRecording};
pub use rest::{QueryParameter, RestHeader, RestRequest, RestResponse};
pub use rtp::RtpStatistics;
pub use sound::{FormatLanguage, Sound};
pub use transfer::{ProtocolParameter, ReferTo, ReferredBy, RequestedDestination, TransferState};
pub use variable::{Variable, Variables};

use serde::{Deserialize, Deserializer};

use crate::request::json_answers;

json_answers!(
    Application,
    AsteriskInfo,
    AsteriskPing,
    Bridge,
    Channel,
    DeviceState,
    Endpoint,
    LiveRecording,
    Mailbox,
    Module,
    Playback,
    RtpStatistics,
    Sound,
    StoredRecording,
    Variable,
    Variables,
);
json_answers!(
    Vec<Application>,
    Vec<Bridge>,
    Vec<Channel>,
    Vec<ConfigTuple>,
    Vec<DeviceState>,
    Vec<Endpoint>,
    Vec<LogChannel>,
    Vec<Mailbox>,
    Vec<Module>,
    Vec<Sound>,
    Vec<StoredRecording>,
);

/// Reads `null` as what is empty: Asterisk writes it for a place in the dialplan that a channel does not have.
fn or_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
