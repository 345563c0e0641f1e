use std::{fs, time::Duration};

use super::*;

/// Where the lines stand, and the variable that has them written anew.
const LINES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/op/every.txt");
const UPDATE: &str = "EVATEL_UPDATE";

#[test]
fn every_request_stands_on_the_wire_as_it_did() {
    let lines: String = every::samples().iter().map(line).collect();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(LINES, &lines).unwrap();
    }
    let expected = fs::read_to_string(LINES).unwrap();
    for (line, expected) in lines.lines().zip(expected.lines()) {
        assert_eq!(
            line, expected,
            "with {UPDATE}=1 the test writes what it finds to {LINES}"
        );
    }
    assert_eq!(lines.lines().count(), expected.lines().count());
}

fn line(sample: &every::Sample) -> String {
    let request = &sample.request;
    let body = request.json().map(|body| format!("  {body}")).unwrap_or_default();
    let needs: String = request
        .needs()
        .iter()
        .map(|since| format!("  since {since}"))
        .collect();
    let method = request.method().as_str();
    format!(
        "{:<32}{method:<7}{}{body}{needs}\n",
        sample.operation,
        request.uri()
    )
}

#[test]
fn originate_rounds_its_timeout_up_to_a_second() {
    let mut outgoing = channels::Outgoing::new("PJSIP/15145550199@carrier", "evatel");
    outgoing.timeout = Duration::from_millis(300);
    let request = channels::originate(&"evatel_leg-1".into(), &outgoing);
    assert_eq!(
        request.uri(),
        "/channels/evatel_leg-1?endpoint=PJSIP%2F15145550199%40carrier&app=evatel&timeout=1"
    );
}

#[test]
fn what_only_a_newer_asterisk_has_is_noted_wherever_it_is_used() {
    let id = "1700.1".into();
    let plain = channels::set_variable(&id, "NAME", "value");
    assert!(plain.needs().is_empty());
    let reported = channels::set_variable(&id, "NAME", VariableValue::in_events("value"));
    assert_eq!(reported.needs(), [crate::version::Since::VARIABLES]);
    let rtp = channels::MediaTransport::Rtp {
        host: ([127, 0, 0, 1], 4000).into(),
    };
    let media = channels::ExternalMedia::new("app", "ulaw", rtp);
    assert!(channels::external_media(&id, &media).needs().is_empty());
}

#[test]
fn what_18_has_needs_nothing_newer() {
    let id = "1700.12".into();
    let bridge = "b".into();
    let source = applications::EventSource::from(&id);
    let message = endpoints::Message::new("pjsip:102", "Hello");
    let asked = [
        channels::answer(&id).needs().len(),
        channels::originate(&id, &channels::Outgoing::new("SIP/101", "evatel"))
            .needs()
            .len(),
        channels::resume_dialplan(&id, &channels::DialplanPlace::default())
            .needs()
            .len(),
        channels::play(&id, &"p".into(), "sound:beep").needs().len(),
        bridges::create(&bridge, "call").needs().len(),
        bridges::play(&bridge, &"p".into(), "sound:beep").needs().len(),
        applications::subscribe("evatel", &[source]).needs().len(),
        endpoints::send_message("pjsip:101", &message).needs().len(),
    ];
    assert_eq!(asked, [0; 8]);
}
