//! What is told of changes, for good.

use evatel_core::{
    account::Language,
    permission::{Action, Identity, Matter, Refusal},
};
use evatel_store::{AuditFilter, Error, NewApiKey, Owner, Target, UserChange};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use secrecy::ExposeSecret;

use crate::{
    company::{Company, last},
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_from_within_is_told_under_both_names_with_before_and_after(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let zoe = &company.people[2];
    let change = UserChange {
        language: Some(Some(Language::En)),
        ..UserChange::default()
    };
    let direct = house.system().change_user(&zoe.id, change.clone()).await;
    assert!(
        matches!(direct, Err(Error::Refused(Refusal::EnterFirst { .. }))),
        "{direct:?}"
    );
    let inside = house.system().enter(&company.target).await.unwrap();
    inside.change_user(&zoe.id, change.clone()).await.unwrap();
    // The same again changes nothing, and nothing is told.
    inside.change_user(&zoe.id, change).await.unwrap();

    let entries = house.system().audit(&company.target, &last(2)).await.unwrap();
    let [changed, entered] = &entries[..] else {
        panic!("{entries:?}")
    };
    let root = Identity::System {
        name: "root".parse().unwrap(),
    };
    assert_eq!(
        (&changed.entry.who, changed.entry.action, changed.entry.matter),
        (&root, Action::Write, Matter::Users)
    );
    assert!(
        matches!(&changed.entry.as_whom, Some(Identity::Account { .. })),
        "{changed:?}"
    );
    assert_eq!(changed.entry.object, zoe.id.as_str());
    assert_eq!(
        changed.entry.before.as_ref().unwrap().to_string(),
        "language=null"
    );
    assert_eq!(changed.entry.after.as_ref().unwrap().to_string(), "language=en");
    assert_eq!(
        (entered.entry.action, entered.entry.as_whom.is_none()),
        (Action::Enter, true)
    );
    let older = AuditFilter {
        before: Some(entered.key),
        ..last(100)
    };
    let newest = house
        .system()
        .audit(&company.target, &AuditFilter::default())
        .await;
    assert_eq!(
        newest.unwrap()[..2],
        entries[..],
        "without a word said the newest come"
    );
    let rest = house.system().audit(&company.target, &older).await.unwrap();
    assert!(rest.iter().all(|entry| entry.key < entered.key) && !rest.is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_the_audit(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    company.acting(0, &house).await;
    let inside = house.inside().await;
    inside
        .set_pin(&house.user.id, "2580".parse().unwrap())
        .await
        .unwrap();
    let key = NewApiKey {
        name: "billing".parse().unwrap(),
        owner: Owner::System,
        scope: "*:read".parse().unwrap(),
        life: SignedDuration::from_hours(1),
    };
    let (_, secret) = house.system().add_key(key, Timestamp::now()).await.unwrap();
    let told = house.system().audit(&Target::System, &last(100)).await.unwrap();
    let told = serde_json::to_string(&told).unwrap();
    let secret = secret.expose_secret().split_once('_').unwrap().1;
    for hidden in ["chevaux", "2580", "argon2", secret] {
        assert!(!told.contains(hidden), "{hidden} stands in {told}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_to_change_the_audit(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    house.inside().await;
    let before = house.system().audit(&Target::System, &last(100)).await.unwrap();
    assert!(!before.is_empty());
    for statement in [
        "UPDATE audit SET who = '{}'",
        "DELETE FROM audit",
        "INSERT INTO audit (id, at_us, who, standing, action, matter, object, origin)
         SELECT id, at_us, who, standing, action, matter, object, origin FROM audit",
    ] {
        let refused = house.try_sql(statement).await;
        assert!(refused.is_err(), "{statement}");
    }
    if kind == Sqlite {
        let replace =
            "INSERT OR REPLACE INTO audit (id, at_us, who, standing, action, matter, object, origin)
             SELECT id, 0, who, standing, action, matter, object, origin FROM audit";
        assert!(house.try_sql(replace).await.unwrap_err().contains("append-only"));
    } else {
        assert!(house.try_sql("TRUNCATE audit").await.is_err());
    }
    assert_eq!(
        house.system().audit(&Target::System, &last(100)).await.unwrap(),
        before
    );
}
