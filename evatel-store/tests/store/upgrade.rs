//! Databases of older versions.

use evatel_core::{
    account::{AccountStatus, Language},
    audit::Origin,
    permission::Actor,
    restriction::RestrictionOwner,
};
use evatel_store::{AccountChange, Keys, NewAccount, Scope, Store, Target};
use rstest::rstest;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::house::{
    Kind::{self, Postgres, Sqlite},
    Place, migrations, script, system,
};

/// A place with the schema that a version knew which had these migrations, made as that version made it.
async fn place_before(last: &str, kind: Kind) -> Place {
    let place = Place::empty(kind).await;
    place
        .run_sql(
            "CREATE TABLE __diesel_schema_migrations (
                 version VARCHAR(50) PRIMARY KEY NOT NULL,
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
             )",
        )
        .await;
    for version in migrations("sqlite")
        .iter()
        .filter(|version| version.as_str() < last)
    {
        place.run_sql(&script(version, "up", kind)).await;
        let ran = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')");
        place.run_sql(&ran).await;
    }
    place
}

const SEALED: &str = "20261126025000";
const DIGEST: &str = "a49e4e7cc03495581776a97714a9b37b";

/// What a version without sealed secrets had: a device with its restriction, and one of its user.
async fn with_a_device(kind: Kind) -> Place {
    let place = place_before(SEALED, kind).await;
    place
        .run_sql(&format!(
            "INSERT INTO resellers (id, name, is_default) VALUES ('res-a', 'A', true);
             INSERT INTO accounts (id, reseller_id, name, kind, status, language, records_calls, is_default)
                 VALUES ('acc-a', 'res-a', 'A', 'professional', 'active', 'fr', false, true);
             INSERT INTO users (id, account_id, name, extension) VALUES ('usr-a', 'acc-a', 'A', '101');
             INSERT INTO devices (id, user_id, name, ha1) VALUES ('dev-a', 'usr-a', 'Bureau', '{DIGEST}');
             INSERT INTO restrictions (id, name, device_id, set_by, matches, effect)
                 VALUES ('rst-a', 'Pas de 900', 'dev-a', 'device', 'class:premium', 'deny');
             INSERT INTO restrictions (id, name, user_id, set_by, matches, effect)
                 VALUES ('rst-b', 'Pas de 900', 'usr-a', 'user', 'class:premium', 'deny');"
        ))
        .await;
    place
}

async fn restrictions(store: &Store) -> Vec<String> {
    let all = system(store).restrictions(&Target::System).await.unwrap();
    all.iter().map(|one| one.id.to_string()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_device_keeps_its_restrictions_when_its_secret_is_sealed(#[values(Sqlite, Postgres)] kind: Kind) {
    let place = with_a_device(kind).await;
    let store = Store::open(&place.url).await.unwrap();
    let ran = store.migrate().await.unwrap();
    assert_eq!(ran[0], SEALED);
    assert_eq!(restrictions(&store).await, ["rst-a", "rst-b"]);
    let of_device = system(&store)
        .restrictions(&Target::System)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        of_device.owner,
        RestrictionOwner::Device("dev-a".parse().unwrap())
    );

    let store = store.with_keys(Keys::generate().unwrap());
    assert_eq!(store.seal_plain_secrets().await.unwrap(), 1);
    let credentials = store.device_credentials().await.unwrap();
    assert_eq!(credentials[0].ha1.expose_secret(), DIGEST);
    // The reference is still one: a device takes its restrictions with it, and no others.
    let account = Target::Account("acc-a".parse().unwrap());
    let inside = system(&store).enter(&account).await.unwrap();
    inside.remove_device(&"dev-a".parse().unwrap()).await.unwrap();
    assert_eq!(restrictions(&store).await, ["rst-b"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn going_back_loses_sealed_devices_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let place = with_a_device(kind).await;
    place.run_sql(&script(SEALED, "up", kind)).await;
    place
        .run_sql(
            "INSERT INTO devices (id, user_id, name, secret) VALUES ('dev-b', 'usr-a', 'Salon', 'k1.0.0');
             INSERT INTO restrictions (id, name, device_id, set_by, matches, effect)
                 VALUES ('rst-c', 'Pas de 900', 'dev-b', 'device', 'class:premium', 'deny');",
        )
        .await;
    place.run_sql(&script(SEALED, "down", kind)).await;

    let store = Store::open(&place.url).await.unwrap();
    assert_eq!(store.migrate().await.unwrap()[0], SEALED);
    let devices = store.devices(&Scope::system()).await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].id.as_str(), "dev-a");
    assert_eq!(restrictions(&store).await, ["rst-a", "rst-b"]);
}

/// What the first version had: an account that may be called and one that may not.
async fn of_the_first_version(kind: Kind) -> Place {
    let place = place_before("20261124", kind).await;
    place
        .run_sql(
            "INSERT INTO resellers (id, name, is_default) VALUES ('res-a', 'A', true);
             INSERT INTO accounts (id, reseller_id, name, kind, status, language, records_calls, is_default)
                 VALUES ('acc-a', 'res-a', 'A', 'professional', 'active', 'fr', true, true),
                     ('acc-b', 'res-a', 'B', 'company', 'suspended', 'en', false, false);
             INSERT INTO users (id, account_id, name, extension) VALUES ('usr-a', 'acc-a', 'A', '101');
             UPDATE meta SET revision = 7",
        )
        .await;
    place
}

async fn states(store: &Store) -> Vec<(String, AccountStatus)> {
    let all = store.accounts(&Scope::system()).await.unwrap();
    all.into_iter()
        .map(|one| (one.id.to_string(), one.status))
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_the_first_version_can_be_closed_and_new_ones_begin_on_trial(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let place = of_the_first_version(kind).await;
    let closed = "UPDATE accounts SET status = 'closed' WHERE id = 'acc-b'";
    assert!(
        place.try_sql(closed).await.is_err(),
        "the first version knew two states"
    );
    let store = Store::open(&place.url).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(
        states(&store).await,
        [
            ("acc-a".into(), AccountStatus::Active),
            ("acc-b".into(), AccountStatus::Suspended)
        ]
    );
    let kept = store.default_account().await.unwrap();
    assert!(kept.records_calls && kept.language == Language::Fr);
    assert_eq!(store.default_user().await.unwrap().id.as_str(), "usr-a");

    let system = store.acting_as(Actor::system("root".parse().unwrap()), Origin::CommandLine);
    let change = AccountChange {
        status: Some(AccountStatus::Closed),
        ..AccountChange::default()
    };
    let changed = system.change_account(&"acc-b".parse().unwrap(), change).await;
    assert_eq!(changed.unwrap().status, AccountStatus::Closed);
    let new = NewAccount {
        reseller: "res-a".parse().unwrap(),
        name: "C".parse().unwrap(),
        kind: kept.kind,
        language: Language::En,
        zone: "America/Toronto".parse().unwrap(),
    };
    assert_eq!(
        system.add_account(new).await.unwrap().status,
        AccountStatus::Trial
    );
    for word in ["'open'", "NULL"] {
        let odd = format!("UPDATE accounts SET status = {word}");
        assert!(place.try_sql(&odd).await.is_err(), "{word}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn going_back_leaves_an_account_that_may_be_called_so_and_no_other(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    const STATES: &str = "20261126026000";
    let place = place_before(STATES, kind).await;
    place.run_sql(&script(STATES, "up", kind)).await;
    place
        .run_sql("INSERT INTO resellers (id, name, is_default) VALUES ('res-a', 'A', true)")
        .await;
    for word in ["active", "closed", "pending", "suspended", "trial"] {
        place
            .run_sql(&format!(
                "INSERT INTO accounts (id, reseller_id, name, kind, status, language, records_calls, is_default)
                     VALUES ('{word}', 'res-a', 'A', 'company', '{word}', 'en', false, false)"
            ))
            .await;
    }
    place.run_sql(&script(STATES, "down", kind)).await;
    assert!(
        place
            .try_sql("UPDATE accounts SET status = 'trial'")
            .await
            .is_err()
    );

    let store = Store::open(&place.url).await.unwrap();
    store.migrate().await.unwrap();
    let open = states(&store).await.into_iter().map(|(id, state)| match state {
        AccountStatus::Active => (id, true),
        AccountStatus::Suspended => (id, false),
        other => panic!("{id} is {other}"),
    });
    let expected = [
        ("active", true),
        ("closed", false),
        ("pending", false),
        ("suspended", false),
        ("trial", true),
    ];
    assert!(open.eq(expected.map(|(id, open)| (id.to_owned(), open))));
}

/// A database that exists does not run it again: what changes is a migration of its own.
#[rstest]
#[case(Sqlite, "475b0e7799884271be9f4d36c33a6889dda2f8b15990e5d991c0f13c951a4d2b")]
#[case(Postgres, "f655b8b43359454f4f633467a3df0aadad57d5e2003e82a140741f7c1f94d5e8")]
fn the_first_migration_stays_as_it_was(#[case] kind: Kind, #[case] digest: &str) {
    let text = script("20261123000000", "up", kind);
    let found: String = Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(found, digest);
}
