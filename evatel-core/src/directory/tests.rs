//! A directory that was changed step by step answers as the naive oracle does from the rows alone.

mod oracle;
mod world;

use proptest::prelude::*;

use super::*;
use world::{BYTES, difference, world};

#[track_caller]
fn check(directory: &Directory, records: &Records) {
    let (given, expected) = (oracle::given(directory), oracle::expected(records));
    for (given, expected) in given.iter().zip(&expected) {
        assert_eq!(given, expected);
    }
    assert_eq!(given.len(), expected.len());
    assert_eq!(directory.records(), sorted(records));
}

/// Rows by their keys, as [`Directory::records`] gives them.
fn sorted(records: &Records) -> Records {
    let mut records = records.clone();
    records.sort();
    records
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn after_any_changes_the_directory_is_the_one_of_the_rows(
        mut bytes in prop::collection::vec(any::<u8>(), BYTES),
        changes in prop::collection::vec(prop::collection::vec((0..BYTES, any::<u8>()), 1..12), 1..10),
    ) {
        let mut records = world(&bytes);
        let mut directory = Directory::new(records.clone(), 1).unwrap();
        check(&directory, &records);
        for (changes, revision) in changes.into_iter().zip(2..) {
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            let before = (directory.clone(), records.clone());
            records = world(&bytes);
            directory = directory.with(difference(&before.1, &records), revision).unwrap();
            check(&directory, &records);
            // Who still works with the one of before sees nothing of it.
            check(&before.0, &before.1);
            prop_assert_eq!((before.0.revision(), directory.revision()), (revision - 1, revision));
        }
    }
}

/// A world in which everything is there.
fn full() -> (Records, Directory) {
    let records = world(&[1; BYTES]);
    let directory = Directory::new(records.clone(), 1).unwrap();
    (records, directory)
}

fn refused(directory: &Directory, patch: Patch) -> String {
    directory.with(patch, 2).unwrap_err().to_string()
}

#[test]
fn what_points_to_nothing_is_refused_with_both_ends() {
    let (records, directory) = full();
    let mut user = records.users[0].clone();
    user.account = "a-none".parse().unwrap();
    let patch = Patch {
        users: vec![user].into(),
        ..Patch::default()
    };
    let error = refused(&directory, patch);
    assert_eq!(
        error,
        "user `u0` points to account `a-none`, which does not exist"
    );

    let patch = Patch {
        limits: vec![(
            crate::limit::LimitOwner::User("u-none".parse().unwrap()),
            records.limits.first().cloned(),
        )],
        ..Patch::default()
    };
    let error = refused(&directory, patch);
    assert_eq!(error, "limits points to user `u-none`, which does not exist");
}

#[test]
fn what_others_point_to_does_not_go_before_them() {
    let (records, directory) = full();
    let gone = |patch: &mut Patch| {
        patch.users.gone = vec![records.dids[0].target.user().clone()];
    };
    let mut patch = Patch::default();
    gone(&mut patch);
    let error = refused(&directory, patch);
    assert!(error.starts_with("device `d"), "{error}");

    let mut patch = Patch::default();
    gone(&mut patch);
    patch.devices.gone = records.devices.iter().map(|row| row.id.clone()).collect();
    let error = refused(&directory, patch);
    assert!(error.starts_with("did `+1514555"), "{error}");

    let mut patch = Patch::default();
    patch.accounts.gone = vec![records.users[0].account.clone()];
    assert!(refused(&directory, patch).starts_with("user `u"));

    let mut patch = Patch::default();
    patch.resellers.gone = vec![records.accounts[0].reseller.clone()];
    assert!(refused(&directory, patch).starts_with("account `a"));
}

#[test]
fn users_may_exchange_extensions_in_one_change() {
    let (mut records, directory) = full();
    records.users.truncate(2);
    let [one, other] = records.users.as_mut_slice() else {
        panic!("two users");
    };
    other.account = one.account.clone();
    std::mem::swap(&mut one.extension, &mut other.extension);
    let (account, expected) = (one.account.clone(), [one.clone(), other.clone()]);
    let patch = Patch {
        users: records.users.into(),
        ..Patch::default()
    };
    let directory = directory.with(patch, 2).unwrap();
    for user in &expected {
        assert_eq!(directory.extension(&account, &user.extension), Some(user));
    }
}
