//! The daemon on the fake Asterisk: when it ends by itself, and with what.

use std::time::Duration;

use evatel::{
    media::Media,
    serve::{self, Error, ServeOptions, SpeechOptions},
};
use evatel_ari::{
    Ari,
    sim::{Asterisk, PATIENCE},
};
use evatel_store::Store;
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

const APP: &str = "evatel";

/// Starts a daemon with an empty directory and waits until it is ready.
async fn ready(asterisk: &Asterisk, home: &TempDir) -> JoinHandle<Result<(), Error>> {
    let options = ServeOptions {
        ari: asterisk.config(APP),
        switch_patience: Duration::ZERO,
        database_url: format!("sqlite://{}", home.path().join("evatel.db").display()),
        media: Media::default(),
        recordings_dir: home.path().join("recordings"),
        ring_timeout: Duration::from_secs(25),
        speech: SpeechOptions::KeysOnly,
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
