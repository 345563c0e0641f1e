//! `/bridges`: where channels hear each other.

use std::collections::BTreeMap;

use super::{
    VariableValue,
    sound::{Play, Recording},
};
use crate::{
    id::{BridgeId, ChannelId, PlaybackId},
    model::{Bridge, BridgeType, LiveRecording, Playback, Variable, Variables},
    request::Request,
    version::Since,
};

/// `GET /bridges` lists every bridge.
pub fn list() -> Request<Vec<Bridge>> {
    Request::get(["bridges"])
}

/// `GET /bridges/{id}` describes one.
pub fn get(id: &BridgeId) -> Request<Bridge> {
    Request::get(["bridges", id.as_str()])
}

/// What a bridge is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewBridge {
    /// What it does; mixing, if nothing is said.
    pub types: Vec<BridgeType>,
    /// Its name, for people.
    pub name: Option<String>,
    /// Its variables ([`Since::VARIABLES`]).
    pub variables: BTreeMap<String, VariableValue>,
}

impl Default for NewBridge {
    /// A mixing bridge that raises digits: without `dtmf_events` a native bridge may keep them to itself.
    fn default() -> Self {
        Self {
            types: vec![BridgeType::Mixing, BridgeType::DtmfEvents],
            name: None,
            variables: BTreeMap::new(),
        }
    }
}

impl From<&str> for NewBridge {
    /// Makes the default bridge of this name.
    fn from(name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..Self::default()
        }
    }
}

/// `POST /bridges/{id}` makes a bridge, or gives back the one of this id.
///
/// A text alone is a name: `create(&id, "call")` mixes and raises digits.
pub fn create(id: &BridgeId, bridge: impl Into<NewBridge>) -> Request<Bridge> {
    Request::post(["bridges", id.as_str()]).bridge(&bridge.into())
}

/// `POST /bridges` makes a bridge of this id, or of one that Asterisk chooses.
pub fn create_any_id(id: Option<&BridgeId>, bridge: impl Into<NewBridge>) -> Request<Bridge> {
    Request::post(["bridges"])
        .query_opt("bridgeId", id.map(BridgeId::as_str))
        .bridge(&bridge.into())
}

/// `DELETE /bridges/{id}` ends it; the channels in it stay in the application.
pub fn destroy(id: &BridgeId) -> Request<()> {
    Request::delete(["bridges", id.as_str()])
}

/// `GET /bridges/{id}/variable` reads a variable of a bridge.
pub fn variable(id: &BridgeId, name: &str) -> Request<Variable> {
    Request::get(["bridges", id.as_str(), "variable"])
        .query("variable", name)
        .since(Since::VARIABLES)
}

/// `POST /bridges/{id}/variable` sets one.
pub fn set_variable(id: &BridgeId, name: &str, value: impl Into<VariableValue>) -> Request<()> {
    Request::post(["bridges", id.as_str(), "variable"])
        .variable(name, &value.into())
        .since(Since::VARIABLES)
}

/// `POST /bridges/{id}/variable` removes one.
pub fn unset_variable(id: &BridgeId, name: &str) -> Request<()> {
    Request::post(["bridges", id.as_str(), "variable"])
        .query("variable", name)
        .since(Since::VARIABLES)
}

/// `GET /bridges/{id}/variables` reads several; 404 if one of them is not set.
pub fn variables(id: &BridgeId, names: &[&str]) -> Request<Variables> {
    Request::get(["bridges", id.as_str(), "variables"])
        .query_list("variables", names)
        .since(Since::VARIABLES)
}

/// `POST /bridges/{id}/variables` sets several.
pub fn set_variables(id: &BridgeId, variables: &BTreeMap<String, VariableValue>) -> Request<()> {
    Request::post(["bridges", id.as_str(), "variables"])
        .variables(variables)
        .since(Since::VARIABLES)
}

/// `POST /bridges/{id}/addChannel` puts channels in, taking each out of the bridge it was in.
pub fn add_channels(id: &BridgeId, channels: &[&ChannelId]) -> Request<()> {
    add_channels_as(id, channels, &Membership::default())
}

/// `POST /bridges/{id}/addChannel` puts channels in on conditions.
pub fn add_channels_as(id: &BridgeId, channels: &[&ChannelId], membership: &Membership) -> Request<()> {
    Request::post(["bridges", id.as_str(), "addChannel"])
        .query_list("channel", channels)
        .query_opt("role", membership.role.as_deref())
        .query_flag("absorbDTMF", membership.absorb_digits)
        .query_flag("mute", membership.mute)
        .query_flag(
            "inhibitConnectedLineUpdates",
            membership.inhibit_connected_line_updates,
        )
}

/// What a channel is in a bridge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// In a holding bridge `participant` or `announcer`.
    pub role: Option<String>,
    /// Whether its digits stay unheard by the others.
    pub absorb_digits: bool,
    /// Whether what it says stays unheard.
    pub mute: bool,
    /// Whether the others are not told who it is.
    pub inhibit_connected_line_updates: bool,
}

/// `POST /bridges/{id}/removeChannel` takes channels out.
pub fn remove_channels(id: &BridgeId, channels: &[&ChannelId]) -> Request<()> {
    Request::post(["bridges", id.as_str(), "removeChannel"]).query_list("channel", channels)
}

/// `POST /bridges/{id}/videoSource/{channel}` shows this channel's picture to all.
pub fn set_video_source(id: &BridgeId, channel: &ChannelId) -> Request<()> {
    Request::post(["bridges", id.as_str(), "videoSource", channel.as_str()])
}

/// `DELETE /bridges/{id}/videoSource` lets the bridge choose the picture again.
pub fn clear_video_source(id: &BridgeId) -> Request<()> {
    Request::delete(["bridges", id.as_str(), "videoSource"])
}

/// `POST /bridges/{id}/moh` plays music of `class`, or of the default one, to everybody.
pub fn start_moh(id: &BridgeId, class: Option<&str>) -> Request<()> {
    Request::post(["bridges", id.as_str(), "moh"]).query_opt("mohClass", class)
}

/// `DELETE /bridges/{id}/moh` stops the music.
pub fn stop_moh(id: &BridgeId) -> Request<()> {
    Request::delete(["bridges", id.as_str(), "moh"])
}

/// What is played to a bridge, and by what announcer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Announcement {
    /// What is played.
    pub play: Play,
    /// The audio format of the announcer, 8 kHz if none ([`Since::BRIDGE_FORMATS`]).
    pub format: Option<String>,
}

impl From<Play> for Announcement {
    fn from(play: Play) -> Self {
        Self { play, format: None }
    }
}

impl From<&str> for Announcement {
    fn from(media: &str) -> Self {
        Play::from(media).into()
    }
}

/// `POST /bridges/{id}/play/{playback}` plays to everybody in the bridge; a text alone is a media URI such as `sound:beep`.
pub fn play(id: &BridgeId, playback: &PlaybackId, what: impl Into<Announcement>) -> Request<Playback> {
    Request::post(["bridges", id.as_str(), "play", playback.as_str()]).announcement(&what.into())
}

/// `POST /bridges/{id}/play` plays as this playback, or as one whose id Asterisk chooses.
pub fn play_any_id(
    id: &BridgeId,
    playback: Option<&PlaybackId>,
    what: impl Into<Announcement>,
) -> Request<Playback> {
    Request::post(["bridges", id.as_str(), "play"])
        .query_opt("playbackId", playback.map(PlaybackId::as_str))
        .announcement(&what.into())
}

/// How a bridge is recorded, and by what recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BridgeRecording {
    /// The recording.
    pub recording: Recording,
    /// The audio format of the recorder, 8 kHz if none ([`Since::BRIDGE_FORMATS`]).
    pub format: Option<String>,
}

impl From<Recording> for BridgeRecording {
    fn from(recording: Recording) -> Self {
        Self {
            recording,
            format: None,
        }
    }
}

/// `POST /bridges/{id}/record` records what everybody in the bridge says, mixed.
pub fn record(id: &BridgeId, recording: impl Into<BridgeRecording>) -> Request<LiveRecording> {
    let BridgeRecording { recording, format } = recording.into();
    Request::post(["bridges", id.as_str(), "record"])
        .record(&recording)
        .bridge_format("recorder_format", format.as_deref())
}

impl<T> Request<T> {
    fn bridge(self, bridge: &NewBridge) -> Self {
        let mut request = self;
        if !bridge.types.is_empty() {
            request = request.query_list("type", bridge.types.iter().map(BridgeType::as_str));
        }
        if !bridge.variables.is_empty() {
            request = request.since(Since::VARIABLES);
        }
        request
            .query_opt("name", bridge.name.as_deref())
            .variables(&bridge.variables)
    }

    fn announcement(self, what: &Announcement) -> Self {
        self.play(&what.play)
            .bridge_format("announcer_format", what.format.as_deref())
    }

    fn bridge_format(self, name: &'static str, format: Option<&str>) -> Self {
        match format {
            Some(format) => self.query(name, format).since(Since::BRIDGE_FORMATS),
            None => self,
        }
    }
}
