//! What trunks carry, exactly, whoever asks at once.

use std::num::NonZeroU32;

use evatel_core::{
    id::{ReservationId, TrunkId},
    itsp::{CapKind, Caps},
    policy::LedgerError,
};
use evatel_store::{AccountChange, StoreLedger, TrunkContract};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

fn noon() -> Timestamp {
    "2026-11-26T17:00:00.4Z".parse().unwrap()
}

/// A house whose account may have more legs than any test takes, with a trunk that may carry so much.
async fn house(calls: Option<u32>, calls_per_second: Option<u32>, kind: Kind) -> (House, TrunkId) {
    let house = House::build(kind).await;
    let trunk = house.trunk().await;
    let change = AccountChange {
        max_legs: Some(1_000),
        ..AccountChange::default()
    };
    house
        .system()
        .change_account(&house.account.id, change)
        .await
        .unwrap();
    limit(&trunk, calls, calls_per_second, &house).await;
    (house, trunk)
}

async fn limit(trunk: &TrunkId, calls: Option<u32>, calls_per_second: Option<u32>, house: &House) {
    let system = house.system();
    let contract = system.trunk_contracts().await.unwrap().remove(0);
    let cap = |cap: Option<u32>| cap.and_then(NonZeroU32::new);
    let contract = TrunkContract {
        trunk: trunk.clone(),
        caps: Caps {
            calls: cap(calls),
            calls_per_second: cap(calls_per_second),
        },
        ..contract
    };
    system.set_trunk_contract(contract).await.unwrap();
}

async fn claim(
    trunk: &TrunkId,
    at: Timestamp,
    house: &House,
    ledger: &StoreLedger,
) -> Result<ReservationId, LedgerError> {
    ledger
        .claim_over(Some(trunk), &house.account.id, &[], 0, at)
        .await
}

fn reached<T>(result: &Result<T, LedgerError>) -> Option<CapKind> {
    match result {
        Err(LedgerError::TrunkFull { cap, .. }) => Some(*cap),
        _ => None,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_64_calls_at_once_a_trunk_carries_as_many_as_it_may(#[values(Sqlite, Postgres)] kind: Kind) {
    let (house, trunk) = house(Some(13), None, kind).await;
    let asked = (0..64).map(|_| {
        let (ledger, account, trunk) = (
            house.store.ledger("node-1"),
            house.account.id.clone(),
            trunk.clone(),
        );
        tokio::spawn(async move { ledger.claim_over(Some(&trunk), &account, &[], 0, noon()).await })
    });
    let mut taken = Vec::new();
    for task in asked.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(reservation) => taken.push(reservation),
            refused => assert_eq!(reached(&refused), Some(CapKind::Calls), "{refused:?}"),
        }
    }
    assert_eq!(taken.len(), 13);
    // Who found the trunk full left nothing behind at his account.
    let ledger = house.store.ledger("node-1");
    assert_eq!(ledger.active_legs(&house.account.id).await.unwrap(), 13);
    assert_eq!(house.store.check().await.unwrap().faults, []);
    ledger.give_back(&taken[0]).await.unwrap();
    ledger.give_back(&taken[0]).await.unwrap();
    let again = claim(&trunk, noon(), &house, &ledger).await;
    assert!(again.is_ok(), "{again:?}");
    let full = claim(&trunk, noon(), &house, &ledger).await;
    assert_eq!(
        reached(&full),
        Some(CapKind::Calls),
        "one place was given back, once"
    );
    // What the contract says is counted towards what is up already.
    limit(&trunk, Some(14), None, &house).await;
    claim(&trunk, noon(), &house, &ledger).await.unwrap();
    let full = claim(&trunk, noon(), &house, &ledger).await;
    assert_eq!(reached(&full), Some(CapKind::Calls));
    limit(&trunk, None, None, &house).await;
    claim(&trunk, noon(), &house, &ledger).await.unwrap();
    assert_eq!(house.store.check().await.unwrap().faults, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn new_calls_over_a_trunk_are_counted_by_the_second(#[values(Sqlite, Postgres)] kind: Kind) {
    let (house, trunk) = house(None, Some(2), kind).await;
    let ledger = house.store.ledger("node-1");
    for _ in 0..2 {
        let one = claim(&trunk, noon(), &house, &ledger).await.unwrap();
        // Given back or not, it was a new call in this second.
        ledger.give_back(&one).await.unwrap();
    }
    let later = |millis| noon() + SignedDuration::from_millis(millis);
    let full = claim(&trunk, later(599), &house, &ledger).await;
    assert_eq!(reached(&full), Some(CapKind::CallsASecond));
    claim(&trunk, later(600), &house, &ledger).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_daemon_had_on_a_trunk_is_swept_and_what_goes_on_stays(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let (house, trunk) = house(Some(2), None, kind).await;
    let dead = house.store.ledger("node-1");
    let goes_on = claim(&trunk, noon(), &house, &dead).await.unwrap();
    claim(&trunk, noon(), &house, &dead).await.unwrap();
    let next = house.store.ledger("node-1");
    assert_eq!(
        next.sweep(noon(), std::slice::from_ref(&goes_on)).await.unwrap(),
        1
    );
    claim(&trunk, noon(), &house, &next).await.unwrap();
    assert!(claim(&trunk, noon(), &house, &next).await.is_err());
    // A trunk that was removed meanwhile counts nothing, and keeps no leg from ending.
    house.system().remove_trunk(&trunk).await.unwrap();
    next.give_back(&goes_on).await.unwrap();
    assert_eq!(house.store.check().await.unwrap().faults, []);
}
