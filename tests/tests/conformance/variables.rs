//! Variables of channels, bridges and all.

use evatel_tests::conformance::Probe;
use serde_json::json;

pub(crate) async fn variables_are_set_read_and_shown(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    for path in ["one", "", "CHANNEL(state)"] {
        probe
            .shows(&format!("/channels/a1/variable?variable={path}"), &["value"])
            .await;
    }
    probe
        .ask("POST", "/channels/a1/variable?variable=one&value=1")
        .await;
    let events = probe.events();
    events
        .hears("the variable", |event| event["variable"] == "one")
        .await;
    probe
        .shows("/channels/a1/variable?variable=one", &["value"])
        .await;
    let several = json!({ "variables": { "two": "2", "three": { "value": "3", "report_events": true } } });
    probe.ask_with("POST", "/channels/a1/variables", several).await;
    let events = probe.events();
    events
        .hears("the last variable", |event| event["variable"] == "three")
        .await;
    probe
        .shows("/channels/a1/variables?variables=one,two,three", &["variables"])
        .await;
    probe
        .ask("GET", "/channels/a1/variables?variables=one,oops")
        .await;
    probe.ask("GET", "/channels/nobody/variable?variable=one").await;
    probe.ask("POST", "/bridges/x").await;
    probe
        .ask(
            "POST",
            "/bridges/x/variable?variable=four&value=4&report_events=true",
        )
        .await;
    probe.shows("/bridges/x/variable?variable=four", &["value"]).await;
    probe.ask("GET", "/bridges/x/variable?variable=oops").await;
    probe.ask("GET", "/bridges/nothing/variable?variable=one").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=a1").await;
    probe.hears("ChannelEnteredBridge", "a1").await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("ChannelLeftBridge", "a1").await;
    for (method, query) in [
        ("GET", "?variable=five"),
        ("POST", "?variable=five&value=5"),
        ("GET", "?variable=five"),
        ("GET", ""),
        ("POST", ""),
    ] {
        let answer = probe.ask(method, &format!("/asterisk/variable{query}")).await;
        probe.note(format!("    {}", answer["value"]));
    }
    probe.ask("POST", "/asterisk/variable?variable=five&value=").await;
    let first = json!({ "variables": { "six": "6" } });
    probe
        .ask_with(
            "POST",
            "/channels/b1?endpoint=Local/answer@lab&app=lab&otherChannelId=b2",
            first,
        )
        .await;
    probe.hears("StasisStart", "b1").await;
    probe
        .shows("/channels/b1/variable?variable=six", &["value"])
        .await;
    probe.ends("b").await;
    probe.ends("a").await;
}
