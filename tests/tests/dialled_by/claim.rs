//! `StasisBroadcast`: one call, several daemons.

use std::time::Duration;

use evatel_ari::{
    Ari, ChannelId, EventKind, EventName,
    claim::{Broadcast, Broadcasts, Claim},
    client::Offers,
    op::{
        self,
        channels::{Destination, DialplanPlace, Outgoing},
    },
    router::Signal,
};
use tokio::time::timeout;

use evatel_tests::pbx::Pbx;

use super::pbx::{SOON, asterisk};

/// How `Local/…@default` offers a call: to all, or to those whose names begin with `one`.
const BROADCASTS: &str = "
exten => all,1,StasisBroadcast(20000)
 same => n,UserEvent(After,Status: ${STASISSTATUS})
exten => ones,1,StasisBroadcast(20000,^one.*,sales:urgent,yes)
 same => n,UserEvent(After,Status: ${STASISSTATUS})
exten => short,1,StasisBroadcast(300)
 same => n,Set(GLOBAL(WAS)=${STASISSTATUS})
 same => n,Wait(600)
";

/// A daemon that listens for calls offered to many.
struct Daemon {
    ari: Ari,
    broadcasts: Broadcasts,
    offers: Offers,
}

async fn pbx() -> Pbx {
    asterisk(|files| files.append("extensions.conf", BROADCASTS)).await
}

async fn daemon(app: &str, pbx: &Pbx) -> Daemon {
    let (ari, offers) = pbx.connect(app).await.unwrap();
    Daemon {
        broadcasts: Broadcasts::follow(&ari),
        ari,
        offers,
    }
}

impl Daemon {
    async fn offered(&mut self) -> Broadcast {
        timeout(SOON, self.broadcasts.next())
            .await
            .expect("a call is offered")
            .unwrap()
    }

    async fn claims(&self, broadcast: &Broadcast) -> Claim {
        broadcast.claim(SOON, &self.ari).await.unwrap()
    }
}

/// A call to one of the extensions; its other half waits.
async fn call(extension: &str, ari: &Ari) {
    let id = ChannelId::from(ari.mark().fresh("caller"));
    let waits = Destination::Dialplan(DialplanPlace::new("default", "hold"));
    let call = Outgoing::to(format!("Local/{extension}@default"), waits);
    ari.send(op::channels::originate(&id, &call)).await.unwrap();
}

#[tokio::test]
async fn claim_success_the_call_comes_to_who_claims_it_with_the_dialplans_arguments() {
    let pbx = pbx().await;
    let mut one = daemon("one", &pbx).await;
    call("ones", &one.ari).await;
    let offered = one.offered().await;
    assert_eq!(offered.called.as_deref(), Some("ones"));
    let Claim::Won(mut call) = one.claims(&offered).await else {
        panic!("nobody else was there")
    };
    assert_eq!(call.channel.id, offered.channel.id);
    assert_eq!(call.args, ["sales", "urgent"]);
    assert_eq!(call.app.as_str(), "one");

    // The stream is the call's from here on, and nobody else was offered it.
    one.ari
        .send(op::channels::answer(&call.channel.id))
        .await
        .unwrap();
    one.ari
        .hangup(&call.channel.id, evatel_core::calls::HangupCause::Normal)
        .await
        .unwrap();
    loop {
        match timeout(SOON, call.events.next()).await.expect("the call ends") {
            Some(Signal::Event(event)) if event.is(EventName::StasisEnd) => break,
            Some(_) => {}
            None => panic!("the stream ended before"),
        }
    }
    assert!(timeout(Duration::ZERO, one.offers.next()).await.is_err());
}

#[tokio::test]
async fn claim_already_taken_of_several_daemons_one_wins_and_the_others_lose() {
    let pbx = pbx().await;
    let mut daemons = Vec::new();
    for app in ["one", "two", "three"] {
        daemons.push(daemon(app, &pbx).await);
    }
    call("all", &daemons[0].ari).await;
    let mut claims = Vec::new();
    for daemon in &mut daemons {
        claims.push((daemon.ari.clone(), daemon.offered().await));
    }
    let (mut won, mut lost) = (0, 0);
    let outcomes =
        futures_util::future::join_all(claims.iter().map(|(ari, offered)| offered.claim(SOON, ari)));
    for outcome in outcomes.await {
        match outcome.unwrap() {
            Claim::Won(_) => won += 1,
            Claim::Lost => lost += 1,
            Claim::TooLate => panic!("the offer was still open"),
        }
    }
    assert_eq!((won, lost), (1, 2));
}

#[tokio::test]
async fn claim_filter_who_does_not_fit_is_not_asked_and_who_fits_is_told_who_won() {
    let pbx = pbx().await;
    let (mut one, two) = (daemon("one-a", &pbx).await, daemon("two", &pbx).await);
    let mut told = one.ari.all_events();
    let mut others = two.ari.all_events();
    call("ones", &two.ari).await;
    let offered = one.offered().await;
    let Claim::Won(call) = one.claims(&offered).await else {
        panic!("nobody else was asked")
    };
    loop {
        let event = timeout(SOON, told.recv())
            .await
            .expect("who won is told")
            .unwrap();
        if let EventKind::CallClaimed { channel, winner_app } = event.kind() {
            assert_eq!((&channel.id, winner_app.as_str()), (&call.channel.id, "one-a"));
            break;
        }
    }
    // What comes to the other after an event of its own would have come before it.
    two.ari
        .send(op::events::raise("fence", "two", &[], &serde_json::json!({})))
        .await
        .unwrap();
    loop {
        let event = timeout(SOON, others.recv()).await.expect("the fence").unwrap();
        assert!(
            !event.is(EventName::CallBroadcast) && !event.is(EventName::CallClaimed),
            "{}",
            event.raw()
        );
        if event.is(EventName::ChannelUserevent) {
            break;
        }
    }
}

#[tokio::test]
async fn claim_timeout_unclaimed_the_call_goes_on_in_the_dialplan_and_a_late_claim_is_told_so() {
    let pbx = pbx().await;
    let mut one = daemon("one", &pbx).await;
    call("short", &one.ari).await;
    let offered = one.offered().await;
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let was = one.ari.send(op::asterisk::variable("WAS")).await.unwrap();
        if was.value == "TIMEOUT" {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "`{}`", was.value);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(matches!(one.claims(&offered).await, Claim::TooLate));
}
