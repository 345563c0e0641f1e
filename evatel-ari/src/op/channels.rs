//! `/channels`: one party's connection.

use std::{collections::BTreeMap, time::Duration};

use evatel_core::calls::HangupCause;
use serde_json::json;

use crate::{
    id::{ChannelId, PlaybackId},
    model::{Channel, Playback, Variable},
    request::Request,
};

/// `GET /channels` lists every channel, also those of others.
pub fn list() -> Request<Vec<Channel>> {
    Request::get(["channels"])
}

/// `GET /channels/{id}` describes one.
pub fn get(id: &ChannelId) -> Request<Channel> {
    Request::get(["channels", id.as_str()])
}

/// What an outgoing channel needs to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outgoing {
    /// What Asterisk dials, such as `PJSIP/15145550199@carrier`.
    pub endpoint: String,
    /// The application that gets the channel.
    pub app: String,
    /// What its `StasisStart` brings as arguments, separated by commas.
    pub app_args: Option<String>,
    /// Who calls, as the far end shall see it: `"Name" <number>`.
    pub caller_id: Option<String>,
    /// The channel on whose behalf it is made; both then share one linked id.
    pub originator: Option<ChannelId>,
    /// How long it may ring; whole seconds, at least one. Used by [`originate`] only.
    pub timeout: Duration,
    /// Variables and functions such as `CHANNEL(language)` set before it is dialled.
    pub variables: BTreeMap<String, String>,
}

impl Outgoing {
    /// Makes one with 30 seconds to ring and nothing optional.
    pub fn new(endpoint: impl Into<String>, app: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            app: app.into(),
            app_args: None,
            caller_id: None,
            originator: None,
            timeout: Duration::from_secs(30),
            variables: BTreeMap::new(),
        }
    }
}

/// `POST /channels/{id}` makes a channel, dials it, and gives it to the application when it is answered.
///
/// Events, even `StasisStart`, may come before the reply: subscribe to `id` first.
pub fn originate(id: &ChannelId, outgoing: &Outgoing) -> Request<Channel> {
    let seconds = outgoing.timeout.as_secs().max(1);
    Request::post(["channels", id.as_str()])
        .query("endpoint", &outgoing.endpoint)
        .query("app", &outgoing.app)
        .query_opt("appArgs", outgoing.app_args.as_deref())
        .query_opt("callerId", outgoing.caller_id.as_deref())
        .query_opt("originator", outgoing.originator.as_ref().map(ChannelId::as_str))
        .query("timeout", seconds.to_string())
        .body(json!({ "variables": outgoing.variables }))
}

/// `POST /channels/create` makes a channel and gives it to the application at once; [`dial`] then dials it.
pub fn create(id: &ChannelId, outgoing: &Outgoing) -> Request<Channel> {
    Request::post(["channels", "create"])
        .query("channelId", id.as_str())
        .query("endpoint", &outgoing.endpoint)
        .query("app", &outgoing.app)
        .query_opt("appArgs", outgoing.app_args.as_deref())
        .query_opt("originator", outgoing.originator.as_ref().map(ChannelId::as_str))
        .body(json!({ "variables": outgoing.variables }))
}

/// `POST /channels/{id}/dial` dials a created channel for at most `timeout`.
pub fn dial(id: &ChannelId, timeout: Duration) -> Request<()> {
    Request::post(["channels", id.as_str(), "dial"]).query("timeout", timeout.as_secs().to_string())
}

/// `DELETE /channels/{id}` hangs up; the far end sees `cause`.
pub fn hangup(id: &ChannelId, cause: HangupCause) -> Request<()> {
    Request::delete(["channels", id.as_str()]).query("reason_code", cause.q850().to_string())
}

/// `POST /channels/{id}/answer` answers; the reply comes when it is done.
pub fn answer(id: &ChannelId) -> Request<()> {
    Request::post(["channels", id.as_str(), "answer"])
}

/// `POST /channels/{id}/ring` tells the caller that it rings (SIP 180), or plays ringback once answered.
pub fn ring(id: &ChannelId) -> Request<()> {
    Request::post(["channels", id.as_str(), "ring"])
}

/// `DELETE /channels/{id}/ring` stops the ringback.
pub fn ring_stop(id: &ChannelId) -> Request<()> {
    Request::delete(["channels", id.as_str(), "ring"])
}

/// `POST /channels/{id}/progress` opens the audio before the answer (SIP 183).
pub fn progress(id: &ChannelId) -> Request<()> {
    Request::post(["channels", id.as_str(), "progress"])
}

/// `POST /channels/{id}/continue` gives the channel back to the dialplan, at its next step.
pub fn resume_dialplan(id: &ChannelId) -> Request<()> {
    Request::post(["channels", id.as_str(), "continue"])
}

/// `GET /channels/{id}/variable` reads a variable or function.
pub fn variable(id: &ChannelId, name: &str) -> Request<Variable> {
    Request::get(["channels", id.as_str(), "variable"]).query("variable", name)
}

/// `POST /channels/{id}/variable` sets a variable or function; the reply comes when it is done.
pub fn set_variable(id: &ChannelId, name: &str, value: &str) -> Request<()> {
    Request::post(["channels", id.as_str(), "variable"])
        .query("variable", name)
        .query("value", value)
}

/// `POST /channels/{id}/play/{playback}` plays `media`, such as `sound:beep` or `tone:ring;tonezone=fr`.
pub fn play(id: &ChannelId, playback: &PlaybackId, media: &str) -> Request<Playback> {
    Request::post(["channels", id.as_str(), "play", playback.as_str()]).query("media", media)
}

/// `POST /channels/{id}/dtmf` sends digits to the party.
pub fn send_digits(id: &ChannelId, digits: &str) -> Request<()> {
    Request::post(["channels", id.as_str(), "dtmf"]).query("dtmf", digits)
}

/// `POST /channels/externalMedia` makes a channel whose audio we fetch at `/media/<connection id>`.
///
/// 16-bit mono in Asterisk's byte order, `format` being `slin` (8 kHz) or `slin16`; control messages are JSON.
/// The connection id stands in the reply's variable [`MEDIA_CONNECTION_ID`].
pub fn external_media(id: &ChannelId, app: &str, format: &str) -> Request<Channel> {
    // `encapsulation` defaults to `rtp`, which with `websocket` is refused: it must be said.
    Request::post(["channels", "externalMedia"])
        .query("channelId", id.as_str())
        .query("app", app)
        .query("external_host", "INCOMING")
        .query("encapsulation", "none")
        .query("transport", "websocket")
        .query("connection_type", "server")
        .query("format", format)
        .query("transport_data", "f(json)")
}

/// The variable in which [`external_media`]'s reply names where to connect.
pub const MEDIA_CONNECTION_ID: &str = "MEDIA_WEBSOCKET_CONNECTION_ID";
