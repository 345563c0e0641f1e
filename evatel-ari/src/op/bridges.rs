//! `/bridges`: where channels hear each other.

use std::time::Duration;

use crate::{
    id::{BridgeId, ChannelId, PlaybackId, RecordingName},
    model::{Bridge, LiveRecording, Playback},
    request::Request,
};

/// `GET /bridges` lists every bridge.
pub fn list() -> Request<Vec<Bridge>> {
    Request::get(["bridges"])
}

/// `GET /bridges/{id}` describes one.
pub fn get(id: &BridgeId) -> Request<Bridge> {
    Request::get(["bridges", id.as_str()])
}

/// `POST /bridges/{id}` makes a mixing bridge that raises digits, or gives back the one of this id.
pub fn create(id: &BridgeId, name: &str) -> Request<Bridge> {
    // Without `dtmf_events` a native bridge may keep digits to itself.
    Request::post(["bridges", id.as_str()])
        .query("type", "mixing,dtmf_events")
        .query("name", name)
}

/// `DELETE /bridges/{id}` ends it; the channels in it stay in the application.
pub fn destroy(id: &BridgeId) -> Request<()> {
    Request::delete(["bridges", id.as_str()])
}

/// `POST /bridges/{id}/addChannel` puts channels in, taking each out of the bridge it was in.
pub fn add_channels(id: &BridgeId, channels: &[&ChannelId]) -> Request<()> {
    Request::post(["bridges", id.as_str(), "addChannel"]).query("channel", joined(channels))
}

/// `POST /bridges/{id}/removeChannel` takes channels out.
pub fn remove_channels(id: &BridgeId, channels: &[&ChannelId]) -> Request<()> {
    Request::post(["bridges", id.as_str(), "removeChannel"]).query("channel", joined(channels))
}

/// `POST /bridges/{id}/play/{playback}` plays `media` (such as `sound:beep`) to everybody in the bridge.
pub fn play(id: &BridgeId, playback: &PlaybackId, media: &str) -> Request<Playback> {
    Request::post(["bridges", id.as_str(), "play", playback.as_str()]).query("media", media)
}

/// `POST /bridges/{id}/record` records what everybody in the bridge says, mixed, as a WAV of 8 kHz.
///
/// It ends by itself after `longest`. A recording of this name that exists already is refused.
pub fn record(id: &BridgeId, name: &RecordingName, longest: Duration) -> Request<LiveRecording> {
    Request::post(["bridges", id.as_str(), "record"])
        .query("name", name.as_str())
        .query("format", "wav")
        .query("maxDurationSeconds", longest.as_secs().to_string())
        .query("ifExists", "fail")
}

fn joined(channels: &[&ChannelId]) -> String {
    channels
        .iter()
        .map(|id| id.as_str())
        .collect::<Vec<_>>()
        .join(",")
}
