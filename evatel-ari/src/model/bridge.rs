//! Bridges.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    id::{BridgeId, ChannelId},
    timestamp::Timestamp,
    words::words,
};

/// A place where channels hear each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Bridge {
    /// Its id.
    pub id: BridgeId,
    /// How it mixes, such as `simple_bridge`.
    pub technology: String,
    /// `mixing` or `holding`.
    pub bridge_type: BridgeType,
    /// What it is to Asterisk: `stasis` for ours.
    pub bridge_class: String,
    /// Who made it, `Stasis` for ours.
    pub creator: String,
    /// Its name, chosen by us.
    pub name: String,
    /// The channels in it.
    pub channels: Vec<ChannelId>,
    /// Whose picture is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_mode: Option<VideoMode>,
    /// The channel whose picture is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_source_id: Option<ChannelId>,
    /// When it was made.
    pub creationtime: Timestamp,
    /// Its variables that events carry.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub bridgevars: Map<String, Value>,
}

words! {
    /// What a bridge does. Asterisk tells `mixing` or `holding`; the others are said when it is made.
    BridgeType {
        /// Raises the digits of those in it as events.
        DtmfEvents = "dtmf_events",
        /// Lets those in it wait, each for itself.
        Holding = "holding",
        /// Lets those in it hear each other.
        Mixing = "mixing",
        /// Keeps the audio in Asterisk, however the channels could connect themselves.
        ProxyMedia = "proxy_media",
        /// Gives every video stream its own label.
        SdpLabel = "sdp_label",
        /// Passes every picture to everybody.
        VideoSfu = "video_sfu",
        /// Shows one picture to everybody.
        VideoSingle = "video_single",
    }

    /// Whose picture a bridge shows.
    VideoMode {
        /// Nobody's.
        Nobody = "none",
        /// Everybody's.
        Sfu = "sfu",
        /// One channel's.
        Single = "single",
        /// That of who talks.
        Talker = "talker",
    }
}
