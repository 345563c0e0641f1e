//! Several trunks: the next carries what the first cannot.

use std::{sync::Arc, time::Duration};

use evatel_ari::sim::Fault;
use evatel_core::{
    route::{ClassSet, RouteRule},
    trunk::Trunk,
};

use crate::{
    call::{Daemon, in_order},
    house::{Memory, records},
    support::APP,
};

const FIRST: &str = "PJSIP/5145550142@t";
const SECOND: &str = "PJSIP/+15145550142@t2";
const CALLED: &str = "+15145550142";

/// Calls go out over `t`, and over `t2` where it does not carry them; Luc dials from his telephone.
async fn dialling() -> Daemon {
    Daemon::start_in(two_ways(), None).await
}

fn two_ways() -> Arc<Memory> {
    let mut records = records(false);
    records.trunks.push(Trunk {
        id: "t2".parse().unwrap(),
        name: "Other".parse().unwrap(),
        peer: "192.0.2.2".parse().unwrap(),
        format: "e164".parse().unwrap(),
    });
    records.routes = [("t", 10), ("t2", 20)]
        .map(|(trunk, priority)| RouteRule {
            id: format!("rte-{trunk}").parse().unwrap(),
            trunk: trunk.parse().unwrap(),
            matches: "prefix:1".parse().unwrap(),
            classes: ClassSet::ordinary(),
            priority,
            weight: 1,
            price_micros: None,
        })
        .into();
    Memory::of(records)
}

impl Daemon {
    fn dial_out(&self) {
        self.asterisk
            .offer("1700.1", "phone", APP, &["device", "phone", "5145550142"]);
    }

    /// The nth leg to the number, once it was asked for, with its endpoint.
    async fn leg_out(&self, nth: usize) -> (String, String) {
        let leg = self.office.rung(CALLED, nth).await;
        let asked = self.asterisk.asked("POST", &format!("/channels/{leg}")).await;
        (leg, asked.param("endpoint").to_owned())
    }
}

#[tokio::test]
async fn what_a_trunk_does_not_carry_goes_over_the_next() {
    // SIP 503, 408 and 500, as Asterisk tells them.
    for (q850, word) in [
        (34, "no-circuit"),
        (18, "no-response"),
        (38, "network-out-of-order"),
    ] {
        let daemon = dialling().await;
        daemon.dial_out();
        let (first, endpoint) = daemon.leg_out(1).await;
        assert_eq!(endpoint, FIRST);
        daemon.asterisk.hangs_up(&first, q850);
        let (second, endpoint) = daemon.leg_out(2).await;
        assert_eq!(endpoint, SECOND);
        // The first gave its place back before the second took its own.
        assert_eq!(daemon.office.places(), (2, 1));
        daemon.asterisk.rings(&second);
        daemon.asterisk.answers(&second);
        daemon.office.told("system: bridged").await;
        daemon.asterisk.hangs_up(&second, 16);
        let story = daemon.over().await;
        in_order(
            &story,
            &[
                &format!("began {first} Outbound to {CALLED} by device:phone: Allow"),
                &format!("ended {first}"),
                &format!("system: `t` does not carry the call ({word}); trying `t2`"),
                &format!("began {second} Outbound to {CALLED} by device:phone: Allow"),
                "system: bridged",
                "ended 1700.1 Normal",
            ],
        );
    }
}

#[tokio::test]
async fn what_the_called_party_says_is_his_answer_and_no_other_trunk_is_tried() {
    // SIP 486, 603, 404 and 480; and what would be of the way, had it not rung.
    for (q850, rings) in [(17, false), (21, false), (1, false), (19, false), (34, true)] {
        let daemon = dialling().await;
        daemon.dial_out();
        let (first, _) = daemon.leg_out(1).await;
        if rings {
            daemon.asterisk.rings(&first);
        }
        daemon.asterisk.hangs_up(&first, q850);
        daemon.asterisk.ended("1700.1").await;
        let story = daemon.over().await;
        let legs = story.iter().filter(|line| line.contains(" Outbound to ")).count();
        assert_eq!(legs, 1, "cause {q850}: {story:#?}");
    }
}

#[tokio::test]
async fn a_trunk_that_is_away_is_passed_over_and_with_all_away_the_caller_is_told_so() {
    let daemon = dialling().await;
    daemon.asterisk.inject(Fault::Unreachable(FIRST.into()));
    daemon.dial_out();
    let (second, endpoint) = daemon.leg_out(2).await;
    assert_eq!(endpoint, SECOND);
    daemon.asterisk.hangs_up(&second, 34);
    daemon.asterisk.ended("1700.1").await;
    let story = daemon.over().await;
    assert_eq!(story.last().unwrap(), "ended 1700.1 NoCircuit");
}

#[tokio::test]
async fn a_trunk_that_says_nothing_is_given_up_while_there_is_another_and_the_last_is_waited_for() {
    let daemon = Daemon::start_with(Duration::from_millis(300), two_ways(), None).await;
    daemon.dial_out();
    let (first, endpoint) = daemon.leg_out(1).await;
    assert_eq!(endpoint, FIRST);
    // Nothing comes of it: it is ended, and the other one dialled.
    let ended = daemon
        .asterisk
        .asked("DELETE", &format!("/channels/{first}"))
        .await;
    assert_eq!(ended.param("reason_code"), "18");
    let (second, endpoint) = daemon.leg_out(2).await;
    assert_eq!(endpoint, SECOND);
    assert_eq!(daemon.office.places(), (2, 1));
    daemon.asterisk.rings(&second);
    daemon.asterisk.answers(&second);
    daemon.office.told("system: bridged").await;
    daemon.asterisk.hangs_up(&second, 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            &format!("ended {first} NoResponse"),
            "system: `t` does not carry the call (no-response); trying `t2`",
            &format!("began {second} Outbound to {CALLED} by device:phone: Allow"),
            "system: bridged",
        ],
    );
}

#[tokio::test]
async fn after_early_media_no_other_trunk_is_tried() {
    let daemon = dialling().await;
    daemon.dial_out();
    let (first, _) = daemon.leg_out(1).await;
    daemon.asterisk.progresses(&first);
    daemon.asterisk.hangs_up(&first, 34);
    daemon.asterisk.ended("1700.1").await;
    let story = daemon.over().await;
    let legs = story.iter().filter(|line| line.contains(" Outbound to ")).count();
    assert_eq!(legs, 1, "{story:#?}");
}
