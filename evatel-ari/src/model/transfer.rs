//! A transfer that a telephone asks for (SIP REFER) and that the application carries out.

use serde::{Deserialize, Serialize};

use super::{Bridge, Channel};
use crate::words::words;

/// Whom the call shall go to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ReferTo {
    /// What the telephone asked for.
    pub requested_destination: RequestedDestination,
    /// The channel that shall be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_channel: Option<Channel>,
    /// The channel that is connected with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected_channel: Option<Channel>,
    /// The bridge of both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<Bridge>,
}

/// Who asked for the transfer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ReferredBy {
    /// The channel on which it was asked for.
    pub source_channel: Channel,
    /// The channel that is connected with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected_channel: Option<Channel>,
    /// The bridge of both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<Bridge>,
}

/// What a telephone asked for: a number, or the call that shall be replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RequestedDestination {
    /// The SIP Call-ID of the call that shall be replaced (attended transfer).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol_id: Option<String>,
    /// The user part that shall be called (blind transfer).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// What else the protocol said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_protocol_params: Option<Vec<ProtocolParameter>>,
}

/// A parameter of a protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProtocolParameter {
    /// Its name.
    pub parameter_name: String,
    /// Its value.
    pub parameter_value: String,
}

words! {
    /// How a transfer goes.
    TransferState {
        /// The new party answered.
        Answered = "channel_answered",
        /// The new party declined.
        Declined = "channel_declined",
        /// The new party is being called.
        Progress = "channel_progress",
        /// The new party cannot be reached.
        Unavailable = "channel_unavailable",
    }
}
