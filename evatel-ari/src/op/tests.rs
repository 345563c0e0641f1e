use std::time::Duration;

use evatel_core::calls::HangupCause;

use super::*;
use crate::id::{BridgeId, ChannelId, RecordingName};

#[test]
fn requests_stand_on_the_wire_as_asterisk_documents_them() {
    let channel = ChannelId::from("1700.12");
    let bridge = BridgeId::from("evatel_b");
    let lines = [
        format!(
            "{} {}",
            channels::hangup(&channel, HangupCause::from_q850(17))
                .method()
                .as_str(),
            channels::hangup(&channel, HangupCause::from_q850(17)).uri()
        ),
        channels::dial(&channel, Duration::from_secs(25)).uri(),
        bridges::add_channels(&bridge, &[&channel, &"x".into()]).uri(),
        bridges::record(&bridge, &RecordingName::from("c/1"), Duration::from_secs(60)).uri(),
        applications::subscribe("evatel", "channel:1700.12").uri(),
        channels::external_media(&channel, "evatel", "slin").uri(),
    ];
    let expected = [
        "DELETE /channels/1700.12?reason_code=17",
        "/channels/1700.12/dial?timeout=25",
        "/bridges/evatel_b/addChannel?channel=1700.12%2Cx",
        "/bridges/evatel_b/record?name=c%2F1&format=wav&maxDurationSeconds=60&ifExists=fail",
        "/applications/evatel/subscription?eventSource=channel%3A1700.12",
        "/channels/externalMedia?channelId=1700.12&app=evatel&external_host=INCOMING&encapsulation=none\
         &transport=websocket&connection_type=server&format=slin&transport_data=f%28json%29",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn originate_carries_variables_in_the_body_and_rounds_its_timeout_up_to_a_second() {
    let mut outgoing = channels::Outgoing::new("PJSIP/15145550199@carrier", "evatel");
    outgoing.timeout = Duration::from_millis(300);
    outgoing.variables.insert("CHANNEL(language)".into(), "fr".into());
    let request = channels::originate(&"evatel_leg-1".into(), &outgoing);
    assert_eq!(
        request.uri(),
        "/channels/evatel_leg-1?endpoint=PJSIP%2F15145550199%40carrier&app=evatel&timeout=1"
    );
    assert_eq!(request.json().unwrap()["variables"]["CHANNEL(language)"], "fr");
}
