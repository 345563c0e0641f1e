//! Applications: subscriptions, filters, events of their own, claims.

use evatel_tests::conformance::Probe;
use serde_json::json;

pub(crate) async fn unknown_applications_and_sources_are_refused(probe: &mut Probe) {
    for (method, path) in [
        ("GET", "/applications/nobody"),
        ("POST", "/applications/nobody/subscription?eventSource=channel:x"),
        ("POST", "/applications/lab/subscription"),
        ("POST", "/applications/lab/subscription?eventSource=oops:x"),
        ("POST", "/applications/lab/subscription?eventSource=channel:x"),
        ("POST", "/applications/lab/subscription?eventSource=bridge:x"),
        (
            "POST",
            "/applications/lab/subscription?eventSource=endpoint:PJSIP/nobody",
        ),
        (
            "POST",
            "/applications/lab/subscription?eventSource=endpoint:Nothing",
        ),
        ("DELETE", "/applications/lab/subscription?eventSource=channel:x"),
        ("DELETE", "/applications/lab/subscription?eventSource=bridge:x"),
        ("DELETE", "/applications/lab/subscription"),
        ("PATCH", "/applications"),
        ("POST", "/applications"),
        ("GET", "/applications/lab/oops"),
        ("GET", "/oops"),
    ] {
        probe.ask(method, path).await;
    }
    let reader = probe.place.reader.clone();
    probe.ask_as(&reader, "GET", "/applications/lab").await;
    probe.ask_as(&reader, "POST", "/bridges").await;
    let stranger = ("nobody".to_owned(), "x".to_owned());
    probe.ask_as(&stranger, "GET", "/applications/lab").await;
}

const LISTED: [&str; 4] = ["channel_ids", "bridge_ids", "endpoint_ids", "device_names"];

pub(crate) async fn a_subscription_is_counted_and_taken_back(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.shows("/applications/lab", &LISTED).await;
    // The first half is heard twice: it was dialled by us, and is in the application.
    for half in ["a2", "a1", "a1", "a1"] {
        let path = format!("/applications/lab/subscription?eventSource=channel:{half}");
        probe.ask("DELETE", &path).await;
    }
    probe.shows("/applications/lab", &LISTED).await;
    probe
        .ask("POST", "/applications/lab/subscription?eventSource=channel:a1")
        .await;
    probe.ask("DELETE", "/channels/a1").await;
    probe.hears("StasisEnd", "a1").await;
    probe.until("/channels/a1", |status, _| status == 404).await;
}

pub(crate) async fn a_filter_lets_only_some_events_through(probe: &mut Probe) {
    for filter in [
        json!({ "allowed": "StasisEnd" }),
        json!({ "allowed": [{ "typ": "StasisEnd" }] }),
        json!([1]),
        json!({ "allowed": [{ "type": "StasisStart" }, { "type": "StasisEnd" }, { "type": "ChannelUserevent" }],
                "disallowed": [{ "type": "StasisEnd" }] }),
    ] {
        probe
            .ask_with("PUT", "/applications/lab/eventFilter", filter)
            .await;
    }
    probe
        .ask_with("PUT", "/applications/nobody/eventFilter", json!({}))
        .await;
    probe
        .shows("/applications/lab", &["events_allowed", "events_disallowed"])
        .await;
    probe.calls("a", "answer").await;
    probe.ask("DELETE", "/channels/a1").await;
    probe.until("/channels/a2", |status, _| status == 404).await;
    probe
        .ask_with("PUT", "/applications/lab/eventFilter", json!({}))
        .await;
    probe
        .shows("/applications/lab", &["events_allowed", "events_disallowed"])
        .await;
}

pub(crate) async fn a_program_raises_events_of_its_own(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.ask("POST", "/bridges/b").await;
    let variables = json!({ "variables": { "who": "me" } });
    probe
        .ask_with("POST", "/events/user/one?application=lab", variables)
        .await;
    probe.hears("ChannelUserevent", "one").await;
    probe
        .ask(
            "POST",
            "/events/user/two?application=lab&source=channel:a1,bridge:b",
        )
        .await;
    probe.hears("ChannelUserevent", "two").await;
    for query in [
        "application=nobody",
        "application=lab&source=oops:x",
        "application=lab&source=channel:x",
        "application=lab&source=bridge:x",
        "application=lab&source=endpoint:PJSIP/x",
    ] {
        probe.ask("POST", &format!("/events/user/three?{query}")).await;
    }
    probe.ask("POST", "/events/user/three").await;
    probe.ask("DELETE", "/bridges/b").await;
    probe.ends("a").await;
}

/// A call that runs this extension; its own half is `a2`.
async fn comes_in(exten: &str, probe: &mut Probe) {
    probe.ask("POST", "/asterisk/variable?variable=FELL&value=").await;
    let path = format!(
        "/channels/a1?endpoint=Local/{exten}@lab/n&extension=answer&context=lab&priority=1&otherChannelId=a2"
    );
    probe.ask("POST", &path).await;
}

async fn is_over(probe: &mut Probe) {
    probe.ask("DELETE", "/channels/a2").await;
    probe.until("/channels/a1", |status, _| status == 404).await;
    probe.until("/channels/a2", |status, _| status == 404).await;
}

pub(crate) async fn a_broadcast_call_is_claimed_once(probe: &mut Probe) {
    comes_in("broadcast", probe).await;
    probe.hears("CallBroadcast", "a2").await;
    probe
        .ask("POST", "/events/claim?channelId=nobody&application=lab")
        .await;
    probe.ask("POST", "/events/claim?channelId=a2").await;
    probe.ask("POST", "/events/claim?application=lab").await;
    probe
        .ask("POST", "/events/claim?channelId=a2&application=lab")
        .await;
    probe.hears("StasisStart", "a2").await;
    probe
        .ask("POST", "/events/claim?channelId=a2&application=lab")
        .await;
    is_over(probe).await;
    probe.hears("StasisEnd", "a2").await;
}

pub(crate) async fn a_broadcast_call_that_nobody_claims_goes_on(probe: &mut Probe) {
    comes_in("unclaimed", probe).await;
    probe.hears("CallBroadcast", "a2").await;
    probe
        .until("/asterisk/variable?variable=FELL", |_, answer| {
            answer["value"] != ""
        })
        .await;
    probe.shows("/asterisk/variable?variable=FELL", &["value"]).await;
    is_over(probe).await;
}

pub(crate) async fn a_claim_for_nobody_fails_in_the_dialplan(probe: &mut Probe) {
    comes_in("broadcast", probe).await;
    probe.hears("CallBroadcast", "a2").await;
    probe
        .ask("POST", "/events/claim?channelId=a2&application=nobody")
        .await;
    probe
        .until("/asterisk/variable?variable=FELL", |_, answer| {
            answer["value"] != ""
        })
        .await;
    probe.shows("/asterisk/variable?variable=FELL", &["value"]).await;
    is_over(probe).await;
}
