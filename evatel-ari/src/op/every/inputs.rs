//! What the samples say: ids, variables, and whatever has many fields.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    id::{BridgeId, ChannelId, PlaybackId, RecordingName},
    op::{
        VariableValue,
        channels::{
            ControlFormat, Destination, DialplanPlace, MediaDirection, MediaTransport, Outgoing,
            WebSocketOptions,
        },
        sound::{IfExists, Play, Recording, TerminateOn},
    },
};

pub(super) fn channel() -> ChannelId {
    "1700.12".into()
}

pub(super) fn other() -> ChannelId {
    "other".into()
}

pub(super) fn bridge() -> BridgeId {
    "bridge".into()
}

pub(super) fn playback() -> PlaybackId {
    "playback".into()
}

pub(super) fn variables() -> BTreeMap<String, VariableValue> {
    BTreeMap::from([
        ("CHANNEL(language)".to_owned(), "fr".into()),
        ("STATE".to_owned(), VariableValue::in_events("waiting")),
    ])
}

pub(super) fn place() -> DialplanPlace {
    let mut place = DialplanPlace::new("inside", "101");
    place.priority = Some(2);
    place.label = Some("begin".into());
    place
}

/// An application takes no place in the dialplan, and an originator brings the formats.
pub(super) fn every_outgoing() -> [Outgoing; 2] {
    let mut to_app = Outgoing::new("PJSIP/101", "app").with_args("a,b");
    to_app.caller_id = Some("\"Anna\" <5145550100>".into());
    to_app.other_id = Some(other());
    to_app.originator = Some("originator".into());
    to_app.variables = variables();
    let mut to_dialplan = Outgoing::to("PJSIP/101", Destination::Dialplan(place()));
    to_dialplan.formats = vec!["ulaw".into(), "slin16".into()];
    [to_app, to_dialplan]
}

pub(super) fn play() -> Play {
    let mut play = Play::new(["sound:hello", "tone:350+440/500,0/500"]);
    play.language = Some("fr".into());
    play.offset = Some(Duration::from_millis(250));
    play.skip = Some(Duration::from_secs(5));
    play
}

pub(super) fn recording() -> Recording {
    let mut recording = Recording::new(RecordingName::from("calls/1"), "wav");
    recording.max_duration = Some(Duration::from_secs(60));
    recording.max_silence = Some(Duration::from_millis(2500));
    recording.beep = true;
    recording
}

/// What is the usual is not said: `ifExists=fail` and `terminateOn=none` are missing on the wire.
pub(super) fn every_recording() -> impl Iterator<Item = Recording> {
    let longest = IfExists::KNOWN.len().max(TerminateOn::KNOWN.len());
    (0..longest).map(|index| {
        let mut recording = recording();
        recording.if_exists = IfExists::KNOWN[index % IfExists::KNOWN.len()].clone();
        recording.terminate_on = TerminateOn::KNOWN[index % TerminateOn::KNOWN.len()].clone();
        recording
    })
}

pub(super) fn every_transport() -> impl Iterator<Item = MediaTransport> {
    let with = |control, direction| WebSocketOptions {
        control,
        direction,
        ..WebSocketOptions::default()
    };
    let by_hand = WebSocketOptions {
        answer_later: true,
        passthrough: true,
        ..with(ControlFormat::Configured, MediaDirection::Both)
    };
    [
        MediaTransport::AudioSocket {
            host: "127.0.0.1:9092".into(),
            id: uuid::Uuid::from_u128(1),
        },
        MediaTransport::Rtp {
            host: ([127, 0, 0, 1], 4000).into(),
        },
        MediaTransport::WebSocketClient {
            connection: "evatel".into(),
            parameters: BTreeMap::from([("call".to_owned(), "a&b".to_owned())]),
            options: by_hand,
        },
        MediaTransport::WebSocketServer {
            options: with(ControlFormat::Json, MediaDirection::In),
        },
        MediaTransport::WebSocketServer {
            options: with(ControlFormat::PlainText, MediaDirection::Out),
        },
    ]
    .into_iter()
}
