//! The daemon on the fake Asterisk: when it ends by itself, and with what; what it shows of itself.

use std::{net::SocketAddr, time::Duration};

use evatel::{
    media::Media,
    metrics,
    serve::{self, Error, GreetingFiles, ServeOptions, SpeechOptions},
};
use evatel_ari::{
    Ari,
    sim::{Asterisk, PATIENCE},
};
use evatel_store::Store;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

const APP: &str = "evatel";

/// Starts a daemon with an empty directory and waits until it is ready.
async fn ready(asterisk: &Asterisk, home: &TempDir) -> JoinHandle<Result<(), Error>> {
    let options = ServeOptions {
        dialogues: Vec::new(),
        greetings: GreetingFiles::default(),
        ari: asterisk.config(APP),
        switch_patience: Duration::ZERO,
        database_url: format!("sqlite://{}", home.path().join("evatel.db").display()),
        media: Media::WebSocketServer,
        media_port: evatel_provision::MEDIA_PORT,
        recordings_dir: home.path().join("recordings"),
        ring_timeout: Duration::from_secs(25),
        silent_trunk: Duration::from_secs(6),
        keeping: None,
        recordings_kept: None,
        skills: evatel::settings::SkillsOptions::default(),
        speech: SpeechOptions::default(),
    };
    Store::create(&options.database_url)
        .await
        .expect("the folder is empty");
    let (told, is_ready) = oneshot::channel();
    let daemon = tokio::spawn(async {
        let tell = |_: &serve::Ready| told.send(()).expect("the test waits for it");
        serve::run(options, tell).await
    });
    soon("the daemon", is_ready).await.expect("it starts");
    daemon
}

async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("{what} did not come"),
    }
}

#[tokio::test]
async fn a_daemon_whose_application_was_taken_ends_and_says_so() {
    let asterisk = Asterisk::start().await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let daemon = ready(&asterisk, &home).await;

    let (_other, _) = Ari::connect(asterisk.config(APP)).await.unwrap();

    let error = soon("the daemon's end", daemon).await.unwrap().unwrap_err();
    assert!(
        matches!(&error, Error::Displaced { app } if app == APP),
        "{error}"
    );
    assert_eq!(error.to_string(), "another program took the application `evatel`");
}

#[tokio::test]
async fn prometheus_is_shown_what_the_daemon_did_and_a_second_recorder_is_refused() {
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    metrics::listen(address).unwrap();
    let refused = metrics::listen(address).unwrap_err().to_string();
    assert_eq!(refused, format!("metrics cannot be shown at `{address}`"));

    let asterisk = Asterisk::start().await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let _daemon = ready(&asterisk, &home).await;
    // A number that is nobody's: its leg has an entry.
    asterisk.offer("1700.1", "4385550100", APP, &["trunk", "t", "5145550188"]);
    let refused_leg = r#"evatel_legs_total{direction="inbound",decision="deny"} 1"#;
    let shown = soon("the counts", async {
        loop {
            let shown = scraped(address).await;
            let asked = shown.contains(r#"evatel_ari_request_seconds_bucket{le="+Inf"}"#);
            if asked && shown.contains(refused_leg) {
                return shown;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    for told in [
        "# TYPE evatel_legs_total counter",
        "evatel_ari_reconnects_total 0",
        "# HELP evatel_ari_queued_events Events that wait in streams",
    ] {
        assert!(shown.contains(told), "no `{told}` in:\n{shown}");
    }
    assert!(!shown.contains("5145550188"), "a number in:\n{shown}");
}

async fn scraped(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .expect("it is asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    answer
}
