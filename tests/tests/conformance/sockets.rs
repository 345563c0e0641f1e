//! Event websockets: replaced, lost, found again, and REST over them.

use evatel_tests::conformance::Probe;
use serde_json::{Value, json};

pub(crate) async fn a_second_program_takes_the_name(probe: &mut Probe) {
    let first = probe.listen("app=two").await;
    let mut both = probe.listen("app=one,two").await;
    let mut first = first;
    first
        .hears("the replacement", |event| event["type"] == "ApplicationReplaced")
        .await;
    probe
        .ask(
            "POST",
            "/channels/a1?endpoint=Local/answer@lab&app=two&otherChannelId=a2",
        )
        .await;
    both.hears("the start", |event| event["type"] == "StasisStart")
        .await;
    probe.ask("DELETE", "/channels/a1").await;
    for half in ["a1", "a2"] {
        let ended = |event: &Value| event["type"] == "ChannelDestroyed" && event["channel"]["id"] == half;
        both.hears("the end", ended).await;
    }
    probe.keep(&first, "the first");
    probe.keep(&both, "the second");
    first.close().await;
    both.close().await;
    probe.until("/applications/one", |status, _| status == 404).await;
    probe.until("/applications/two", |status, _| status == 404).await;
    probe.note(format!(
        "without an application: {:?}",
        probe.open("/ari/events", None).await.err()
    ));
    probe.note(format!(
        "elsewhere: {:?}",
        probe.open("/ari/oops", None).await.err()
    ));
}

pub(crate) async fn what_was_subscribed_outlives_the_websocket(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.calls("b", "answer").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=a1").await;
    probe.hears("ChannelEnteredBridge", "a1").await;
    probe.disconnect().await;
    probe
        .shows("/applications/lab", &["channel_ids", "bridge_ids"])
        .await;
    probe.ask("DELETE", "/channels/b1").await;
    probe.until("/channels/b1", |status, _| status == 404).await;
    probe.until("/channels/b2", |status, _| status == 404).await;
    // A call for which nobody is there goes on in the dialplan.
    probe.ask("POST", "/asterisk/variable?variable=FELL&value=").await;
    let path =
        "/channels/c1?endpoint=Local/stasis@lab/n&extension=answer&context=lab&priority=1&otherChannelId=c2";
    probe.ask("POST", path).await;
    probe
        .until("/asterisk/variable?variable=FELL", |_, answer| {
            answer["value"] == "FAILED"
        })
        .await;
    probe.ask("DELETE", "/channels/c2").await;
    probe.reconnect().await;
    probe
        .shows("/applications/lab", &["channel_ids", "bridge_ids"])
        .await;
    probe.ends("a").await;
    probe.hears("ChannelLeftBridge", "a1").await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("BridgeDestroyed", "x").await;
}

pub(crate) async fn requests_over_the_websocket(probe: &mut Probe) {
    let request = |id: &str, method: &str, uri: &str| json!({ "type": "RESTRequest", "request_id": id, "method": method, "uri": uri });
    let mut created = request("create", "POST", "bridges");
    created["query_strings"] = json!([{ "name": "bridgeId", "value": "x" }]);
    created["transaction_id"] = "t".into();
    let mut set = request("set", "POST", "asterisk/variable");
    set["content_type"] = "application/json".into();
    set["message_body"] = r#"{"variable":"OVER","value":"1"}"#.into();
    let requests = [
        request("ping", "GET", "asterisk/ping"),
        request("none", "GET", "channels/nobody"),
        created,
        set,
        request("read", "GET", "asterisk/variable?variable=OVER"),
        request("file", "GET", "recordings/stored/oops/file"),
        request("events", "GET", "events?app=lab"),
        request("patch", "PATCH", "channels"),
        json!({ "type": "RESTRequest", "request_id": "no method", "uri": "channels" }),
        json!({ "type": "RESTRequest", "request_id": "no uri", "method": "GET" }),
        json!({ "type": "Oops", "request_id": "no request" }),
        json!({ "request_id": "no type" }),
        request("delete", "DELETE", "bridges/x"),
    ];
    for request in requests {
        let id = request["request_id"].clone();
        let events = probe.events();
        events.send(request.to_string()).await;
        let meant = |event: &Value| event["type"] == "RESTResponse" && event["request_id"] == id;
        let answer = events.hears("the response", meant).await;
        let body = answer["message_body"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        probe.note(format!(
            "{id} → {} {} {} {} {} {}",
            answer["status_code"],
            answer["reason_phrase"],
            answer["uri"],
            answer["content_type"],
            answer["transaction_id"],
            body["message"]
                .as_str()
                .or(body["id"].as_str())
                .or(body["value"].as_str())
                .unwrap_or_default(),
        ));
    }
    let events = probe.events();
    events.send("{oops".into()).await;
    let meant = |event: &Value| event["type"] == "RESTResponse" && event["request_id"] == "";
    let answer = events.hears("the response", meant).await;
    probe.note(format!("{} {}", answer["status_code"], answer["reason_phrase"]));
}
