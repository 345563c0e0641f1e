//! Dialling one or many.

use std::{future::pending, time::Duration};

use evatel_ari::{
    helper::{
        BridgeGuard, Dialling, Keypad, Outcome, Progress, Roster, Rung, keypad::Rules, originate, ring::Miss,
        ring_first, roster::Change,
    },
    op::{self, channels::Outgoing},
};
use evatel_core::calls::HangupCause;

use super::line::{Line, soon};

#[tokio::test]
async fn dialling_ends_with_an_answer_or_with_the_reason_why_there_is_none() {
    let line = Line::start().await;
    let dial = async |extension: &str| {
        let outgoing = line.to(extension);
        let outcome = originate(&outgoing, pending(), &line.ari);
        soon(extension, outcome).await.unwrap()
    };
    let Outcome::Answered(mut leg) = dial("brief").await else {
        panic!("not answered")
    };
    let ending = soon("the end", leg.ended()).await;
    // Of a Local channel whose far half goes first Asterisk may know no cause: 0.
    let cause = ending.cause.unwrap();
    assert!(
        matches!(cause, HangupCause::Normal | HangupCause::Other(0)),
        "{cause:?}"
    );
    assert!(matches!(dial("busy").await, Outcome::Busy));
    assert!(matches!(dial("absent").await, Outcome::NoAnswer));
    match dial("refused").await {
        Outcome::Refused(ending) => assert_eq!(ending.cause, Some(HangupCause::Rejected)),
        other => panic!("{other:?}"),
    }
    let nobody = Outgoing::new("PJSIP/nobody", "helpers");
    match originate(&nobody, pending(), &line.ari).await.unwrap() {
        Outcome::Unreachable { message } => assert!(message.contains("Allocation"), "{message}"),
        other => panic!("{other:?}"),
    }
    line.nothing_is_left().await;
}

#[tokio::test]
async fn who_is_not_answered_in_time_or_gives_up_leaves_nothing_ringing() {
    let line = Line::start().await;
    let mut outgoing = line.to("ring");
    outgoing.timeout = Duration::from_secs(1);
    let outcome = soon("the time-out", originate(&outgoing, pending(), &line.ari)).await;
    assert!(matches!(outcome.unwrap(), Outcome::TimedOut));
    line.nothing_is_left().await;

    let mut dialling = Dialling::start(&line.to("ring"), &line.ari).await.unwrap();
    assert!(matches!(
        soon("ringing", dialling.next()).await,
        Some(Progress::Ringing)
    ));
    assert!(matches!(
        dialling.cancel(HangupCause::Normal).await,
        Outcome::Cancelled
    ));
    line.nothing_is_left().await;

    let dropped = Dialling::start(&line.to("ring"), &line.ari).await.unwrap();
    drop(dropped);
    line.nothing_is_left().await;
}

#[tokio::test]
async fn a_leg_is_dialled_inside_a_bridge_and_told_ringing_early_media_and_answer() {
    let line = Line::start().await;
    let bridge = BridgeGuard::new(line.ari.mark().fresh("bridge").into(), &line.ari);
    line.ari
        .send(op::bridges::create(bridge.id(), "early"))
        .await
        .unwrap();
    let mut roster = Roster::open(bridge.id(), &line.ari).await.unwrap();
    for (extension, first) in [("late", "Ringing"), ("early", "EarlyMedia")] {
        let mut dialling = Dialling::into_bridge(&line.to(extension), bridge.id(), &line.ari)
            .await
            .unwrap();
        let id = dialling.channel().clone();
        assert_eq!(
            soon("a member", roster.next()).await,
            Some(Change::Joined(id.clone()))
        );
        let step = soon("progress", dialling.next()).await;
        assert!(format!("{step:?}").contains(first), "{step:?}");
        let outcome = soon("the answer", dialling.outcome()).await;
        let Outcome::Answered(leg) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(roster.members().contains(&id));
        drop(leg);
        assert_eq!(
            soon("the member's end", roster.next()).await,
            Some(Change::Left(id))
        );
    }
    let busy = Dialling::into_bridge(&line.to("busy"), bridge.id(), &line.ari).await;
    let outcome = soon("busy", busy.unwrap().outcome()).await;
    assert!(matches!(outcome, Outcome::Busy), "{outcome:?}");
    drop(bridge);
    line.nothing_is_left().await;
}

#[tokio::test]
async fn of_many_the_first_that_confirms_takes_the_call() {
    let line = Line::start().await;
    let called = ["busy", "hold", "ring", "keys1"].map(|extension| line.to(extension));
    let rung = ring_first(
        &called,
        async |_, leg| {
            let mut keys = Keypad::open(leg.id(), &line.ari).await.ok()?;
            let pressed = keys.collect(&Rules::one(Duration::from_secs(10))).await;
            (pressed.digits == "1").then_some(leg)
        },
        &line.ari,
    );
    let Rung::Taken { index, leg } = soon("somebody", rung).await else {
        panic!("nobody took it")
    };
    assert_eq!(index, 3);
    drop(leg);
    line.nothing_is_left().await;

    let mut called = ["busy", "ring", "late"].map(|extension| line.to(extension));
    called[1].timeout = Duration::from_secs(1);
    let rung = ring_first(&called, async |_, _| None, &line.ari);
    let Rung::NobodyTook(misses) = soon("the end", rung).await else {
        panic!("somebody took it")
    };
    assert!(
        matches!(
            &misses[..],
            [
                Miss::Unanswered(Outcome::Busy),
                Miss::Unanswered(Outcome::TimedOut),
                Miss::Declined
            ]
        ),
        "{misses:?}"
    );
    line.nothing_is_left().await;
}
