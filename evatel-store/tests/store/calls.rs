//! The call log, the ledger and PINs.

use std::collections::HashSet;

use evatel_core::{
    calls::{CallRecord, DecisionWord, Direction, HangupCause, LegCause, LegEntry, TranscriptLine},
    policy::LedgerError,
};
use evatel_store::{AccountChange, Error, LOCK, LegFilter, PinVerdict, Scope, WRONG_UNTIL_LOCKED};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

fn entry(house: &House, call: &str, leg: &str, at: &str) -> LegEntry {
    LegEntry {
        call: call.parse().unwrap(),
        leg: leg.parse().unwrap(),
        account: Some(house.account.id.clone()),
        direction: Direction::Outbound,
        from: "dev-1".into(),
        to: "+15145550142".into(),
        cause: LegCause::VoiceAssistant,
        authoriser: "device:dev-1".into(),
        user: Some(house.user.id.clone()),
        decision: DecisionWord::Allow,
        rule: "class-open:canada".into(),
        started_at: at.parse().unwrap(),
        answered_at: None,
        ended_at: None,
        hangup: None,
        recording: None,
    }
}

fn began(entry: &LegEntry) -> CallRecord {
    CallRecord::LegBegan(Box::new(entry.clone()))
}

fn ended(entry: &LegEntry, time: &str, cause: HangupCause) -> CallRecord {
    CallRecord::LegEnded {
        leg: entry.leg.clone(),
        at: at(&format!("2026-11-23T{time}")),
        cause,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_leg_is_logged_to_its_first_end_and_records_are_written_together_or_not_at_all(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let store = &house.store;
    let scope = Scope::account(house.account.id.clone());
    let begun = entry(&house, "call-1", "leg-1", "2026-11-23T03:00:00Z");
    store.write([began(&begun)]).await.unwrap();
    assert!(matches!(
        store
            .write([ended(&begun, "03:01:00Z", HangupCause::Busy), began(&begun)])
            .await,
        Err(Error::Repeated { .. })
    ));
    let later = |leg: &LegEntry| {
        let answered = |time| CallRecord::LegAnswered {
            leg: leg.leg.clone(),
            at: at(time),
        };
        [
            answered("2026-11-23T03:00:05.000001Z"),
            answered("2026-11-23T03:00:06Z"),
            ended(leg, "03:01:00Z", HangupCause::Other(99)),
            ended(leg, "03:02:00Z", HangupCause::Busy),
            CallRecord::Recorded {
                call: leg.call.clone(),
                path: "call-1.wav".into(),
            },
        ]
    };
    store.write(later(&begun)).await.unwrap();
    // The whole life of a leg in one batch comes to the same.
    let at_once = entry(&house, "call-2", "leg-2", "2026-11-23T03:00:00Z");
    let mut records = vec![began(&at_once)];
    records.extend(later(&at_once));
    store.write(records).await.unwrap();

    let expected = |begun: LegEntry| LegEntry {
        answered_at: Some(at("2026-11-23T03:00:05.000001Z")),
        ended_at: Some(at("2026-11-23T03:01:00Z")),
        hangup: Some(HangupCause::Other(99)),
        recording: Some("call-1.wav".into()),
        ..begun
    };
    assert_eq!(
        store.legs(&LegFilter::default(), &scope).await.unwrap(),
        [expected(at_once), expected(begun)]
    );
    let foreign = Scope::account("acc-b".parse().unwrap());
    assert!(
        store
            .legs(&LegFilter::default(), &foreign)
            .await
            .unwrap()
            .is_empty()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_filtered_by_call_decision_time_and_count(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let store = &house.store;
    for (call, leg, time) in [
        ("call-1", "leg-1", "01:00:00Z"),
        ("call-1", "leg-2", "01:00:10Z"),
        ("call-2", "leg-3", "02:00:00Z"),
    ] {
        let mut one = entry(&house, call, leg, &format!("2026-11-23T{time}"));
        if leg == "leg-2" {
            one.decision = DecisionWord::Deny;
        }
        store.write([began(&one)]).await.unwrap();
    }
    let legs = async |filter: LegFilter| {
        let legs = store.legs(&filter, &Scope::system()).await.unwrap();
        legs.into_iter()
            .map(|one| one.leg.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(legs(LegFilter::default()).await, ["leg-3", "leg-2", "leg-1"]);
    assert_eq!(
        legs(LegFilter {
            call: Some("call-1".parse().unwrap()),
            ..Default::default()
        })
        .await,
        ["leg-2", "leg-1"]
    );
    assert_eq!(
        legs(LegFilter {
            decision: Some(DecisionWord::Deny),
            ..Default::default()
        })
        .await,
        ["leg-2"]
    );
    assert_eq!(
        legs(LegFilter {
            since: Some(at("2026-11-23T01:30:00Z")),
            ..Default::default()
        })
        .await,
        ["leg-3"]
    );
    assert_eq!(
        legs(LegFilter {
            limit: Some(1),
            ..Default::default()
        })
        .await,
        ["leg-3"]
    );

    let alive = ["leg-1".parse().unwrap()];
    let now = at("2026-11-23T03:00:00Z");
    assert_eq!(
        store
            .close_open_legs(HangupCause::TemporaryFailure, now, &alive)
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        legs(LegFilter {
            only_open: true,
            ..Default::default()
        })
        .await,
        ["leg-1"]
    );
    assert_eq!(
        store
            .close_open_legs(HangupCause::TemporaryFailure, now, &[])
            .await
            .unwrap(),
        1
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_told_in_the_order_in_which_it_happened_and_only_to_its_account(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let store = &house.store;
    let begun = entry(&house, "call-1", "leg-1", "2026-11-23T03:00:00Z");
    store.write([began(&begun)]).await.unwrap();
    let line = |who: &str, text: &str| TranscriptLine {
        at: begun.started_at,
        who: who.into(),
        text: text.into(),
    };
    let lines = [
        line("assistant", "Bonjour."),
        line("caller", "Appelle Marie Tremblay."),
    ];
    let record = |line: &TranscriptLine| CallRecord::Line {
        call: begun.call.clone(),
        line: line.clone(),
    };
    store.write(lines.each_ref().map(record)).await.unwrap();
    assert_eq!(
        store
            .transcript(&begun.call, &Scope::account(house.account.id.clone()))
            .await
            .unwrap(),
        lines
    );
    assert_eq!(
        store.transcript(&begun.call, &Scope::system()).await.unwrap(),
        lines
    );
    assert!(
        store
            .transcript(&begun.call, &Scope::account("acc-b".parse().unwrap()))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.write([record(&line("ghost", "?"))]).await.is_err());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_legs_at_once_get_exactly_the_ten_places(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (ledger, account) = (house.store.ledger("node-1"), house.account.id.clone());
            tokio::spawn(async move { ledger.take(&account).await })
        })
        .collect();
    let mut taken = HashSet::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(id) => assert!(taken.insert(id)),
            Err(error) => assert_eq!(error, LedgerError::Full { max: 10 }),
        }
    }
    assert_eq!(taken.len(), 10);

    let ledger = house.store.ledger("node-1");
    assert_eq!(ledger.active_legs(&house.account.id).await.unwrap(), 10);
    let one = taken.iter().next().unwrap();
    ledger.give_back(one).await.unwrap();
    ledger.give_back(one).await.unwrap();
    assert_eq!(
        ledger.active_legs(&house.account.id).await.unwrap(),
        9,
        "a place is given back once"
    );
    ledger.take(&house.account.id).await.unwrap();
    assert_eq!(
        ledger.take(&house.account.id).await,
        Err(LedgerError::Full { max: 10 })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cap_of_the_account_holds_and_a_caller_that_gives_up_leaves_nothing_locked(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let change = AccountChange {
        max_legs: Some(1),
        ..AccountChange::default()
    };
    house
        .system()
        .change_account(&house.account.id, change)
        .await
        .unwrap();
    let ledger = house.store.ledger("node-1");
    for _ in 0..20 {
        // Dropped at its first await, somewhere in the transaction.
        let _ = tokio::time::timeout(
            std::time::Duration::from_micros(50),
            ledger.take(&house.account.id),
        )
        .await;
    }
    ledger.sweep(Timestamp::now(), &[]).await.unwrap();
    // A place whose caller gave up may still come after the sweep; a second one finds it.
    while ledger.take(&house.account.id).await.is_err() {
        ledger.sweep(Timestamp::now(), &[]).await.unwrap();
    }
    assert_eq!(
        ledger.take(&house.account.id).await,
        Err(LedgerError::Full { max: 1 })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_sweeps_what_its_earlier_life_left_and_what_is_too_old(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (dead, alive) = (house.store.ledger("node-1"), house.store.ledger("node-2"));
    dead.take(&house.account.id).await.unwrap();
    dead.take(&house.account.id).await.unwrap();
    let goes_on = dead.take(&house.account.id).await.unwrap();
    alive.take(&house.account.id).await.unwrap();
    let long_ago = Timestamp::now() - SignedDuration::from_hours(4);
    let next = house.store.ledger("node-1");
    let kept = [goes_on.clone()];
    assert_eq!(next.sweep(long_ago, &kept).await.unwrap(), 2);
    assert_eq!(alive.active_legs(&house.account.id).await.unwrap(), 2);
    let later = Timestamp::now() + SignedDuration::from_mins(1);
    assert_eq!(next.sweep(later, &kept).await.unwrap(), 1);
    assert_eq!(alive.active_legs(&house.account.id).await.unwrap(), 1);
    next.give_back(&goes_on).await.unwrap();
    assert_eq!(alive.active_legs(&house.account.id).await.unwrap(), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pins_lock_for_fifteen_minutes_even_for_the_right_one(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (store, user) = (&house.store, &house.user.id);
    let now = at("2026-11-23T03:00:00Z");
    assert_eq!(
        store.check_pin(user, "2580".into(), now).await.unwrap(),
        PinVerdict::Wrong { left: 0 }
    );
    let inside = house.inside().await;
    inside.set_pin(user, "2580".parse().unwrap()).await.unwrap();
    assert!(store.default_user().await.unwrap().has_pin);

    assert_eq!(
        store.check_pin(user, "1111".into(), now).await.unwrap(),
        PinVerdict::Wrong { left: 4 }
    );
    assert_eq!(
        store.check_pin(user, "2580".into(), now).await.unwrap(),
        PinVerdict::Right
    );
    for left in (0..WRONG_UNTIL_LOCKED).rev() {
        assert_eq!(
            store.check_pin(user, "1111".into(), now).await.unwrap(),
            PinVerdict::Wrong { left }
        );
    }
    let until = now + LOCK;
    assert_eq!(
        store.check_pin(user, "2580".into(), now).await.unwrap(),
        PinVerdict::Locked { until }
    );
    let just_before = until - SignedDuration::from_secs(1);
    assert_eq!(
        store.check_pin(user, "2580".into(), just_before).await.unwrap(),
        PinVerdict::Locked { until }
    );
    assert_eq!(
        store.check_pin(user, "2580".into(), until).await.unwrap(),
        PinVerdict::Right
    );

    inside.clear_pin(user).await.unwrap();
    assert!(!store.default_user().await.unwrap().has_pin);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_once_get_no_more_tries_than_one_after_the_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    house
        .inside()
        .await
        .set_pin(&house.user.id, "2580".parse().unwrap())
        .await
        .unwrap();
    let now = at("2026-11-23T03:00:00Z");
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let (store, user) = (house.store.clone(), house.user.id.clone());
            tokio::spawn(async move { store.check_pin(&user, "1111".into(), now).await.unwrap() })
        })
        .collect();
    let mut wrong = 0;
    for task in tasks {
        wrong += usize::from(matches!(task.await.unwrap(), PinVerdict::Wrong { .. }));
    }
    assert_eq!(wrong, usize::from(WRONG_UNTIL_LOCKED));
}
