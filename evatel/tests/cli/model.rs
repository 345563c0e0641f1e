//! Models are installed from a file and a server of the test's own, checked in a child process, and removed.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
    thread,
};

use serde_json::Value;

use crate::home::Home;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones");

/// Packs the committed phone model as one would by hand; `spoil` may change its files first.
fn pack(home: &Home, archive: &str, spoil: impl FnOnce(&Path)) {
    let folder = home.path("packed/phones");
    fs::create_dir_all(&folder).unwrap();
    for name in ["phones.onnx", "tokens.txt", "phones.tsv", "CARD.md"] {
        fs::copy(Path::new(MODEL).join(name), folder.join(name)).unwrap();
    }
    spoil(&folder);
    let packed = Command::new("tar")
        .args([
            "--create",
            "--gzip",
            "--file",
            archive,
            "--directory",
            "packed",
            "phones",
        ])
        .current_dir(home.path("."))
        .status();
    assert!(packed.unwrap().success());
}

fn untouched(_: &Path) {}

/// Serves the same bytes to everybody, until the test is over.
fn server(bytes: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            while stream.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                bytes.len()
            );
            stream
                .get_mut()
                .write_all(&[head.as_bytes(), &bytes].concat())
                .unwrap();
        }
    });
    address
}

#[test]
fn a_model_is_installed_by_its_digest_checked_and_removed_when_nothing_uses_it() {
    let home = Home::empty();
    pack(&home, "ear.tar.gz", untouched);
    // Nobody has said which archive is meant: its digest is told, nothing is there.
    let told = home.refused(&["model", "install", "ear.tar.gz"]);
    let digest = told
        .split_whitespace()
        .find(|word| word.len() == 64)
        .unwrap()
        .to_owned();
    assert!(
        told.contains("hint: ") && told.contains("--sha256 DIGEST"),
        "{told}"
    );
    assert_eq!(
        home.json(&["model", "list", "--installed"])["installed"],
        serde_json::json!([])
    );
    let other = "0".repeat(64);
    let told = home.refused(&["model", "install", "ear.tar.gz", "--sha256", &other]);
    assert!(told.contains(&digest) && told.contains(&other), "{told}");

    let installed = home.json(&["model", "install", "ear.tar.gz", "--sha256", &digest]);
    assert_eq!(
        (&installed["name"], &installed["form"]),
        (&"ear".into(), &"phones".into())
    );
    assert!(
        installed["engine"].as_str().unwrap().starts_with("sherpa-onnx"),
        "{installed:#}"
    );
    let listed = home.json(&["model", "list"]);
    assert_eq!(listed["installed"][0]["archive_sha256"], Value::from(digest));
    assert_eq!(listed["installed"][0]["in_use"], false);
    let checked = home.json(&["model", "check"]);
    assert_eq!(
        (&checked[0]["name"], &checked[0]["state"]),
        (&"ear".into(), &"loads".into())
    );

    let told = home.refused(&["model", "install", "ear.tar.gz", "--accept-unknown-digest"]);
    assert!(
        told.contains("already installed") && told.contains("--name"),
        "{told}"
    );

    // The settings may name it by another path.
    fs::write(
        home.path("evatel.toml"),
        "[speech]\nmodel_dir = \"./speech-models/../speech-models/ear/\"\n",
    )
    .unwrap();
    assert_eq!(home.json(&["model", "list"])["installed"][0]["in_use"], true);
    let told = home.refused(&["model", "remove", "ear"]);
    assert!(
        told.contains("speech.model_dir") && home.path("speech-models/ear").is_dir(),
        "{told}"
    );
    fs::remove_file(home.path("evatel.toml")).unwrap();
    assert_eq!(home.json(&["model", "remove", "ear"])["removed"], "ear");
    assert!(!home.path("speech-models/ear").exists());
    let told = home.refused(&["model", "remove", "ear"]);
    assert!(
        told.contains("no model `ear`") && told.contains("evatel model list"),
        "{told}"
    );
}

#[test]
fn a_model_that_the_engine_refuses_is_not_installed_and_a_spoiled_one_is_found() {
    let home = Home::empty();
    pack(&home, "bad.tar.gz", |folder| {
        fs::write(folder.join("phones.onnx"), "no model").unwrap()
    });
    let answer = home.run(&["model", "install", "bad.tar.gz", "--accept-unknown-digest"]);
    assert_eq!(answer.code(), 1, "{}", answer.errors());
    assert!(
        answer.errors().contains("refuses the model") && answer.errors().contains("nothing was installed")
    );
    assert!(!home.path("speech-models/bad").exists());

    pack(&home, "good.tar.gz", untouched);
    home.json(&[
        "model",
        "install",
        "good.tar.gz",
        "--accept-unknown-digest",
        "--name",
        "ear-2",
    ]);
    fs::write(home.path("speech-models/ear-2/tokens.txt"), "<blk> 0\n").unwrap();
    let answer = home.run(&["model", "check", "ear-2", "--json"]);
    assert_eq!(answer.code(), 1);
    let checked: Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!(checked[0]["state"], "differs");
    assert_eq!(
        checked[0]["differences"],
        serde_json::json!([{ "what": "changed", "path": "tokens.txt" }])
    );
    let said = home.run(&["model", "check", "--lang", "fr"]);
    assert!(
        said.text().contains("changé : tokens.txt") && said.text().contains("evatel model remove ear-2"),
        "{}",
        said.text()
    );
}

#[test]
fn a_url_goes_only_where_the_operator_lets_it() {
    let home = Home::empty();
    pack(&home, "ear.tar.gz", untouched);
    let address = server(fs::read(home.path("ear.tar.gz")).unwrap());
    let url = format!("http://{address}/far/ear.tar.gz?token=hunter2");
    let install = ["model", "install", url.as_str(), "--accept-unknown-digest"];
    let told = home.refused(&install);
    assert!(
        told.contains("egress.allow") && !told.contains("hunter2"),
        "{told}"
    );
    fs::write(
        home.path("evatel.toml"),
        format!("[egress]\nallow = [\"{address}\"]\n"),
    )
    .unwrap();
    let installed = home.json(&install);
    assert_eq!(installed["source"], format!("http://{address}/far/ear.tar.gz"));
    assert!(
        !fs::read_to_string(home.path("speech-models/ear/evatel-model.json"))
            .unwrap()
            .contains("hunter2")
    );
    // Nothing else is asked of a terminal that is none: no bar stands in the errors.
    let other = [&install[..], &["--name", "other"]].concat();
    let answer = home.run(&other);
    assert_eq!((answer.code(), answer.errors()), (0, String::new()));
    assert!(
        answer.text().contains("model_dir = \"speech-models/other\""),
        "{}",
        answer.text()
    );
}

#[test]
fn whoever_is_told_that_our_small_model_hears_is_told_that_it_knows_synthetic_voices_only() {
    let home = Home::empty();
    assert!(!home.human(&["model", "list"]).contains("synthetic voices only"));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones");
    fs::write(
        home.path("evatel.toml"),
        format!("[speech]\nmodel_dir = \"{folder}\"\n"),
    )
    .unwrap();
    for (lang, words) in [("en", "synthetic voices only"), ("fr", "voix de synthèse")] {
        let told = home.human(&["model", "list", "--lang", lang]);
        assert!(told.contains(words), "{told}");
    }
    // Programs read columns, and no sentence.
    let columns = home.human(&["model", "list", "--csv"]);
    assert!(!columns.contains("synthetic"), "{columns}");
}

#[test]
fn what_is_known_is_listed_with_licence_and_language_and_what_is_not_is_refused() {
    let home = Home::empty();
    let listed = home.json(&["model", "list"]);
    let known = listed["known"].as_array().unwrap();
    for (name, language) in [
        ("vits-piper-fr_FR-siwis-medium", "fr"),
        ("sherpa-onnx-streaming-zipformer-en-20M-2023-02-17", "en"),
    ] {
        let model = known.iter().find(|model| model["name"] == name).unwrap();
        assert_eq!(model["languages"], serde_json::json!([language]));
        assert!(!model["licence"].as_str().unwrap().is_empty());
    }
    let human = home.human(&["model", "list", "--lang", "fr"]);
    assert!(human.contains("connu") && human.contains("inconnue"), "{human}");
    for what in [
        "no-such-model",
        "ftp://models.example/a.tar.gz",
        "https://user:hunter2@models.example/a.tar.gz",
    ] {
        let told = home.refused(&["model", "install", what]);
        assert!(told.contains("hint: ") && !told.contains("hunter2"), "{told}");
    }
    let told = home.refused(&["model", "install", "a.tar.gz", "--sha256", "abc"]);
    assert!(told.contains("64 digits"), "{told}");
}
