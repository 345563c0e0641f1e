//! Sixty-four tasks that write at once.

use std::collections::HashSet;

use evatel_core::{audit::Origin, contact::ContactOwner, limit::LimitOwner, policy::LedgerError};
use evatel_store::{AccountChange, Error, LimitsChange, NewContact, NewDevice, NewUser, Scope, Store};
use jiff::Timestamp;
use rstest::rstest;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
    smart_number,
};

/// Runs `work` in 64 tasks at once and gives what each returned.
async fn crowd<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    store: &Store,
    work: impl Fn(Store, usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..64).map(|n| tokio::spawn(work(store.clone(), n))).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

/// Tries again what is only busy: this crowd may wait longer for a connection than one of ours would.
macro_rules! patiently {
    ($work:expr) => {
        loop {
            match $work.await {
                Err(error) if Error::is_transient(&error) => {}
                done => break done,
            }
        }
    };
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_all_want_gets_one_owner(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (trunk, account) = (house.trunk().await, house.account.id.clone());
    let before = house.store.revision().await.unwrap();
    let (inside, seller) = (house.inside().await, house.seller().await);
    let reseller = house.account.reseller.clone();
    let owners = crowd(&house.store, |_, n| {
        let (trunk, account, inside) = (trunk.clone(), account.clone(), inside.clone());
        let (seller, reseller) = (seller.clone(), reseller.clone());
        async move {
            let new = NewUser {
                account,
                extension: format!("{}", 4000 + n).parse().unwrap(),
                name: format!("User {n}").parse().unwrap(),
            };
            let user = patiently!(inside.add_user(new.clone())).unwrap().id;
            // Eight numbers, each wanted by eight.
            let new = smart_number(&format!("+1514555010{}", n % 8), &trunk, &user);
            match patiently!(seller.add_number(&reseller, new.clone())) {
                Ok(added) => Some((added.record.number, user)),
                Err(Error::NumberTaken { .. }) => None,
                Err(other) => panic!("{other}"),
            }
        }
    })
    .await;
    let owners: HashSet<_> = owners.into_iter().flatten().collect();
    assert_eq!(owners.len(), 8);
    let stored = house.store.dids(&Scope::system()).await.unwrap();
    let stored: HashSet<_> = stored
        .into_iter()
        .map(|did| (did.number, did.target.user().clone()))
        .collect();
    assert_eq!(stored, owners);
    assert_eq!(
        house.store.revision().await.unwrap(),
        before + 64 + 8,
        "each change was counted"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_limit_is_exceeded_while_it_changes(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (account, system) = (house.account.id.clone(), house.system());
    let taken = crowd(&house.store, |store, n| {
        let (account, system) = (account.clone(), system.clone());
        async move {
            if n % 16 == 0 {
                let change = AccountChange {
                    max_legs: Some(20),
                    ..AccountChange::default()
                };
                patiently!(system.change_account(&account, change.clone())).unwrap();
            }
            let ledger = store.ledger(format!("node-{}", n % 4));
            loop {
                match ledger.take(&account).await {
                    Ok(id) => return Some(id),
                    Err(LedgerError::Full { max }) => {
                        assert!([10, 20].contains(&max));
                        return None;
                    }
                    // Busy: again.
                    Err(LedgerError::Away(_)) => {}
                    Err(limit @ (LedgerError::Limit { .. } | LedgerError::TrunkFull { .. })) => {
                        panic!("no limit is set: {limit}")
                    }
                }
            }
        }
    })
    .await;
    let taken: Vec<_> = taken.into_iter().flatten().collect();
    let ledger = house.store.ledger("node-0");
    let active = ledger.active_legs(&account).await.unwrap();
    assert_eq!(active as usize, taken.len());
    assert!((10..=20).contains(&active), "{active} legs");

    // Each is given back by two at once.
    crowd(&house.store, |store, n| {
        let id = taken.get(n / 2).cloned();
        async move {
            if let Some(id) = id {
                let ledger = store.ledger("node-0");
                patiently!(ledger.give_back(&id)).unwrap();
            }
        }
    })
    .await;
    assert_eq!(ledger.active_legs(&account).await.unwrap(), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_fields_at_once_are_all_kept(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (account, user, system) = (house.account.id.clone(), house.user.id.clone(), house.system());
    let inside = house.inside().await;
    crowd(&house.store, |_store, n| {
        let (account, user, system, inside) = (account.clone(), user.clone(), system.clone(), inside.clone());
        async move {
            let change = match n % 2 {
                0 => AccountChange {
                    records_calls: Some(true),
                    ..AccountChange::default()
                },
                _ => AccountChange {
                    max_legs: Some(42),
                    ..AccountChange::default()
                },
            };
            patiently!(system.change_account(&account, change.clone())).unwrap();
            let new = NewContact::new(
                format!("Contact {n}").parse().unwrap(),
                "+15145550142".parse().unwrap(),
                ContactOwner::User(user),
            );
            patiently!(inside.add_contact(new.clone())).unwrap();
        }
    })
    .await;
    let changed = house.store.default_account().await.unwrap();
    assert!(changed.records_calls);
    house.store.ledger("node-1").take(&account).await.unwrap();
    assert_eq!(house.store.contacts(&Scope::system()).await.unwrap().len(), 64);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_bought_limited_and_taken_at_once_adds_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (trunk, account, user) = (
        house.trunk().await,
        house.account.id.clone(),
        house.user.id.clone(),
    );
    let roomy = AccountChange {
        max_legs: Some(1_000),
        ..AccountChange::default()
    };
    house.system().change_account(&account, roomy).await.unwrap();
    let before = house.store.revision().await.unwrap();
    let now: Timestamp = "2026-11-26T17:00:00Z".parse().unwrap();
    let (root, seller) = (house.system(), house.seller().await);
    let reseller = house.account.reseller.clone();
    let done = crowd(&house.store, |store, n| {
        let (trunk, account, user) = (trunk.clone(), account.clone(), user.clone());
        let (root, seller, reseller) = (root.clone(), seller.clone(), reseller.clone());
        async move {
            let change = LimitsChange {
                toll_legs: Some(Some([12, 20][n % 2])),
                // No two are the same, so that each is a change.
                legs_a_minute: Some(u32::try_from(1_000 + n).ok()),
                ..LimitsChange::default()
            };
            let owner = LimitOwner::Account(account.clone());
            patiently!(root.change_limits(&owner, change.clone())).unwrap();
            let new = smart_number(&format!("+1514555010{}", n % 8), &trunk, &user);
            let bought = match patiently!(seller.add_number(&reseller, new.clone())) {
                Ok(_) => true,
                Err(Error::NumberTaken { .. }) => false,
                Err(other) => panic!("{other}"),
            };
            // As a call does that is decided with the limits of this moment.
            let limits = patiently!(root.limits(&LimitOwner::System)).unwrap();
            let ledger = store.ledger(format!("node-{}", n % 4));
            loop {
                match ledger.claim(&account, &limits, 0, now).await {
                    Ok(id) => return (bought, Some(id)),
                    Err(LedgerError::Limit { .. }) => return (bought, None),
                    // Busy: again.
                    Err(LedgerError::Away(_)) => {}
                    Err(full @ (LedgerError::Full { .. } | LedgerError::TrunkFull { .. })) => {
                        panic!("there is room: {full}")
                    }
                }
            }
        }
    })
    .await;
    assert_eq!(done.iter().filter(|(bought, _)| *bought).count(), 8);
    assert_eq!(house.store.dids(&Scope::system()).await.unwrap().len(), 8);
    assert_eq!(
        house.store.revision().await.unwrap(),
        before + 64 + 8,
        "each change was counted"
    );
    let taken: Vec<_> = done.into_iter().filter_map(|(_, taken)| taken).collect();
    assert!((12..=20).contains(&taken.len()), "{} legs", taken.len());
    assert_eq!(house.store.check().await.unwrap().faults, []);

    // Each is given back by two at once.
    crowd(&house.store, |store, n| {
        let id = taken.get(n / 2).cloned();
        async move {
            if let Some(id) = id {
                patiently!(store.ledger("node-0").give_back(&id)).unwrap();
            }
        }
    })
    .await;
    assert_eq!(house.store.check().await.unwrap().faults, []);
    let active = house.store.ledger("node-0").active_legs(&account).await.unwrap();
    assert_eq!(active, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn devices_that_come_while_the_key_changes_all_open_with_the_new_one(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let both = house.keys.with_new().unwrap();
    let user = house.user.id.clone();
    let inside = house.inside().await.actor().clone();
    let added = crowd(&house.store, |store, n| {
        let (old, both, user) = (house.keys.clone(), both.clone(), user.clone());
        let inside = inside.clone();
        async move {
            if n == 32 {
                patiently!(store.rotate_secrets(both.clone())).unwrap();
                return 0;
            }
            // Half of them have read the file of keys before the new one was in it.
            let store = store.with_keys(if n % 2 == 0 { old } else { both });
            let new = NewDevice::new(format!("Device {n}").parse().unwrap(), user);
            let inside = store.acting_as(inside, Origin::CommandLine);
            match patiently!(inside.add_device(new.clone())) {
                Ok(_) => 1,
                Err(Error::KeyMissing { .. }) if n % 2 == 0 => 0,
                Err(other) => panic!("{other}"),
            }
        }
    })
    .await;
    let store = house.store.clone().with_keys(both.without_old());
    let credentials = store.device_credentials().await.unwrap();
    assert_eq!(credentials.len(), added.into_iter().sum::<usize>());
    assert!(credentials.len() >= 32);
}
