//! A program on a server of its own, and lines to talk on.

use std::{future::Future, time::Duration};

use evatel_ari::{
    Ari,
    client::Offers,
    helper::{Leg, Outcome, originate},
    op::{self, channels::Outgoing},
};
use evatel_tests::pbx::Pbx;
use tokio::time::{Instant, sleep, timeout};

use super::pbx::{Files, SOON, asterisk};

/// A server, and our application on it.
pub(crate) struct Line {
    pub(crate) ari: Ari,
    pub(crate) offers: Offers,
    pub(crate) pbx: Pbx,
}

impl Line {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts the server with files that `change` has changed.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Files)) -> Self {
        let pbx = asterisk(change).await;
        let (ari, offers) = pbx.connect("helpers").await.unwrap();
        Self { ari, offers, pbx }
    }

    /// What is dialled to reach an extension of the dialplan.
    pub(crate) fn to(&self, extension: &str) -> Outgoing {
        Outgoing::new(format!("Local/{extension}@default"), "helpers")
    }

    /// Dials an extension that answers.
    pub(crate) async fn leg(&self, extension: &str) -> Leg {
        let outgoing = self.to(extension);
        let dialled = originate(&outgoing, std::future::pending(), &self.ari);
        match soon("an answer", dialled).await.unwrap() {
            Outcome::Answered(leg) => leg,
            other => panic!("`{extension}` was not answered: {other:?}"),
        }
    }

    /// Waits until no channel and no bridge is left.
    pub(crate) async fn nothing_is_left(&self) {
        let deadline = Instant::now() + SOON;
        loop {
            let channels = self.ari.send(op::channels::list()).await.unwrap();
            let bridges = self.ari.send(op::bridges::list()).await.unwrap();
            if channels.is_empty() && bridges.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "left over: {channels:#?} {bridges:#?}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Waits for what must come.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    match timeout(SOON, future).await {
        Ok(output) => output,
        Err(_) => panic!("{what} did not come within {SOON:?}"),
    }
}
