//! Sessions and API keys.

use std::time::Instant;

use evatel_core::{
    login::LoginName,
    permission::{Action, Matter, Refusal},
};
use evatel_store::{Error, NewApiKey, Owner, SESSION_LENGTH, Target};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    company::{Company, last, origin, password},
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_its_clock_by_a_new_password_and_by_its_logins_end(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let name: LoginName = "root".parse().unwrap();
    let login = house
        .system()
        .add_login(name.clone(), Owner::System, password(&name))
        .await
        .unwrap();
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let (token, until) = house.store.open_session(&login, now).await.unwrap();
    assert_eq!(until, now + SESSION_LENGTH);
    let open = async |token: &SecretString, at| {
        let acting = house.store.in_session(token, origin(), at).await;
        acting.unwrap().is_some()
    };
    assert!(open(&token, now).await);
    assert!(!open(&token, until).await);
    assert!(!open(&"ses-1_0000".into(), now).await);
    house.system().set_password(&name, password(&name)).await.unwrap();
    assert!(!open(&token, now).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_enters_an_account_and_leaves_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let reseller = Owner::Reseller(house.account.reseller.clone());
    let name: LoginName = "nord".parse().unwrap();
    let within = house
        .system()
        .enter(&Target::Reseller(house.account.reseller.clone()))
        .await
        .unwrap();
    let login = within
        .add_login(name.clone(), reseller, password(&name))
        .await
        .unwrap();
    let now = Timestamp::now();
    let (token, _) = house.store.open_session(&login, now).await.unwrap();
    let mut names = Vec::new();
    let entered = house
        .store
        .enter_in_session(&token, &company.target, origin(), now)
        .await
        .unwrap()
        .unwrap();
    names.push(entered.actor().as_whom().is_some());
    let later = house
        .store
        .in_session(&token, origin(), now)
        .await
        .unwrap()
        .unwrap();
    names.push(later.actor().as_whom().is_some());
    house.store.leave_in_session(&token, now).await.unwrap();
    let out = house
        .store
        .in_session(&token, origin(), now)
        .await
        .unwrap()
        .unwrap();
    names.push(out.actor().as_whom().is_some());
    assert_eq!(names, [true, true, false]);
    let told = house.system().audit(&company.target, &last(1)).await.unwrap();
    assert_eq!(
        (told[0].entry.action, told[0].entry.origin),
        (Action::Enter, origin())
    );

    house.store.close_session(&token, now).await.unwrap();
    assert!(
        house
            .store
            .in_session(&token, origin(), now)
            .await
            .unwrap()
            .is_none()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_ten_thousand_keys_each_guess_finds_nobody_and_the_right_one_its_holder(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    const KEYS: usize = 10_000;
    let house = House::build(kind).await;
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let key = NewApiKey {
        name: "billing".parse().unwrap(),
        owner: Owner::User(house.user.id.clone()),
        scope: "users:read".parse().unwrap(),
        life: SignedDuration::from_hours(1),
    };
    let (made, secret) = house.inside().await.add_key(key, now).await.unwrap();
    let (from, to) = (now.as_microsecond(), made.expires_at.as_microsecond());
    let user = house.user.id.as_str();
    let rows: Vec<String> = (1..KEYS)
        .map(|at| format!("('key-{at}', 'K', '{user}', '{at:064x}', 'users:read', {from}, {to})"))
        .collect();
    house
        .run_sql(&format!(
            "INSERT INTO api_keys (id, name, user_id, digest, scope, made_at_us, expires_at_us) VALUES {}",
            rows.join(",")
        ))
        .await;

    let began = Instant::now();
    let (_, right) = secret.expose_secret().split_once('_').unwrap();
    for at in 0..KEYS {
        // The secret of another key, for a key that is there or, for each tenth, for one that is not.
        let guess = if at % 10 == 0 { KEYS + at } else { at };
        let guess = format!("key-{guess}_{right}").into();
        let found = house.store.with_key(&guess, origin(), now).await.unwrap();
        assert!(found.is_none(), "key {at}");
    }
    println!("{KEYS} guesses in {:.1?} on {kind:?}", began.elapsed());
    let holder = house.store.with_key(&secret, origin(), now).await.unwrap();
    assert!(holder.is_some());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_gives_what_its_scope_says_until_it_ends(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let inside = house.system().enter(&company.target).await.unwrap();
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let key = |hours| NewApiKey {
        name: "provisioning".parse().unwrap(),
        owner: Owner::User(company.people[0].id.clone()),
        scope: "users:read".parse().unwrap(),
        life: SignedDuration::from_hours(hours),
    };
    for hours in [0, 24 * 367] {
        assert!(
            matches!(inside.add_key(key(hours), now).await, Err(Error::KeyLife { .. })),
            "{hours}"
        );
    }
    let (made, secret) = inside.add_key(key(1), now).await.unwrap();
    let holder = house
        .store
        .with_key(&secret, origin(), now)
        .await
        .unwrap()
        .unwrap();
    assert!(
        holder
            .may(Action::Read, Matter::Users, &company.target)
            .await
            .is_ok()
    );
    let write = holder.may(Action::Write, Matter::Users, &company.target).await;
    assert!(
        matches!(write, Err(Error::Refused(Refusal::KeyScope { .. }))),
        "{write:?}"
    );
    let listed = inside.keys(&company.target).await.unwrap();
    assert_eq!(
        (listed[0].id.clone(), listed[0].used_at),
        (made.id.clone(), Some(now))
    );

    let ended = house
        .store
        .with_key(&secret, origin(), made.expires_at)
        .await
        .unwrap();
    assert!(ended.is_none());
    inside.revoke_key(&made.id).await.unwrap();
    assert!(
        house
            .store
            .with_key(&secret, origin(), now)
            .await
            .unwrap()
            .is_none()
    );
}
