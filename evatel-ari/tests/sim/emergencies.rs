//! Whoever called 911 is called back by the emergency centre.

use std::sync::Arc;

use evatel_ari::call::TakenOver;
use evatel_core::{calls::LegEntry, screening::ScreeningEntry};

use crate::{
    call::{Daemon, in_order},
    house::{Memory, records},
    support::APP,
};

/// Luc blocks everybody who calls from 438.
fn who_is_blocked() -> Arc<Memory> {
    let mut records = records(false);
    let blocked: ScreeningEntry = serde_json::from_str(
        r#"{"id": "scr", "owner": {"level": "user", "id": "luc"}, "list": "block", "caller": "+1438*"}"#,
    )
    .unwrap();
    records.screening.push(blocked);
    Memory::of(records)
}

impl Daemon {
    /// Luc calls 911, the centre answers and hangs up; gives the entry of its leg as it was while they talked.
    async fn calls_911(&self) -> LegEntry {
        self.asterisk
            .offer("1700.9", "phone", APP, &["device", "phone", "911"]);
        let leg = self.office.rung("911", 1).await;
        self.asterisk.asked("POST", &format!("/channels/{leg}")).await;
        self.asterisk.answers(&leg);
        self.office.told("system: bridged").await;
        let open = self.office.open();
        let entry = open.into_iter().find(|entry| entry.rule == "emergency-always");
        self.asterisk.hangs_up(&leg, 16);
        self.office.told("ended 1700.9").await;
        entry.expect("it has not ended")
    }

    /// The centre calls back: the telephone rings at once, nothing is said to either, and they are joined, as some were
    /// in so many calls before.
    async fn is_called_back(&self, joined_before: usize) {
        self.call_in("1700.1", "5145550199");
        let leg = self.office.rung("phone", 1).await;
        self.asterisk.asked("POST", &format!("/channels/{leg}")).await;
        self.asterisk.rings(&leg);
        self.asterisk.answers(&leg);
        self.office.told("answered 1700.1").await;
        self.office.told_times("system: bridged", joined_before + 1).await;
        self.asterisk.hangs_up("1700.1", 16);
    }
}

#[tokio::test]
async fn the_centre_reaches_whoever_called_it_past_his_list_of_callers_and_the_assistant() {
    let daemon = Daemon::start_in(who_is_blocked(), None).await;
    daemon.call_in("1700.0", "5145550199");
    daemon.office.told("ended 1700.0").await;
    daemon.calls_911().await;
    daemon.is_called_back(1).await;
    // Neither call asks the ledger, which may be away or have no place left.
    assert_eq!(daemon.office.places(), (0, 0));
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "began 1700.0 Inbound to +15145550199 by caller: Deny block-list",
            "ended 1700.9",
            "began 1700.1 Inbound to +15145550199 by caller: Allow emergency-call-back",
            "system: bridged",
        ],
    );
    assert!(
        !story.iter().any(|line| line.starts_with("assistant:")),
        "{story:#?}"
    );
}

#[tokio::test]
async fn a_daemon_that_starts_anew_knows_it_from_the_call_log() {
    let daemon = Daemon::start_in(who_is_blocked(), None).await;
    let entry = daemon.calls_911().await;
    daemon.over().await;
    let taken = TakenOver::default().remembering(vec![entry]);
    let daemon = Daemon::start_taken(taken, who_is_blocked()).await;
    daemon.is_called_back(0).await;
    daemon.over().await;
}
