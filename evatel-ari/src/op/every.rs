//! Every operation with every parameter: what the tests, and `cargo xtask ari-coverage`, compare with Asterisk's own documents.

mod inputs;

use std::{collections::BTreeMap, time::Duration};

use evatel_core::calls::HangupCause;
use serde_json::json;

use self::inputs::{
    bridge, channel, every_outgoing, every_recording, every_transport, other, place, play, playback,
    recording, variables,
};
use super::{
    VariableValue, applications,
    applications::{EventFilter, EventSource},
    asterisk, bridges,
    bridges::{Announcement, BridgeRecording, Membership, NewBridge},
    channels,
    channels::{Digits, ExternalMedia, MuteDirection, NewChannel, Snoop, SnoopDirection},
    device_states, endpoints, events, mailboxes, playbacks, recordings,
    sound::Recording,
    sounds,
};
use crate::{
    event::EventName,
    model::{BridgeType, ConfigTuple, DeviceStatus, TransferState},
    request::Request,
};

/// One request.
#[derive(Debug)]
pub struct Sample {
    /// Resource and nickname in Asterisk's documents, such as `channels.originateWithId`.
    pub operation: &'static str,
    /// The request.
    pub request: Request<()>,
}

/// Makes requests of every operation: together they say every parameter, and every word that a parameter can be.
pub fn samples() -> Vec<Sample> {
    let resources = [
        of_applications(),
        of_asterisk(),
        of_bridges(),
        of_channels(),
        of_channels_media(),
        of_device_states(),
        of_endpoints(),
        of_events(),
        of_mailboxes(),
        of_playbacks(),
        of_recordings(),
        of_sounds(),
    ];
    resources.into_iter().flatten().collect()
}

fn of<T>(operation: &'static str, request: Request<T>) -> Sample {
    Sample {
        operation,
        request: request.without_answer(),
    }
}

fn of_applications() -> Vec<Sample> {
    let sources = [
        EventSource::AllBridges,
        EventSource::AllChannels,
        EventSource::AllDeviceStates,
        EventSource::AllEndpoints,
        EventSource::from(&bridge()),
        EventSource::from(&channel()),
        EventSource::DeviceState("Stasis:door".into()),
        EventSource::Endpoint("PJSIP/101".into()),
        EventSource::Technology("PJSIP".into()),
    ];
    vec![
        of("applications.list", applications::list()),
        of("applications.get", applications::get("app")),
        of("applications.subscribe", applications::subscribe("app", &sources)),
        of(
            "applications.unsubscribe",
            applications::unsubscribe("app", &sources),
        ),
        of(
            "applications.filter",
            applications::filter("app", &EventFilter::only([EventName::StasisStart])),
        ),
        of(
            "applications.filter",
            applications::filter("app", &EventFilter::without([EventName::ChannelVarset])),
        ),
    ]
}

fn of_asterisk() -> Vec<Sample> {
    let fields = [ConfigTuple {
        attribute: "context".into(),
        value: "inside".into(),
    }];
    vec![
        of(
            "asterisk.getObject",
            asterisk::config("res_pjsip", "endpoint", "101"),
        ),
        of(
            "asterisk.updateObject",
            asterisk::set_config("res_pjsip", "endpoint", "101", &fields),
        ),
        of(
            "asterisk.deleteObject",
            asterisk::delete_config("res_pjsip", "endpoint", "101"),
        ),
        of("asterisk.getInfo", asterisk::info(asterisk::InfoPart::KNOWN)),
        of("asterisk.ping", asterisk::ping()),
        of("asterisk.listModules", asterisk::modules()),
        of("asterisk.getModule", asterisk::module("res_ari.so")),
        of("asterisk.loadModule", asterisk::load("res_ari.so")),
        of("asterisk.unloadModule", asterisk::unload("res_ari.so")),
        of("asterisk.reloadModule", asterisk::reload("res_ari.so")),
        of("asterisk.listLogChannels", asterisk::log_channels()),
        of("asterisk.addLog", asterisk::add_log("ari", "notice,warning")),
        of("asterisk.deleteLog", asterisk::delete_log("ari")),
        of("asterisk.rotateLog", asterisk::rotate_log("ari")),
        of("asterisk.getGlobalVar", asterisk::variable("NAME")),
        of("asterisk.setGlobalVar", asterisk::set_variable("NAME", "value")),
        of("asterisk.setGlobalVar", asterisk::unset_variable("NAME")),
    ]
}

fn of_bridges() -> Vec<Sample> {
    let id = bridge();
    let playback = playback();
    let mut new = NewBridge::from("name");
    new.types = BridgeType::KNOWN.to_vec();
    new.variables = variables();
    let membership = Membership {
        role: Some("participant".into()),
        absorb_digits: true,
        mute: true,
        inhibit_connected_line_updates: true,
    };
    let mut announcement = Announcement::from(play());
    announcement.format = Some("slin16".into());
    let of_format = |recording: Recording| {
        let mut recording = BridgeRecording::from(recording);
        recording.format = Some("slin16".into());
        recording
    };
    let mut samples = vec![
        of("bridges.list", bridges::list()),
        of("bridges.create", bridges::create_any_id(Some(&id), new.clone())),
        of("bridges.create", bridges::create_any_id(None, "name")),
        of("bridges.createWithId", bridges::create(&id, new)),
        of("bridges.createWithId", bridges::create(&id, "name")),
        of("bridges.get", bridges::get(&id)),
        of("bridges.destroy", bridges::destroy(&id)),
        of("bridges.getBridgeVar", bridges::variable(&id, "NAME")),
        of(
            "bridges.setBridgeVar",
            bridges::set_variable(&id, "NAME", VariableValue::in_events("value")),
        ),
        of("bridges.setBridgeVar", bridges::unset_variable(&id, "NAME")),
        of("bridges.getBridgeVars", bridges::variables(&id, &["A", "B"])),
        of("bridges.setBridgeVars", bridges::set_variables(&id, &variables())),
        of(
            "bridges.addChannel",
            bridges::add_channels(&id, &[&channel(), &other()]),
        ),
        of(
            "bridges.addChannel",
            bridges::add_channels_as(&id, &[&channel()], &membership),
        ),
        of(
            "bridges.removeChannel",
            bridges::remove_channels(&id, &[&channel(), &other()]),
        ),
        of(
            "bridges.setVideoSource",
            bridges::set_video_source(&id, &channel()),
        ),
        of("bridges.clearVideoSource", bridges::clear_video_source(&id)),
        of("bridges.startMoh", bridges::start_moh(&id, Some("jazz"))),
        of("bridges.stopMoh", bridges::stop_moh(&id)),
        of(
            "bridges.play",
            bridges::play_any_id(&id, Some(&playback), announcement.clone()),
        ),
        of("bridges.playWithId", bridges::play(&id, &playback, announcement)),
        of("bridges.playWithId", bridges::play(&id, &playback, "sound:beep")),
    ];
    let records = every_recording().map(|it| of("bridges.record", bridges::record(&id, of_format(it))));
    samples.extend(records);
    samples
}

fn of_channels() -> Vec<Sample> {
    let id = channel();
    let [to_app, to_dialplan] = every_outgoing();
    let mut new = NewChannel::new("PJSIP/101", "app");
    new.app_args = Some("a,b".into());
    new.other_id = Some(other());
    new.originator = Some("originator".into());
    new.variables = variables();
    let mut of_formats = NewChannel::new("PJSIP/101", "app");
    of_formats.formats = vec!["ulaw".into(), "slin16".into()];
    let mut samples = vec![
        of("channels.list", channels::list()),
        of(
            "channels.originate",
            channels::originate_any_id(Some(&id), &to_app),
        ),
        of(
            "channels.originate",
            channels::originate_any_id(None, &to_dialplan),
        ),
        of("channels.create", channels::create(&id, &new)),
        of("channels.create", channels::create(&id, &of_formats)),
        of("channels.get", channels::get(&id)),
        of("channels.originateWithId", channels::originate(&id, &to_app)),
        of("channels.originateWithId", channels::originate(&id, &to_dialplan)),
        of("channels.hangup", channels::hangup(&id, HangupCause::Busy)),
        of(
            "channels.continueInDialplan",
            channels::resume_dialplan(&id, &place()),
        ),
        of("channels.move", channels::move_to(&id, "app", Some("a,b"))),
        of("channels.redirect", channels::redirect(&id, "PJSIP/102")),
        of("channels.answer", channels::answer(&id)),
        of("channels.ring", channels::ring(&id)),
        of("channels.ringStop", channels::ring_stop(&id)),
        of("channels.progress", channels::progress(&id)),
        of("channels.hold", channels::hold(&id)),
        of("channels.unhold", channels::unhold(&id)),
        of(
            "channels.getChannelVar",
            channels::variable(&id, "CHANNEL(language)"),
        ),
        of(
            "channels.setChannelVar",
            channels::set_variable(&id, "NAME", VariableValue::in_events("value")),
        ),
        of(
            "channels.setChannelVar",
            channels::set_variable(&id, "NAME", "value"),
        ),
        of("channels.setChannelVar", channels::unset_variable(&id, "NAME")),
        of("channels.getChannelVars", channels::variables(&id, &["A", "B"])),
        of(
            "channels.setChannelVars",
            channels::set_variables(&id, &variables()),
        ),
        of(
            "channels.dial",
            channels::dial(&id, Duration::from_secs(25), Some(&other())),
        ),
        of("channels.rtpstatistics", channels::rtp_statistics(&id)),
    ];
    let reasons = channels::HangupReason::KNOWN.iter().cloned();
    samples.extend(reasons.map(|reason| of("channels.hangup", channels::hangup(&id, reason))));
    let states = TransferState::KNOWN.iter();
    samples.extend(states.map(|state| {
        of(
            "channels.transfer_progress",
            channels::transfer_progress(&id, state),
        )
    }));
    samples
}

fn of_channels_media() -> Vec<Sample> {
    let id = channel();
    let playback = playback();
    let mut digits = Digits::from("12#");
    digits.before = Some(Duration::from_millis(500));
    digits.between = Some(Duration::from_millis(80));
    digits.duration = Some(Duration::from_millis(120));
    digits.after = Some(Duration::from_millis(250));
    let mut samples = vec![
        of("channels.sendDTMF", channels::send_digits(&id, digits)),
        of("channels.startMoh", channels::start_moh(&id, Some("jazz"))),
        of("channels.stopMoh", channels::stop_moh(&id)),
        of("channels.startSilence", channels::start_silence(&id)),
        of("channels.stopSilence", channels::stop_silence(&id)),
        of(
            "channels.play",
            channels::play_any_id(&id, Some(&playback), play()),
        ),
        of("channels.playWithId", channels::play(&id, &playback, play())),
        of(
            "channels.playWithId",
            channels::play(&id, &playback, "sound:beep"),
        ),
    ];
    for direction in MuteDirection::KNOWN {
        samples.push(of("channels.mute", channels::mute(&id, direction)));
        samples.push(of("channels.unmute", channels::unmute(&id, direction)));
    }
    samples.extend(every_recording().map(|it| of("channels.record", channels::record(&id, &it))));
    for direction in SnoopDirection::KNOWN {
        let mut snoop = Snoop::new("app");
        snoop.spy = direction.clone();
        snoop.whisper = direction.clone();
        snoop.app_args = Some("a,b".into());
        let any_id = channels::snoop_any_id(&id, Some(&other()), &snoop);
        samples.push(of("channels.snoopChannel", any_id));
        let with_id = channels::snoop(&id, &other(), &snoop);
        samples.push(of("channels.snoopChannelWithId", with_id));
    }
    samples.extend(every_transport().map(|transport| {
        let mut media = ExternalMedia::new("app", "slin16", transport);
        media.variables = variables();
        of("channels.externalMedia", channels::external_media(&id, &media))
    }));
    samples
}

fn of_device_states() -> Vec<Sample> {
    let mut samples = vec![
        of("deviceStates.list", device_states::list()),
        of("deviceStates.get", device_states::get("Stasis:door")),
        of("deviceStates.delete", device_states::delete("Stasis:door")),
    ];
    // Asterisk may say that it does not know; nobody can tell it so.
    let said = DeviceStatus::KNOWN
        .iter()
        .filter(|it| **it != DeviceStatus::Unknown);
    samples.extend(said.map(|status| {
        of(
            "deviceStates.update",
            device_states::update("Stasis:door", status),
        )
    }));
    samples
}

fn of_endpoints() -> Vec<Sample> {
    let texts = BTreeMap::from([("X-Name".to_owned(), "value".to_owned())]);
    let mut message = endpoints::Message::new("pjsip:102", "Hello");
    message.variables = texts.clone();
    let mut refer = endpoints::Refer::new("pjsip:102", "pjsip:103");
    refer.to_self = true;
    refer.variables = texts;
    vec![
        of("endpoints.list", endpoints::list()),
        of(
            "endpoints.sendMessage",
            endpoints::send_message("pjsip:101", &message),
        ),
        of("endpoints.refer", endpoints::refer("pjsip:101", &refer)),
        of("endpoints.listByTech", endpoints::list_of("PJSIP")),
        of("endpoints.get", endpoints::get("PJSIP", "101")),
        of(
            "endpoints.sendMessageToEndpoint",
            endpoints::send_message_to("PJSIP", "101", &message),
        ),
        of(
            "endpoints.referToEndpoint",
            endpoints::refer_endpoint("PJSIP", "101", &refer),
        ),
    ]
}

fn of_events() -> Vec<Sample> {
    let sources = [EventSource::from(&channel()), EventSource::from(&bridge())];
    vec![
        of(
            "events.eventWebsocket",
            events::socket(&["app", "app-b"], events::Heard::Everything),
        ),
        of(
            "events.eventWebsocket",
            events::socket(&["app"], events::Heard::Own),
        ),
        of(
            "events.userEvent",
            events::raise("fired", "app", &sources, &json!({ "NAME": "value" })),
        ),
        of("events.claimChannel", events::claim(&channel(), "app")),
    ]
}

fn of_mailboxes() -> Vec<Sample> {
    vec![
        of("mailboxes.list", mailboxes::list()),
        of("mailboxes.get", mailboxes::get("101@default")),
        of("mailboxes.update", mailboxes::update("101@default", 3, 1)),
        of("mailboxes.delete", mailboxes::delete("101@default")),
    ]
}

fn of_playbacks() -> Vec<Sample> {
    let id = playback();
    let mut samples = vec![
        of("playbacks.get", playbacks::get(&id)),
        of("playbacks.stop", playbacks::stop(&id)),
    ];
    let operations = playbacks::PlaybackOperation::KNOWN.iter();
    samples.extend(operations.map(|it| of("playbacks.control", playbacks::control(&id, it))));
    samples
}

fn of_recordings() -> Vec<Sample> {
    let name = recording().name;
    vec![
        of("recordings.listStored", recordings::list_stored()),
        of("recordings.getStored", recordings::stored(&name)),
        of("recordings.deleteStored", recordings::delete(&name)),
        of("recordings.getStoredFile", recordings::file(&name)),
        of(
            "recordings.copyStored",
            recordings::copy(&name, &"calls/2".into()),
        ),
        of("recordings.getLive", recordings::live(&name)),
        of("recordings.cancel", recordings::cancel(&name)),
        of("recordings.stop", recordings::stop(&name)),
        of("recordings.pause", recordings::pause(&name)),
        of("recordings.unpause", recordings::unpause(&name)),
        of("recordings.mute", recordings::mute(&name)),
        of("recordings.unmute", recordings::unmute(&name)),
    ]
}

fn of_sounds() -> Vec<Sample> {
    vec![
        of("sounds.list", sounds::list(Some("fr"), Some("gsm"))),
        of("sounds.get", sounds::get("beep")),
    ]
}
