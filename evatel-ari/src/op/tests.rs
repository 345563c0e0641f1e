use std::time::Duration;

use super::*;

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
