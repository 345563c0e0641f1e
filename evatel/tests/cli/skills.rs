//! Skills: an integrator's own server does what was ordered.

use crate::{endpoint::Endpoint, home::Home};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones");
const SKILLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/skills/skills.yaml");

/// An owner with a telephone, whose errands go to this endpoint.
fn home(endpoint: &Endpoint) -> Home {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    let path = home.path("evatel.toml");
    let settings = std::fs::read_to_string(&path).unwrap_or_default();
    let address = endpoint.address;
    let skills = format!(
        "\n[skills]\nfile = \"{SKILLS}\"\nurl = \"http://{address}/evatel\"\ntoken = \"hunter2\"\n[egress]\nallow = [\"{address}\"]\n"
    );
    std::fs::write(path, settings + &skills).unwrap();
    home
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Who speaks and what, line by line.
fn story(home: &Home, lines: &str) -> Vec<String> {
    let talked = home.run_with_input(&["agent", "talk", "--model", MODEL, "--json"], lines);
    assert_eq!(talked.code(), 0, "{}", talked.errors());
    let talked: serde_json::Value = serde_json::from_str(&talked.text()).unwrap();
    let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap().to_owned();
    let story = talked["story"].as_array().unwrap();
    story
        .iter()
        .map(|line| format!("{}: {}", text(line, "who"), text(line, "text")))
        .collect()
}

fn is_told(story: &[String], wanted: &str) -> bool {
    story.iter().any(|line| line.starts_with(wanted))
}

#[test]
fn what_was_ordered_by_voice_and_agreed_to_by_key_is_posted_once_and_its_words_are_said() {
    let endpoint = Endpoint::answering(answer("200 OK", r#"{"say": "Le taxi vient."}"#));
    let home = home(&endpoint);
    let story = story(&home, "commande un taxi à quinze heures trente\n1\nau revoir\n");
    for wanted in [
        "caller: run taxi: 15 heures 30",
        "assistant: to caller: Cela coûte 2 dollars et 50 cents. Dois-je le faire?",
        "caller: agreed to 2.50 CAD",
        "system: runs taxi (hour: 15 heures 30, 2.50 CAD)",
        "system: taxi done: Le taxi vient.",
        "assistant: to caller: Le taxi vient. Qui dois-je appeler?",
    ] {
        assert!(is_told(&story, wanted), "`{wanted}` is not in {story:#?}");
    }
    let asked = endpoint.asked();
    let [request] = &asked[..] else {
        panic!("{asked:#?}");
    };
    let (head, body) = request.split_once("\n\n").unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("post /evatel/taxi http/1.1"), "{head}");
    assert!(head.contains("authorization: bearer hunter2"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let errand = body["errand"].as_str().unwrap();
    assert!(head.contains(&format!("idempotency-key: {errand}")), "{head}");
    assert_eq!(body["arguments"], serde_json::json!({ "hour": "15:30:00" }));
    assert_eq!(
        (&body["language"], &body["price"]),
        (&"fr".into(), &"2.50 CAD".into())
    );
    assert!(!home.human(&["config"]).contains("hunter2"));
}

#[test]
fn what_is_wrong_with_skills_is_refused_with_its_line_before_a_call_and_the_exit_code_is_2() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    std::fs::write(
        home.path("skills.yaml"),
        "skills:\n  - skill: taxi\n    price: 2 EUR\n",
    )
    .unwrap();
    let said = home.refused(&["agent", "talk", "--skills", "skills.yaml"]);
    assert!(
        said.contains("`skills.yaml` line 2: skill `taxi`: `price` 2.00 EUR cannot be said")
            && said.contains("docs/skills.md"),
        "{said}"
    );
    let said = home.refused(&["agent", "talk", "--skills", "gone.yaml"]);
    assert!(said.contains("`gone.yaml` cannot be read"), "{said}");

    let run = "language: fr\nsteps:\n  - step: hour\n    ask: time\n    text: Quand?\n  - step: go\n    run: taxi\n";
    std::fs::write(home.path("number.yaml"), run).unwrap();
    let said = home.refused(&["agent", "talk", "--skills", SKILLS, "--dialogue", "number.yaml"]);
    assert!(
        said.contains("`number.yaml` line 6: step `go`: `taxi` costs something"),
        "{said}"
    );
}

#[test]
fn a_private_address_for_errands_is_refused_unless_the_operator_lists_it() {
    let home = Home::reachable();
    let path = home.path("evatel.toml");
    let settings = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(
        &path,
        settings + "\n[skills]\nurl = \"http://127.0.0.1:9099/evatel\"\n",
    )
    .unwrap();
    let said = home.refused(&["config"]);
    assert!(
        said.contains("skills.url") && said.contains("egress.allow"),
        "{said}"
    );
}

#[test]
fn phrases_of_skills_are_compared_with_ours_and_a_file_of_sound_is_understood_as_an_order() {
    let home = Home::empty();
    let alike = home.json(&["agent", "grammar", "--model", MODEL, "--skills", SKILLS]);
    let never = alike["alike"].as_array().unwrap().iter();
    assert_eq!(
        never.filter(|pair| pair["never_understood"] == true).count(),
        0,
        "{alike:#}"
    );
    home.json(&[
        "agent",
        "say",
        "--lang",
        "fr",
        "Réserve une table pour demain.",
        "-o",
        "order.wav",
    ]);
    let heard = home.json(&[
        "agent",
        "hear",
        "--lang",
        "fr",
        "--model",
        MODEL,
        "--skills",
        SKILLS,
        "--at",
        "2026-11-26T10:00[America/Toronto]",
        "order.wav",
    ]);
    let turn = &heard[0]["turns"][0];
    assert_eq!(turn["intent"], "run", "{heard:#}");
    assert_eq!(
        turn["slots"],
        serde_json::json!({ "skill": "book-table", "day": "2026-11-27" }),
        "{heard:#}"
    );
}

#[test]
fn doctor_says_what_can_be_ordered_and_who_does_it_and_posts_nothing() {
    let endpoint = Endpoint::answering(answer("200 OK", "{}"));
    let done = home(&endpoint);
    let undone = Home::reachable();
    let broken = Home::reachable();
    let skills = |home: &Home, file: &str| {
        let settings = std::fs::read_to_string(home.path("evatel.toml")).unwrap_or_default();
        let settings = format!("{settings}\n[skills]\nfile = \"{file}\"\n");
        std::fs::write(home.path("evatel.toml"), settings).unwrap();
    };
    skills(&undone, SKILLS);
    skills(&broken, "no-such.yaml");
    for (home, severity, seen) in [
        (&Home::reachable(), "ok", "nothing beside calls"),
        (
            &done,
            "ok",
            "orders are posted to `127.0.0.1`, which was not asked",
        ),
        (&undone, "warning", "`taxi`: nobody does what is ordered"),
        (&broken, "failure", "no-such.yaml"),
    ] {
        let output = home
            .command(&["doctor", "--json"])
            .env("EVATEL_ASTERISK__ARI_URL", "http://127.0.0.1:1")
            .output()
            .unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = document["findings"].as_array().unwrap();
        let found: Vec<_> = findings
            .iter()
            .filter(|finding| finding["check"] == "skills")
            .collect();
        assert_eq!(found.len(), 1, "{document:#}");
        assert_eq!(found[0]["severity"], severity, "{document:#}");
        assert!(found[0]["seen"].as_str().unwrap().contains(seen), "{document:#}");
        assert_eq!(found[0]["hint"].is_null(), severity == "ok", "{document:#}");
    }
    assert!(endpoint.asked().is_empty());
}
