//! Endpoints, and what they say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{id::ChannelId, words::words};

/// A telephone or a trunk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Endpoint {
    /// Such as `PJSIP`.
    pub technology: String,
    /// Its name there, such as `101`.
    pub resource: String,
    /// Whether it is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<EndpointState>,
    /// Its channels.
    pub channel_ids: Vec<ChannelId>,
}

/// Where an endpoint can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ContactInfo {
    /// The address.
    pub uri: String,
    /// Whether it answers.
    pub contact_status: ContactStatus,
    /// The address of record it belongs to.
    pub aor: String,
    /// How long an answer takes, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roundtrip_usec: Option<String>,
}

/// How a peer of a technology without contacts is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Peer {
    /// How it is, in its technology's words.
    pub peer_status: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Its IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// When it was last heard of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// A text message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TextMessage {
    /// Who sent it.
    pub from: String,
    /// Whom it is for.
    pub to: String,
    /// Its text.
    pub body: String,
    /// What goes along, such as SIP headers.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
}

words! {
    /// Whether an endpoint is registered.
    EndpointState {
        /// It is not.
        Offline = "offline",
        /// It is.
        Online = "online",
        /// Asterisk does not know.
        Unknown = "unknown",
    }

    /// Whether a contact answers.
    ContactStatus {
        /// It is not asked.
        NonQualified = "NonQualified",
        /// It does.
        Reachable = "Reachable",
        /// It is registered no more.
        Removed = "Removed",
        /// Asterisk does not know yet.
        Unknown = "Unknown",
        /// It does not.
        Unreachable = "Unreachable",
    }
}
