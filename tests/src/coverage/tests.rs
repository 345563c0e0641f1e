use serde_json::json;

use super::*;

const PRESENT: &str = "22.10.1~dfsg";

fn report(file: Value, version: &str) -> Report {
    let mut docs = Docs::default();
    docs.add("channels", file).unwrap();
    Report::of(&docs, &Version::read(version))
}

fn operation(method: &str, path: &str, nickname: &str, parameters: Value) -> Value {
    let operation = json!({
        "httpMethod": method, "nickname": nickname, "responseClass": "void", "since": ["12.0.0"],
        "parameters": parameters,
    });
    json!({ "apis": [{ "path": path, "operations": [operation] }] })
}

fn model(name: &str, properties: Value) -> Value {
    json!({ "apis": [], "models": { name: { "properties": properties } } })
}

#[test]
fn an_operation_without_a_function_is_lacking_and_on_a_newer_asterisk_an_addition() {
    let file = operation("POST", "/channels/{channelId}/teleport", "teleport", json!([]));
    let line = "operation `channels.teleport`: there is no function".to_owned();
    let present = report(file.clone(), PRESENT);
    assert!(
        !present.is_complete() && present.lacking.contains(&line),
        "{present:?}"
    );
    assert_eq!(
        (present.operations.covered, present.operations.documented),
        (0, 1)
    );
    let newer = report(file, "23.9.0");
    assert!(
        newer.is_complete() && newer.additions.contains(&line),
        "{newer:?}"
    );
}

#[test]
fn another_path_a_parameter_that_is_not_sent_and_one_that_does_not_exist_are_told() {
    let parameter = |name: &str| json!({ "name": name, "paramType": "query", "dataType": "string" });
    let file = operation(
        "DELETE",
        "/channel/{channelId}",
        "hangup",
        json!([parameter("reason"), parameter("politely")]),
    );
    let found = report(file, PRESENT).lacking.join("\n");
    assert!(found.contains("is `DELETE /channel/{channelId}`"), "{found}");
    assert!(found.contains("`politely` is never sent"), "{found}");
    assert!(found.contains("no query parameter `reason_code`"), "{found}");
}

#[test]
fn a_word_that_cannot_be_said_and_a_value_of_another_type_are_told() {
    let values = json!({ "valueType": "LIST", "values": ["both", "in", "out", "sideways"] });
    let direction =
        json!({ "name": "direction", "paramType": "query", "dataType": "string", "allowableValues": values });
    let file = operation("POST", "/channels/{channelId}/mute", "mute", json!([direction]));
    let found = report(file, PRESENT).lacking.join("\n");
    assert!(found.contains("`direction` cannot be `sideways`"), "{found}");
    let number = json!([{ "name": "direction", "paramType": "query", "dataType": "int" }]);
    let file = operation("POST", "/channels/{channelId}/mute", "mute", number);
    let found = report(file, PRESENT).lacking.join("\n");
    assert!(
        found.contains("`direction` is int, and `both` is sent"),
        "{found}"
    );
}

#[test]
fn an_age_that_the_request_does_not_say_is_told() {
    let mut file = operation("POST", "/channels/{channelId}/ring", "ring", json!([]));
    file["apis"][0]["operations"][0]["since"] = json!(["20.30.0", "22.12.0"]);
    let found = report(file, PRESENT).lacking.join("\n");
    assert!(
        found.contains("exists since 20.30.0, 22.12.0, which the request does not say"),
        "{found}"
    );
}

#[test]
fn an_operation_that_an_asterisk_ought_to_have_is_told_if_it_does_not() {
    let has_progress = |version: &str| {
        let lacking = report(json!({ "apis": [] }), version).lacking.join("\n");
        !lacking.contains("operation `channels.progress`: this Asterisk does not have it")
    };
    assert!(!has_progress("22.6.0") && has_progress("22.5.0"));
}

#[test]
fn a_field_that_gets_lost_and_a_word_without_a_name_are_told() {
    let words = json!({ "valueType": "LIST", "values": ["queued", "rewinding"] });
    let properties = json!({
        "id": { "type": "string", "required": true },
        "colour": { "type": "string" },
        "state": { "type": "string", "allowableValues": words },
    });
    let report = report(model("Playback", properties), PRESENT);
    let found = report.lacking.join("\n");
    assert!(found.contains("model `Playback`: `colour` is lost"), "{found}");
    assert!(
        found.contains("model `Playback`: `state` has no name for `rewinding`"),
        "{found}"
    );
    assert_eq!((report.models.covered, report.models.documented), (0, 1));
}

#[test]
fn an_event_without_a_variant_is_lacking() {
    let models = json!({
        "Event": { "subTypes": ["ChannelTeleported"], "properties": {} },
        "ChannelTeleported": { "properties": { "to": { "type": "string" } } },
    });
    let report = report(json!({ "apis": [], "models": models }), PRESENT);
    assert_eq!((report.events.covered, report.events.documented), (0, 1));
    let found = report.lacking.join("\n");
    assert!(
        found.contains("model `ChannelTeleported`: there is none"),
        "{found}"
    );
}
