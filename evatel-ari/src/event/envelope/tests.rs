use super::*;

fn subjects(text: &str) -> Vec<(SubjectKind, String)> {
    let envelope = Envelope::read(text).unwrap();
    let of = |it: &SubjectRef<'_>| (it.kind, it.id.clone().into_owned());
    envelope.subjects.iter().map(of).collect()
}

fn owned(kind: SubjectKind, id: &str) -> (SubjectKind, String) {
    (kind, id.to_owned())
}

#[test]
fn a_transfer_concerns_every_channel_and_bridge_in_it_once() {
    let text = r#"{"type":"ChannelTransfer","refer_to":{"requested_destination":{"destination":"x"},
        "destination_channel":{"id":"a"},"connected_channel":{"id":"b"},"bridge":{"id":"m"}},
        "referred_by":{"source_channel":{"id":"c"},"connected_channel":{"id":"b"},"bridge":null}}"#;
    let channel = |id| owned(SubjectKind::Channel, id);
    assert_eq!(
        subjects(text),
        [
            channel("a"),
            channel("b"),
            owned(SubjectKind::Bridge, "m"),
            channel("c")
        ]
    );
}

#[test]
fn endpoints_devices_and_applications_are_found_by_their_names() {
    for (text, kind, id) in [
        (
            r#"{"type":"PeerStatusChange","endpoint":{"technology":"PJSIP","resource":"alice"},"peer":{"peer_status":"x"}}"#,
            SubjectKind::Endpoint,
            "PJSIP/alice",
        ),
        (
            r#"{"type":"DeviceStateChanged","device_state":{"name":"Stasis:door","state":"INUSE"}}"#,
            SubjectKind::Device,
            "Stasis:door",
        ),
        (
            r#"{"type":"ApplicationReplaced","application":"evatel"}"#,
            SubjectKind::Application,
            "evatel",
        ),
    ] {
        assert_eq!(subjects(text), [owned(kind, id)], "{text}");
    }
}

#[test]
fn what_has_another_form_than_expected_concerns_nobody() {
    let text = r#"{"type":"CallBroadcast","caller":"15145550100","channel":{"id":"a"},"peer":[1],"bridge":{"id":""}}"#;
    assert_eq!(subjects(text), [owned(SubjectKind::Channel, "a")]);
}

#[test]
fn an_id_is_found_wherever_it_stands_in_its_model() {
    for channel in [
        r#"{"id":"a","name":"x"}"#,
        r#"{ "id" : "a" }"#,
        r#"{"name":"{\"id\":\"b\"}","id":"a"}"#,
        r#"{"caller":{"id":"b"},"id":"\u0061"}"#,
    ] {
        let text = format!(r#"{{"type":"Dial","peer":{channel}}}"#);
        assert_eq!(subjects(&text), [owned(SubjectKind::Channel, "a")], "{text}");
    }
    assert_eq!(subjects(r#"{"type":"Dial","peer":{"name":"x"}}"#), []);
}

#[test]
fn of_a_repeated_key_the_last_counts_and_escapes_are_read() {
    let text = r#"{"type":"Dial","type":"StasisEnd","channel":{"id":"a\u0062"}}"#;
    let envelope = Envelope::read(text).unwrap();
    assert_eq!(envelope.name, EventName::StasisEnd);
    assert_eq!(subjects(text), [owned(SubjectKind::Channel, "ab")]);
}
