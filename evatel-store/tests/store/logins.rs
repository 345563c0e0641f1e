//! Passwords, and how often one may be wrong.

use evatel_core::{
    account::{AccountStatus, rules::Broken},
    login::{FIRST_LOCK, LoginName},
};
use evatel_store::{AccountChange, Error, LoginVerdict, Owner};
use jiff::Timestamp;
use rstest::rstest;

use crate::{
    company::password,
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_lock_longer_each_time_and_the_right_one_opens_again(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let name: LoginName = "root".parse().unwrap();
    let login = house
        .system()
        .add_login(name.clone(), Owner::System, password(&name))
        .await
        .unwrap();
    let mut now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let wrong = |now| house.store.log_in(&name, "wrong".into(), now);
    for _ in 0..4 {
        assert_eq!(wrong(now).await.unwrap(), LoginVerdict::Wrong);
    }
    let until = now + FIRST_LOCK;
    assert_eq!(wrong(now).await.unwrap(), LoginVerdict::Locked { until });
    let right = |now| {
        house
            .store
            .log_in(&name, "quatre chevaux bleus en hiver".into(), now)
    };
    assert_eq!(
        right(now).await.unwrap(),
        LoginVerdict::Locked { until },
        "not even the right one"
    );
    now = until;
    let until = now + FIRST_LOCK * 2;
    assert_eq!(wrong(now).await.unwrap(), LoginVerdict::Locked { until });
    now = until;
    assert!(matches!(right(now).await.unwrap(), LoginVerdict::Right(found) if found.id == login.id));
    assert_eq!(
        wrong(now).await.unwrap(),
        LoginVerdict::Wrong,
        "the count begins anew"
    );

    for _ in 0..4 {
        wrong(now).await.unwrap();
    }
    assert!(matches!(right(now).await.unwrap(), LoginVerdict::Locked { .. }));
    house.system().unlock_login(&name).await.unwrap();
    assert!(matches!(right(now).await.unwrap(), LoginVerdict::Right(_)));
    let nobody: LoginName = "nobody".parse().unwrap();
    assert_eq!(
        house.store.log_in(&nobody, "x".into(), now).await.unwrap(),
        LoginVerdict::Wrong
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn passwords_tried_at_once_get_no_more_tries_than_one_after_the_other(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let name: LoginName = "root".parse().unwrap();
    house
        .system()
        .add_login(name.clone(), Owner::System, password(&name))
        .await
        .unwrap();
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let tries: Vec<_> = (0..12)
        .map(|_| {
            let (store, name) = (house.store.clone(), name.clone());
            tokio::spawn(async move { store.log_in(&name, "wrong".into(), now).await.unwrap() })
        })
        .collect();
    let mut wrong = 0;
    for task in tries {
        wrong += usize::from(task.await.unwrap() == LoginVerdict::Wrong);
    }
    assert_eq!(
        wrong, 4,
        "the fifth locks, and those after it are not even compared"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_default_account_keeps_its_last_login(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let inside = house.inside().await;
    let names: [LoginName; 2] = ["luc-1".parse().unwrap(), "luc-2".parse().unwrap()];
    for name in &names {
        let owner = Owner::User(house.user.id.clone());
        inside
            .add_login(name.clone(), owner, password(name))
            .await
            .unwrap();
    }
    inside.remove_login(&names[0]).await.unwrap();
    assert!(matches!(
        inside.remove_login(&names[1]).await,
        Err(Error::LastLogin { .. })
    ));
    let closing = AccountChange {
        status: Some(AccountStatus::Closed),
        ..AccountChange::default()
    };
    let closed = house.system().change_account(&house.account.id, closing).await;
    assert!(
        matches!(closed, Err(Error::Broken(Broken::Default { .. }))),
        "{closed:?}"
    );
}
