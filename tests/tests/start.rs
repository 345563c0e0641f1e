//! What keeps the daemon from starting is told with what to do about it, and nothing is lost by it.
//!
//! The switch is a fake one here: it can be of any version, and it is there at once.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{fs, net::TcpListener, path::Path};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use evatel_ari::sim;
use evatel_tests::{
    asterisk::workspace,
    world::{Cli, Outcome},
};
use libsqlite3_sys as _;
use tempfile::TempDir;

/// An operator's folder: a database and settings, and a switch that they name.
struct Desk {
    folder: TempDir,
    switch: sim::Asterisk,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Cli::new(folder.path())
            .outcome(&["init", "--name", "Luc Gagnon"], &[])
            .await
            .unwrap();
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        Self {
            folder,
            switch: sim::Asterisk::start().await.unwrap(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, &[]).await
    }

    async fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let url = self.switch.url();
        let usual = [
            ("EVATEL_ASTERISK__ARI_URL", url.as_str()),
            ("EVATEL_ASTERISK__ARI_PASSWORD", sim::PASSWORD),
        ];
        Cli::new(self.path())
            .outcome(arguments, &[&usual[..], variables].concat())
            .await
            .unwrap()
    }

    /// Everything that the operator made, for comparison.
    async fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for noun in ["account", "contact", "device", "did", "trunk", "user"] {
            let listed = self.run(&[noun, "list", "--json"]).await;
            assert_eq!(listed.code, Some(0), "{noun}: {}", listed.stderr);
            rows.push(listed.stdout);
        }
        rows
    }
}

/// A failure with exit code, reason and remedy, and without the debris of a crash.
#[track_caller]
fn assert_told(outcome: &Outcome, code: i32, reason: &str, remedy: &str) {
    let Outcome { stderr, .. } = outcome;
    assert_eq!(outcome.code, Some(code), "{stderr}");
    assert!(stderr.contains(reason), "no `{reason}` in: {stderr}");
    let hint = stderr.lines().find(|line| line.trim_start().starts_with("hint:"));
    let hint = hint.unwrap_or_else(|| panic!("no hint in: {stderr}"));
    assert!(hint.contains(remedy), "no `{remedy}` in: {hint}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// An argument that cannot be: the reason, and where help is.
#[track_caller]
fn assert_refused(outcome: &Outcome) {
    let Outcome { stderr, .. } = outcome;
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    let helped = stderr.contains("hint:") || stderr.contains("--help");
    assert!(stderr.starts_with("error:") && helped, "{stderr}");
}

#[tokio::test]
async fn a_wrong_ari_password_is_told_at_once_and_never_shown() {
    let desk = Desk::new().await;
    let before = desk.rows().await;
    desk.switch.set_password("another");
    let failed = desk.run(&["serve"]).await;
    assert_told(&failed, 1, "evatel", "ari.conf");
    assert!(!failed.stderr.contains(sim::PASSWORD), "{}", failed.stderr);
    assert_eq!(desk.rows().await, before);
}

#[tokio::test]
async fn an_asterisk_that_is_not_there_is_named_with_its_address() {
    let desk = Desk::new().await;
    let before = desk.rows().await;
    // A port that was just free, and on which nobody listens.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let failed = desk
        .run_with(
            &["serve"],
            &[
                ("EVATEL_ASTERISK__ARI_URL", &url),
                ("EVATEL_ASTERISK__WAIT_S", "0"),
            ],
        )
        .await;
    assert_told(&failed, 1, &url, "ari_url");
    assert_eq!(desk.rows().await, before);
}

#[tokio::test]
async fn an_asterisk_that_is_too_old_is_told_with_both_versions() {
    let desk = Desk::new().await;
    desk.switch.set_version("20.9.1");
    let failed = desk.run(&["serve"]).await;
    assert_told(&failed, 1, "20.9.1", "22.8");
}

#[tokio::test]
async fn a_number_that_is_not_e164_is_refused_and_not_kept() {
    let desk = Desk::new().await;
    let before = desk.rows().await;
    for bad in ["12", "5145550199x", "+0123456789", "+1514555019912345678", ""] {
        let failed = desk.run(&["did", "add", bad]).await;
        assert_refused(&failed);
    }
    assert_eq!(desk.rows().await, before);
}

#[tokio::test]
async fn a_newline_or_a_second_channel_in_a_value_is_refused_and_not_kept() {
    let desk = Desk::new().await;
    let before = desk.rows().await;
    let evil = "Bureau\n[intruder]\ntype=endpoint";
    for bad in [
        &["device", "add", "--name", evil][..],
        &["contact", "add", evil, "514-555-0142"],
        &["contact", "add", "Eve", "514-555-0142&PJSIP/eve"],
        &[
            "trunk",
            "add",
            "--name",
            evil,
            "--peer",
            "192.0.2.10",
            "--format",
            "e164",
        ],
        &[
            "trunk",
            "add",
            "--name",
            "T",
            "--peer",
            "192.0.2.10\ncontact=sip:eve",
            "--format",
            "e164",
        ],
        &[
            "trunk",
            "add",
            "--name",
            "T",
            "--peer",
            "192.0.2.10&PJSIP/eve",
            "--format",
            "e164",
        ],
        &["did", "add", "514-555-0199\n"],
    ] {
        let failed = desk.run(bad).await;
        assert_refused(&failed);
    }
    assert_eq!(desk.rows().await, before);
}

#[tokio::test]
async fn a_second_endpoint_in_a_setting_does_not_reach_asterisks_files() {
    let desk = Desk::new().await;
    for (key, value) in [
        ("EVATEL_ASTERISK__ARI_USER", "evatel\n[intruder]"),
        ("EVATEL_ASTERISK__ARI_PASSWORD", "x\nread_only = no"),
        ("EVATEL_ASTERISK__APP", "evatel&PJSIP/eve"),
    ] {
        let failed = desk.run_with(&["provision", "apply"], &[(key, value)]).await;
        assert!(matches!(failed.code, Some(1 | 2)), "{key}: {failed:?}");
        assert!(failed.stderr.contains("hint:"), "{key}: {}", failed.stderr);
        assert!(
            !desk.path().join("asterisk/etc/pjsip.conf").exists(),
            "{key}: files were written"
        );
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_untouched() {
    let desk = Desk::new().await;
    let file = desk.path().join("evatel.db");
    let mut link = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    link.batch_execute(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000');
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    drop(link);
    let before = fs::read(&file).unwrap();
    for verb in [&["serve"][..], &["contact", "list"], &["init", "--name", "Eve"]] {
        let failed = desk.run(verb).await;
        assert!(matches!(failed.code, Some(1 | 2)), "{verb:?}: {failed:?}");
        assert!(failed.stderr.contains("hint:"), "{verb:?}: {}", failed.stderr);
        assert_eq!(fs::read(&file).unwrap(), before, "{verb:?} changed the file");
    }
    assert_told(&desk.run(&["serve"]).await, 1, "99991231000000", "newer Evatel");
}

#[tokio::test]
async fn a_missing_model_and_a_garbage_one_are_told_and_do_not_crash_the_daemon() {
    let desk = Desk::new().await;
    let before = desk.rows().await;
    let garbage = desk.path().join("garbage");
    fs::create_dir(&garbage).unwrap();
    for file in fs::read_dir(workspace().join("models/phones")).unwrap().flatten() {
        let (from, to) = (file.path(), garbage.join(file.file_name()));
        match from.extension() {
            Some(ending) if ending == "onnx" => fs::write(to, [0xa5; 4096]).unwrap(),
            _ if from.is_file() => drop(fs::copy(from, to).unwrap()),
            _ => {}
        }
    }
    for folder in [desk.path().join("nowhere"), garbage] {
        let folder = folder.to_str().unwrap();
        let failed = desk
            .run_with(&["serve"], &[("EVATEL_SPEECH__MODEL_DIR", folder)])
            .await;
        assert_told(&failed, 1, folder, "speech.model_dir");
    }
    assert_eq!(desk.rows().await, before);
}
