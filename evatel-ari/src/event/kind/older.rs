//! What Asterisk 18 and 20 send: fields that came later are missing, words are others. Written by hand after their documents.

use serde_json::{Value, json};

use super::*;
use crate::{
    event::Event,
    model::{Application, AsteriskInfo, ChannelState, ContactStatus, Position, RecordingState},
};

/// A channel as 16 and early 18 told it: no Call-ID, no tenant, no application at its place in the dialplan.
fn channel_18() -> Value {
    json!({
        "id": "1700.12", "name": "SIP/101-00000001", "state": "Ring",
        "caller": { "name": "", "number": "5145550100" }, "connected": { "name": "", "number": "" },
        "accountcode": "", "dialplan": { "context": "inside", "exten": "100", "priority": 2 },
        "creationtime": "2021-03-04T05:06:07.008+0000", "language": "en",
    })
}

/// A channel as 20 told it before tenants: with its Call-ID and its application.
fn channel_20() -> Value {
    let mut channel = channel_18();
    channel["protocol_id"] = "3848276298220188511@192.0.2.1".into();
    channel["dialplan"]["app_name"] = "Stasis".into();
    channel["dialplan"]["app_data"] = "evatel,did".into();
    channel["caller_rdnis"] = "".into();
    channel
}

/// A bridge without creation time, video and variables.
fn bridge_18() -> Value {
    json!({
        "id": "b", "technology": "simple_bridge", "bridge_type": "mixing", "bridge_class": "stasis",
        "creator": "Stasis", "name": "call", "channels": ["1700.12"],
    })
}

fn read(event: Value) -> EventKind {
    Event::read(&event.to_string()).kind().clone()
}

#[test]
fn a_call_comes_in_on_18_and_on_20() {
    let start = |channel: Value| {
        let kind = read(json!({ "type": "StasisStart", "args": ["did"], "channel": channel }));
        let EventKind::StasisStart { args, channel, .. } = kind else {
            panic!("{kind:?}")
        };
        assert_eq!(args, ["did"]);
        assert_eq!(channel.state, ChannelState::Ring);
        assert_eq!(channel.caller.number, "5145550100");
        channel
    };
    let old = start(channel_18());
    assert!(old.protocol_id.is_empty() && old.tenantid.is_none() && old.caller_rdnis.is_none());
    assert!(!old.is_in_app("evatel"), "18 does not tell where the channel is");
    assert!(start(channel_20()).is_in_app("evatel"));
}

#[test]
fn a_channel_ends_without_a_cause_of_its_technology() {
    let kind = read(json!({
        "type": "ChannelDestroyed", "cause": 17, "cause_txt": "User busy", "channel": channel_18(),
    }));
    let EventKind::ChannelDestroyed {
        cause, tech_cause, ..
    } = kind
    else {
        panic!("{kind:?}")
    };
    assert_eq!((cause, tech_cause), (17, None));
    let kind = read(json!({ "type": "ChannelHangupRequest", "soft": true, "channel": channel_20() }));
    let EventKind::ChannelHangupRequest { cause, soft, .. } = kind else {
        panic!("{kind:?}")
    };
    assert_eq!((cause, soft), (None, Some(true)));
}

#[test]
fn a_bridge_without_creation_time_and_variables_is_read_and_written_as_it_was() {
    let text = json!({ "type": "ChannelEnteredBridge", "bridge": bridge_18(), "channel": channel_20() });
    let kind = read(text);
    let EventKind::ChannelEnteredBridge { bridge, .. } = &kind else {
        panic!("{kind:?}")
    };
    assert!(bridge.creationtime.as_str().is_empty() && bridge.bridgevars.is_empty());
    let written = serde_json::to_value(&kind).unwrap();
    assert!(written["bridge"].get("bridgevars").is_none() && written["bridge"].get("video_mode").is_none());
    assert_eq!(written["bridge"]["channels"], json!(["1700.12"]));
}

#[test]
fn a_word_that_is_no_more_said_is_kept() {
    let kind = read(json!({
        "type": "ContactStatusChange", "endpoint": { "technology": "PJSIP", "resource": "101" },
        "contact_info": { "uri": "sip:101@192.0.2.1", "contact_status": "Created", "aor": "101" },
    }));
    let EventKind::ContactStatusChange { contact_info, .. } = &kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        contact_info.contact_status,
        ContactStatus::Other("Created".into())
    );
    assert_eq!(
        serde_json::to_value(&kind).unwrap()["contact_info"]["contact_status"],
        "Created"
    );
}

#[test]
fn what_is_null_is_empty() {
    let position: Position = serde_json::from_value(json!({
        "context": null, "exten": null, "priority": null, "app_name": null, "app_data": null,
    }))
    .unwrap();
    assert_eq!(position, Position::default());
    let kind = read(json!({
        "type": "RecordingFinished",
        "recording": { "name": "r", "format": "wav", "state": "done", "cause": null, "duration": 3 },
    }));
    let EventKind::RecordingFinished { recording } = kind else {
        panic!("{kind:?}")
    };
    assert_eq!((recording.state, recording.cause), (RecordingState::Done, None));
}

#[test]
fn an_application_without_filters_and_a_server_that_says_little_are_read() {
    let app: Application = serde_json::from_value(json!({
        "name": "evatel", "channel_ids": ["1700.12"], "bridge_ids": [], "endpoint_ids": [], "device_names": [],
    }))
    .unwrap();
    assert!(app.events_allowed.is_empty() && app.events_disallowed.is_empty());
    let info: AsteriskInfo = serde_json::from_value(json!({
        "system": { "version": "18.9.0", "entity_id": "00:11" },
        "status": { "startup_time": "2021-03-04T05:06:07.008+0000" },
    }))
    .unwrap();
    assert_eq!(info.system.version, "18.9.0");
    assert!(info.status.startup_time.moment().is_ok() && info.status.last_reload_time.moment().is_err());
}
