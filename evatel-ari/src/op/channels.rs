//! `/channels`: one party's connection.

mod external_media;
mod outgoing;

pub use external_media::{
    Carrier, ConnectionType, ControlFormat, Encapsulation, ExternalMedia, MEDIA_CONNECTION_ID,
    MediaDirection, MediaTransport, WebSocketOptions, external_media,
};
pub use outgoing::{Destination, DialplanPlace, NewChannel, Outgoing, create, originate, originate_any_id};

use std::{collections::BTreeMap, time::Duration};

use evatel_core::calls::HangupCause;

use super::{
    VariableValue, milliseconds, seconds,
    sound::{Play, Recording},
};
use crate::{
    id::{ChannelId, PlaybackId},
    model::{Channel, LiveRecording, Playback, RtpStatistics, TransferState, Variable, Variables},
    request::Request,
    version::Since,
    words::words,
};

/// `GET /channels` lists every channel, also those of others.
pub fn list() -> Request<Vec<Channel>> {
    Request::get(["channels"])
}

/// `GET /channels/{id}` describes one.
pub fn get(id: &ChannelId) -> Request<Channel> {
    Request::get(["channels", id.as_str()])
}

/// `POST /channels/{id}/dial` dials a created channel for at most `timeout`, on behalf of `caller`.
pub fn dial(id: &ChannelId, timeout: Duration, caller: Option<&ChannelId>) -> Request<()> {
    Request::post(["channels", id.as_str(), "dial"])
        .query_opt("caller", caller.map(ChannelId::as_str))
        .query("timeout", seconds(timeout))
}

/// `DELETE /channels/{id}` hangs up; the far end sees why.
pub fn hangup(id: &ChannelId, why: impl Into<Hangup>) -> Request<()> {
    let request = Request::delete(["channels", id.as_str()]);
    match why.into() {
        Hangup::Cause(cause) => request.query("reason_code", cause.q850().to_string()),
        Hangup::Reason(reason) => request.query("reason", reason.as_str()),
    }
}

/// Why a channel is hung up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hangup {
    /// As a number of Q.850.
    Cause(HangupCause),
    /// As one of ARI's words.
    Reason(HangupReason),
}

impl From<HangupCause> for Hangup {
    fn from(cause: HangupCause) -> Self {
        Self::Cause(cause)
    }
}

impl From<HangupReason> for Hangup {
    fn from(reason: HangupReason) -> Self {
        Self::Reason(reason)
    }
}

words! {
    /// ARI's words for why a channel is hung up.
    HangupReason {
        /// Another leg of the same call was answered.
        AnsweredElsewhere = "answered_elsewhere",
        /// The party is on the telephone.
        Busy = "busy",
        /// No audio format in common.
        CodecMismatch = "codec_mismatch",
        /// The network is congested.
        Congestion = "congestion",
        /// Something failed.
        Failure = "failure",
        /// Interworking, cause unknown.
        Interworking = "interworking",
        /// Rung, not answered.
        NoAnswer = "no_answer",
        /// The call was over.
        Normal = "normal",
        /// Unspecified.
        NormalUnspecified = "normal_unspecified",
        /// Too few digits.
        NumberIncomplete = "number_incomplete",
        /// The party declined.
        Rejected = "rejected",
        /// Nothing came in time.
        Timeout = "timeout",
        /// The number is nobody's.
        Unallocated = "unallocated",
    }

    /// Which way the audio of a channel is cut, seen from Asterisk.
    MuteDirection {
        /// Both ways.
        Both = "both",
        /// What the party says.
        In = "in",
        /// What the party hears.
        Out = "out",
    }

    /// Which way of a channel's audio a snooping channel hears, or speaks into, seen from Asterisk.
    SnoopDirection {
        /// Both ways.
        Both = "both",
        /// What the party says.
        In = "in",
        /// Neither.
        Neither = "none",
        /// What the party hears.
        Out = "out",
    }
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
    Request::post(["channels", id.as_str(), "progress"]).since(Since::PROGRESS)
}

/// `POST /channels/{id}/continue` gives the channel back to the dialplan, at its next step where `place` says nothing.
pub fn resume_dialplan(id: &ChannelId, place: &DialplanPlace) -> Request<()> {
    Request::post(["channels", id.as_str(), "continue"]).place(place)
}

/// `POST /channels/{id}/move` gives the channel to another application, with arguments separated by commas.
pub fn move_to(id: &ChannelId, app: &str, args: Option<&str>) -> Request<()> {
    Request::post(["channels", id.as_str(), "move"]).app(app, args)
}

/// `POST /channels/{id}/redirect` sends the caller elsewhere (SIP 302 before the answer, REFER after); same technology only.
pub fn redirect(id: &ChannelId, endpoint: &str) -> Request<()> {
    Request::post(["channels", id.as_str(), "redirect"]).query("endpoint", endpoint)
}

/// `POST /channels/{id}/transfer_progress` tells a phone that asked for a transfer how it goes.
///
/// **Not at once:** Asterisk 22.10 sends `ChannelTransfer` a moment before its own notes of the transfer are complete (res_pjsip_refer), and
/// crashes where a result comes between. Ask for the channel's variable `CHANNEL(pjsip,call-id)` first, as
/// [`Asked`](crate::helper::transfer::Asked) does: the answer comes when the moment is over.
pub fn transfer_progress(id: &ChannelId, state: &TransferState) -> Request<()> {
    Request::post(["channels", id.as_str(), "transfer_progress"])
        .query("states", state.as_str())
        .since(Since::TRANSFER_PROGRESS)
}

/// `GET /channels/{id}/variable` reads a variable or function.
pub fn variable(id: &ChannelId, name: &str) -> Request<Variable> {
    Request::get(["channels", id.as_str(), "variable"]).query("variable", name)
}

/// `POST /channels/{id}/variable` sets a variable or function; the reply comes when it is done.
pub fn set_variable(id: &ChannelId, name: &str, value: impl Into<VariableValue>) -> Request<()> {
    Request::post(["channels", id.as_str(), "variable"]).variable(name, &value.into())
}

/// `POST /channels/{id}/variable` removes a variable.
pub fn unset_variable(id: &ChannelId, name: &str) -> Request<()> {
    Request::post(["channels", id.as_str(), "variable"]).query("variable", name)
}

/// `GET /channels/{id}/variables` reads several; 404 if one of them is not set.
pub fn variables(id: &ChannelId, names: &[&str]) -> Request<Variables> {
    Request::get(["channels", id.as_str(), "variables"])
        .query_list("variables", names)
        .since(Since::VARIABLES)
}

/// `POST /channels/{id}/variables` sets several.
pub fn set_variables(id: &ChannelId, variables: &BTreeMap<String, VariableValue>) -> Request<()> {
    Request::post(["channels", id.as_str(), "variables"])
        .variables(variables)
        .since(Since::VARIABLES)
}

/// `POST /channels/{id}/play/{playback}` plays; a text alone is a media URI such as `sound:beep` or `tone:ring;tonezone=fr`.
pub fn play(id: &ChannelId, playback: &PlaybackId, what: impl Into<Play>) -> Request<Playback> {
    Request::post(["channels", id.as_str(), "play", playback.as_str()]).play(&what.into())
}

/// `POST /channels/{id}/play` plays as this playback, or as one whose id Asterisk chooses.
pub fn play_any_id(
    id: &ChannelId,
    playback: Option<&PlaybackId>,
    what: impl Into<Play>,
) -> Request<Playback> {
    Request::post(["channels", id.as_str(), "play"])
        .query_opt("playbackId", playback.map(PlaybackId::as_str))
        .play(&what.into())
}

/// `POST /channels/{id}/record` records what the party says.
pub fn record(id: &ChannelId, recording: &Recording) -> Request<LiveRecording> {
    Request::post(["channels", id.as_str(), "record"]).record(recording)
}

/// Digits to be sent, and their rhythm in whole milliseconds; what is `None` is Asterisk's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digits {
    /// `0` to `9`, `A` to `D`, `*` and `#`.
    pub digits: String,
    /// Silence before the first.
    pub before: Option<Duration>,
    /// Silence between two, 100 ms if none.
    pub between: Option<Duration>,
    /// The length of each, 100 ms if none.
    pub duration: Option<Duration>,
    /// Silence after the last.
    pub after: Option<Duration>,
}

impl From<&str> for Digits {
    fn from(digits: &str) -> Self {
        Self {
            digits: digits.to_owned(),
            ..Self::default()
        }
    }
}

/// `POST /channels/{id}/dtmf` sends digits to the party.
pub fn send_digits(id: &ChannelId, digits: impl Into<Digits>) -> Request<()> {
    let digits = digits.into();
    Request::post(["channels", id.as_str(), "dtmf"])
        .query("dtmf", digits.digits)
        .query_opt("before", digits.before.map(milliseconds))
        .query_opt("between", digits.between.map(milliseconds))
        .query_opt("duration", digits.duration.map(milliseconds))
        .query_opt("after", digits.after.map(milliseconds))
}

/// `POST /channels/{id}/mute` cuts the audio.
pub fn mute(id: &ChannelId, direction: &MuteDirection) -> Request<()> {
    Request::post(["channels", id.as_str(), "mute"]).query("direction", direction.as_str())
}

/// `DELETE /channels/{id}/mute` lets the audio through again.
pub fn unmute(id: &ChannelId, direction: &MuteDirection) -> Request<()> {
    Request::delete(["channels", id.as_str(), "mute"]).query("direction", direction.as_str())
}

/// `POST /channels/{id}/hold` puts the party on hold, as its telephone sees it.
pub fn hold(id: &ChannelId) -> Request<()> {
    Request::post(["channels", id.as_str(), "hold"])
}

/// `DELETE /channels/{id}/hold` takes the party off hold.
pub fn unhold(id: &ChannelId) -> Request<()> {
    Request::delete(["channels", id.as_str(), "hold"])
}

/// `POST /channels/{id}/moh` plays music on hold of `class`, or of the default one.
pub fn start_moh(id: &ChannelId, class: Option<&str>) -> Request<()> {
    Request::post(["channels", id.as_str(), "moh"]).query_opt("mohClass", class)
}

/// `DELETE /channels/{id}/moh` stops the music.
pub fn stop_moh(id: &ChannelId) -> Request<()> {
    Request::delete(["channels", id.as_str(), "moh"])
}

/// `POST /channels/{id}/silence` sends silence, so that the way through a NAT stays open and no gap is heard.
pub fn start_silence(id: &ChannelId) -> Request<()> {
    Request::post(["channels", id.as_str(), "silence"])
}

/// `DELETE /channels/{id}/silence` stops the silence.
pub fn stop_silence(id: &ChannelId) -> Request<()> {
    Request::delete(["channels", id.as_str(), "silence"])
}

/// What a snooping channel hears, whom it is heard by, and who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snoop {
    /// What it hears.
    pub spy: SnoopDirection,
    /// Into which way it speaks.
    pub whisper: SnoopDirection,
    /// The application that gets it.
    pub app: String,
    /// What `StasisStart` brings as arguments, separated by commas.
    pub app_args: Option<String>,
}

impl Snoop {
    /// Makes one that hears both ways and says nothing.
    pub fn new(app: impl Into<String>) -> Self {
        Self {
            spy: SnoopDirection::Both,
            whisper: SnoopDirection::Neither,
            app: app.into(),
            app_args: None,
        }
    }
}

/// `POST /channels/{id}/snoop/{snoop}` makes a channel that hears, or speaks into, another.
pub fn snoop(id: &ChannelId, snoop_id: &ChannelId, snoop: &Snoop) -> Request<Channel> {
    Request::post(["channels", id.as_str(), "snoop", snoop_id.as_str()]).snoop(snoop)
}

/// `POST /channels/{id}/snoop` makes such a channel with this id, or with one that Asterisk chooses.
pub fn snoop_any_id(id: &ChannelId, snoop_id: Option<&ChannelId>, snoop: &Snoop) -> Request<Channel> {
    Request::post(["channels", id.as_str(), "snoop"])
        .query_opt("snoopId", snoop_id.map(ChannelId::as_str))
        .snoop(snoop)
}

/// `GET /channels/{id}/rtp_statistics` says how its RTP fares; 403 for a channel without RTP.
pub fn rtp_statistics(id: &ChannelId) -> Request<RtpStatistics> {
    Request::get(["channels", id.as_str(), "rtp_statistics"])
}

impl Request<Channel> {
    fn snoop(self, snoop: &Snoop) -> Self {
        self.query("spy", snoop.spy.as_str())
            .query("whisper", snoop.whisper.as_str())
            .app(&snoop.app, snoop.app_args.as_deref())
    }
}
