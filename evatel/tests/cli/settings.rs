//! Where settings come from and which win.

use crate::home::Home;

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let home = Home::empty();
    std::fs::write(
        home.path("evatel.toml"),
        "log = \"warn\"\n[calls]\nring_timeout_s = 20\n",
    )
    .unwrap();
    assert_eq!(home.json(&["config"])["calls"]["ring_timeout_s"], 20);
    let output = home
        .command(&["config", "--json"])
        .env("EVATEL_CALLS__RING_TIMEOUT_S", "30")
        .env("EVATEL_LOG", "error")
        .output();
    let settings: serde_json::Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert_eq!(
        (&settings["calls"]["ring_timeout_s"], &settings["log"]),
        (&30.into(), &"error".into())
    );
    let output = home
        .command(&["config", "--json", "--log", "debug"])
        .env("EVATEL_LOG", "error")
        .output();
    let settings: serde_json::Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert_eq!(settings["log"], "debug");
}

#[test]
fn the_file_may_be_anywhere_and_must_then_be_there() {
    let home = Home::empty();
    std::fs::write(home.path("other.toml"), "[asterisk]\napp = \"other\"\n").unwrap();
    assert_eq!(
        home.json(&["config", "--config", "other.toml"])["asterisk"]["app"],
        "other"
    );
    let output = home
        .command(&["config", "--json"])
        .env("EVATEL_CONFIG", "other.toml")
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("\"other\""));
    let said = home.refused(&["config", "--config", "gone.toml"]);
    assert!(
        said.contains("no settings file `gone.toml`") && said.contains("hint: "),
        "{said}"
    );
}

#[test]
fn secrets_are_hidden() {
    let home = Home::begun();
    std::fs::write(home.path("evatel.toml"), "[asterisk]\nari_password = \"0123\"\n").unwrap();
    assert_eq!(home.json(&["config"])["asterisk"]["ari_password"], "********");
    assert!(!home.human(&["config"]).contains("0123"));
    let output = home
        .command(&["config"])
        .env("EVATEL_ASTERISK__ARI_PASSWORD", "456789")
        .output()
        .unwrap();
    assert!(output.status.success() && !String::from_utf8(output.stdout).unwrap().contains("456789"));
}

#[test]
fn an_unknown_key_and_a_value_that_cannot_be_are_refused_by_name() {
    let home = Home::empty();
    for (text, part) in [
        ("[databse]\nurl = \"x\"\n", "databse"),
        ("[calls]\nring_timeout = 3\n", "ring_timeout"),
        ("[calls]\nring_timeout_s = 1\n", "calls.ring_timeout_s"),
        ("[calls]\nsilent_trunk_s = 1\n", "calls.silent_trunk_s"),
        ("[asterisk]\nsip_bind = \"pbx\"\n", "asterisk.sip_bind"),
        ("[asterisk]\nrtp_start = 30000\n", "asterisk.rtp_start"),
        ("[asterisk]\nmedia = \"tcp\"\n", "asterisk.media"),
        (
            "[asterisk]\nmedia = \"tcp\"\n",
            "`tcp` is no medium: say `audiosocket`, `rtp`, `websocket` or `websocket-server`",
        ),
        ("[asterisk]\nmedia_port = 65535\n", "asterisk.media_port"),
        // The doctor's would be that of Asterisk's HTTP server.
        ("[asterisk]\nmedia_port = 8087\n", "asterisk.media_port"),
        ("[asterisk]\nmax_calls = 0\n", "asterisk.max_calls"),
        ("[database]\nurl = \"mysql://x\"\n", "database.url"),
        ("[egress]\nallow = [\"localhost\"]\n", "egress.allow"),
        ("[brain]\nask = \"sometimes\"\n", "brain.ask"),
        ("[brain]\nask = \"always\"\n", "no `[[brain.endpoints]]`"),
        ("[brain]\nwhole_ms = 60000\n", "brain.whole_ms"),
        ("[keeping]\nsound_days = 0\n", "keeping.sound_days"),
        ("[keeping]\nmost_mb = 0\n", "keeping.most_mb"),
        ("[speech]\ncalls_per_worker = 513\n", "speech.calls_per_worker"),
        ("[speech]\nmost_behind_ms = 10\n", "speech.most_behind_ms"),
        ("[speech]\nprovider = \"tpu\"\n", "tpu"),
        ("[brain]\ncost = \"5\"\n", "brain.cost"),
        (
            "[brain]\ncost = \"5 USD\"\n[[brain.endpoints]]\nname = \"a\"\nmodel = \"m\"\nurl = \"https://api.example/v1\"\n",
            "question_price",
        ),
        (
            "[[brain.endpoints]]\nname = \"a\"\nmodel = \"m\"\nurl = \"http://169.254.169.254/v1\"\n",
            "is a metadata address",
        ),
        (
            "[[brain.endpoints]]\nname = \"a\"\nmodel = \"m\"\nurl = \"https://me:hunter@api.example/v1\"\n",
            "give the key by itself",
        ),
        (
            "[[brain.endpoints]]\nname = \"\"\nmodel = \"m\"\nurl = \"https://api.example/v1\"\n",
            "1 to 40 characters",
        ),
        ("[asterisk\n", "evatel.toml"),
    ] {
        std::fs::write(home.path("evatel.toml"), text).unwrap();
        let said = home.refused(&["config"]);
        assert!(said.contains(part) && said.contains("hint: "), "{text}: {said}");
    }
    std::fs::remove_file(home.path("evatel.toml")).unwrap();
    let output = home
        .command(&["config"])
        .env("EVATEL_DATABASE__ULR", "x")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn other_programs_variables_of_the_same_prefix_do_not_disturb() {
    let home = Home::empty();
    let output = home
        .command(&["config"])
        .env("EVATEL_ASTERISK_BIN", "/usr/sbin/asterisk")
        .env("EVATEL_LIVE", "1")
        .output();
    assert!(output.unwrap().status.success());
}
