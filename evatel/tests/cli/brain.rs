//! A language model that advises the grammar, behind an endpoint of the test's own.

use std::net::SocketAddr;

use crate::{endpoint::Endpoint, home::Home};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones");

/// A stream that calls one tool.
fn calls(tool: &str, arguments: &str) -> String {
    let chunk = serde_json::json!({
        "choices": [{ "delta": { "tool_calls": [{ "index": 0, "function": { "name": tool, "arguments": arguments } }] }, "finish_reason": "tool_calls" }],
        "usage": { "prompt_tokens": 400, "completion_tokens": 10 },
    });
    format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\ndata: {chunk}\n\ndata: [DONE]\n\n"
    )
}

/// Settings that ask this endpoint, beside those that are there.
fn ask(home: &Home, address: SocketAddr) {
    let path = home.path("evatel.toml");
    let settings = std::fs::read_to_string(&path).unwrap_or_default();
    let brain = format!(
        "\n[brain]\nask = \"unclear\"\nfirst_ms = 5000\nwhole_ms = 10000\ncost = \"0.05 USD\"\n\
         [[brain.endpoints]]\nname = \"local\"\nurl = \"http://{address}/v1\"\nmodel = \"small\"\napi_key = \"sk-hunter2\"\n\
         question_price = \"2.50 USD\"\nanswer_price = \"10 USD\"\n[egress]\nallow = [\"{address}\"]\n"
    );
    std::fs::write(path, settings + &brain).unwrap();
}

#[test]
fn what_the_grammar_does_not_understand_is_asked_and_still_has_to_be_confirmed() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    home.json(&["contact", "add", "Marie Tremblay", "5145550142"]);
    ask(
        &home,
        Endpoint::answering(calls("call_contact", "{\"contact\":\"c1\"}")).address,
    );
    let talked = home.run_with_input(
        &["agent", "talk", "--model", MODEL, "--json"],
        "quelle belle journée pour aller au parc avec les enfants\noui\n",
    );
    assert_eq!(talked.code(), 0, "{}", talked.errors());
    let talked: serde_json::Value = serde_json::from_str(&talked.text()).unwrap();
    let story = talked["story"].as_array().unwrap();
    let told = |who: &str, part: &str| {
        story
            .iter()
            .position(|line| line["who"] == who && line["text"].as_str().unwrap().contains(part))
            .unwrap_or_else(|| panic!("{who}: {part} is not in {talked:#}"))
    };
    let proposed = told("system", "the brain `local` proposed `call-contact`");
    assert!(
        story[proposed]["text"]
            .as_str()
            .unwrap()
            .ends_with("400 + 10 tokens, cost 0.001100)"),
        "{talked:#}"
    );
    let (heard, confirmed) = (told("caller", "call Marie Tremblay"), told("caller", "Yes"));
    let allowed = told("system", "allow +15145550142");
    assert!(
        proposed < heard && heard < confirmed && confirmed < allowed,
        "{talked:#}"
    );
    assert!(!talked.to_string().contains("hunter2"));
}

#[test]
fn doctor_asks_each_endpoint_once_and_says_what_it_is_about() {
    for (answer, severity, seen) in [
        (calls("yes", "{}"), "ok", "the brain `local` proposed `yes`"),
        (calls("call_emergency", "{}"), "warning", "which was not offered here"),
        (
            "HTTP/1.1 401 No\r\nconnection: close\r\n\r\n{\"error\":{\"message\":\"sk-hunter2\",\"code\":\"invalid_api_key\"}}"
                .to_owned(),
            "warning",
            "HTTP 401 `invalid_api_key`",
        ),
    ] {
        let home = Home::reachable();
        ask(&home, Endpoint::answering(answer).address);
        let output = home
            .command(&["doctor", "--json"])
            .env("EVATEL_ASTERISK__ARI_URL", "http://127.0.0.1:1")
            .env("EVATEL_SPEECH__MODEL_DIR", MODEL)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let findings = document["findings"].as_array().unwrap();
        let brain: Vec<_> = findings.iter().filter(|finding| finding["check"] == "brain").collect();
        assert_eq!(brain.len(), 1, "{document:#}");
        assert_eq!(brain[0]["severity"], severity, "{document:#}");
        assert!(brain[0]["seen"].as_str().unwrap().contains(seen), "{document:#}");
        assert_eq!(brain[0]["hint"].is_null(), severity == "ok", "{document:#}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn the_key_is_hidden_and_may_stand_in_a_file() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    ask(&home, "127.0.0.1:9".parse().unwrap());
    let shown = home.json(&["config"]);
    assert_eq!(shown["brain"]["endpoints"][0]["api_key"], "********");
    assert_eq!(shown["brain"]["cost"], "0.05 USD");
    assert!(!home.human(&["config"]).contains("hunter2"));
    let settings = std::fs::read_to_string(home.path("evatel.toml")).unwrap();
    let settings = settings.replace("api_key = \"sk-hunter2\"", "api_key_file = \"key\"");
    std::fs::write(home.path("evatel.toml"), settings).unwrap();
    let talk = ["agent", "talk", "--model", MODEL];
    let said = home.refused(&talk);
    assert!(said.contains("the key in `key` cannot be used"), "{said}");
    std::fs::write(home.path("key"), "\n").unwrap();
    assert!(home.refused(&talk).contains("the file is empty"));
}
