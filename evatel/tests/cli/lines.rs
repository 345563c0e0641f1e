//! `-`: each line of standard input has one JSON object, whatever it holds.

use std::{
    fs,
    io::{Read, Write},
    process::Stdio,
};

use rstest::rstest;
use serde_json::{Value, json};

use crate::home::Home;

/// A schedule that is always open.
const OPEN: &str = r#"{ "zone": "America/Toronto", "otherwise": "open" }"#;

fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A hundred lines that are nothing that any of these verbs reads.
fn hostile() -> Vec<Vec<u8>> {
    let written: &[&[u8]] = &[
        b"",
        b" ",
        b"\t",
        b"\xff",
        b"514\xff5550199",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xef\xbb\xbf5145550199",
        b"\0",
        b"5145550199\0",
        b"\x1b[31m5145550199",
        b"5145550199\x07",
        b"+",
        b"+1514555019",
        b"+911",
        b"1911",
        b"--",
        b"=1+1",
        b"@SUM(A1)",
        b"1-800-GO-FEDEX",
        b"+3367a829916",
        b"+15145550199;ext=9",
        b"5145550199&PJSIP/x",
        b"5145550199/../../etc/passwd",
        b"tel:",
        b"sip:luc@example.com",
        b"\"",
        b"\"\"",
        b"\"5145550199",
        b"\"\\ud800\"",
        b"'5145550199'",
        b"{",
        b"}",
        b"{}",
        b"[]",
        b"[\"5145550199\"]",
        b"null",
        b"true",
        b"1e400",
        b"{\"did\":1}",
        b"{\"did\":null}",
        b"{\"did\":\"+15145550199\",\"did\":\"+15145550199\"}",
        b"{\"did\":\"+15145550199\",\"owner\":\"x\"}",
        b"{\"did\":\"+15145550199\",\"at\":\"yesterday\"}",
        b"{\"did\":\"+15145550199\",\"at\":1795446000}",
        b"{\"did\":\"+15145550199\"} {}",
        b"{\"did\":[\"+15145550199\"]}",
        b"yesterday",
        b"2026-13-01T00:00:00Z",
        b"2026-02-30T00:00:00Z",
        b"2026-11-23T10:00:00",
        b"99999-01-01T00:00:00Z",
    ];
    let unicode = [
        "٥١٤٥٥٥٠١٩٩",
        "５１４５５５０１９９",
        "߅߁߄߅߅߅߀߁߉߉",
        "𝟓𝟏𝟒𝟓𝟓𝟓𝟎𝟏𝟗𝟗",
        "Ⅴ",
        "é",
        "\u{202e}5145550199",
        "\u{feff}",
    ];
    let mut lines: Vec<Vec<u8>> = written.iter().map(|line| line.to_vec()).collect();
    lines.extend(unicode.map(|line| line.as_bytes().to_vec()));
    // Brackets that a careless reader would follow down, and lines from a little to far too long.
    lines.push(b"[".repeat(60_000));
    lines.push(b"{\"did\":".repeat(9_000));
    for length in [65_536, 65_537, 65_538, 200_000, 1_000_000] {
        lines.push(b"5".repeat(length));
        lines.push(b"\xfe".repeat(length));
    }
    let bytes = (0x80..).step_by(4).map(|byte: u8| vec![b'5', byte, b'1']);
    let missing = 100 - lines.len();
    lines.extend(bytes.take(missing));
    assert_eq!(lines.len(), 100);
    lines
}

#[rstest]
#[case::number(&["number", "explain", "-"], "5145550199", json!({ "e164": "+15145550199" }))]
#[case::restriction(&["restriction", "explain", "-"], "5145550142", json!({ "number": "+15145550142" }))]
#[case::schedule(&["schedule", "explain", "--file", "open.json", "--at", "-"], "2026-11-23T15:00:00Z", json!({ "state": "open" }))]
#[case::evaluate(&["evaluate", "-"], "\"5145550150\"", json!({ "rule": "number", "outcome": { "kind": "not-in-service" } }))]
fn a_hundred_hostile_lines_have_a_hundred_refusals_and_a_good_one_after_each_is_answered(
    #[case] verb: &[&str],
    #[case] good: &str,
    #[case] expected: Value,
) {
    let home = Home::reachable();
    fs::write(home.path("open.json"), OPEN).unwrap();
    let mut input = Vec::new();
    for line in hostile() {
        input.extend_from_slice(&line);
        input.extend_from_slice(format!("\n{good}\n").as_bytes());
    }
    let answer = home.run_with_input(verb, &input);
    assert_eq!((answer.code(), answer.errors()), (0, String::new()));
    let said = objects(&answer.text());
    assert_eq!(said.len(), 200);
    for (pair, line) in said.chunks(2).zip(hostile()) {
        let shown = String::from_utf8_lossy(&line[..line.len().min(40)]).into_owned();
        assert!(pair[0]["refused"].is_string(), "{shown}: {}", pair[0]);
        assert!(pair[0]["input"].is_string(), "{shown}");
        let keys = |one: &Value| one.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&pair[0]), keys(&pair[1]), "each has the same keys");
        assert_eq!(pair[1]["input"], good, "after {shown}");
        assert_eq!(pair[1]["refused"], Value::Null, "after {shown}");
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&pair[1][key], value, "after {shown}");
        }
    }
}

#[test]
fn a_line_that_cannot_be_read_is_refused_by_its_number_in_the_readers_language() {
    let home = Home::empty();
    let mut input = b"911\n514\xff\n".to_vec();
    input.extend(b"5".repeat(65_537));
    for (language, bytes, long) in [
        (
            "en",
            "line 2 is not UTF-8, from its byte 4 on",
            "line 3 has more than 65536 bytes",
        ),
        (
            "fr",
            "la ligne 2 n'est pas en UTF-8, à partir de son octet 4",
            "la ligne 3 a plus de 65536 octets",
        ),
    ] {
        let said = home.run_with_input(&["number", "explain", "-", "--lang", language], &input);
        let said = objects(&said.text());
        assert_eq!(
            said[1],
            json!({ "input": "514\u{fffd}", "class": null, "e164": null, "refused": bytes })
        );
        assert_eq!(said[2]["refused"], long);
        assert_eq!(said[2]["input"], "5".repeat(80));
    }
}

#[test]
fn a_number_to_evaluate_is_an_object_a_json_string_or_plain_and_the_options_say_the_rest() {
    let home = Home::reachable();
    let lines = [
        r#"{"did":"+15145550199","caller":"anonymous","at":"2026-11-23T15:00:00Z"}"#,
        r#""514 555-0199""#,
        "514 555-0199",
        r#"{"did":"5145550199"}"#,
        r#"{"did":"5145550150"}"#,
        r#"{"did":"5145550199","calle":"x"}"#,
        r#"{"did":"5145550199""#,
    ];
    home.json(&["screening", "add", "block", "+1418*"]);
    let answer = home.run_with_input(&["evaluate", "-", "--caller", "4185551234"], lines.join("\n"));
    let said = objects(&answer.text());
    let inputs: Vec<_> = said.iter().map(|one| one["input"].as_str().unwrap()).collect();
    assert_eq!(inputs, lines);
    let rules: Vec<_> = said.iter().map(|one| one["rule"].as_str()).collect();
    let (free, blocked) = (Some("voicemail"), Some("block-list"));
    assert_eq!(
        rules,
        [free, blocked, blocked, blocked, Some("number"), None, None]
    );
    for (at, place) in [
        (5, "line 6, column 27: an object has `did`"),
        (6, "line 7, column 19: "),
    ] {
        let reason = said[at]["refused"].as_str().unwrap();
        assert!(reason.starts_with(place), "{reason}");
    }
}

#[test]
fn a_line_without_end_takes_no_memory() {
    const LINE_MIB: usize = 96;
    let home = Home::empty();
    let mut child = home
        .command(&["number", "explain", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..LINE_MIB {
        stdin.write_all(&[b'5'; 1 << 20]).unwrap();
    }
    // All but what a pipe holds is read by now, and the line has not ended yet.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak_kib: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(
        peak_kib < LINE_MIB * 1024 / 2,
        "{peak_kib} KiB for a line of {LINE_MIB} MiB"
    );
    stdin.write_all(b"\n911\n").unwrap();
    drop(stdin);
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success());
    let said = objects(&said);
    assert_eq!((said.len(), &said[1]["class"]), (2, &json!("emergency")));
}

#[test]
fn answers_that_cannot_be_written_are_a_failure() {
    let home = Home::empty();
    let mut command = home.command(&["number", "explain", "-"]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"911\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`/dev/stdout` cannot be written"), "{said}");
}
