//! Databases of older versions.

use evatel_core::restriction::RestrictionOwner;
use evatel_store::{Keys, Scope, Store};
use rstest::rstest;
use secrecy::ExposeSecret;

use crate::house::{
    Kind::{self, Postgres, Sqlite},
    Place, migrations, script,
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
    let all = store.restrictions(&Scope::system()).await.unwrap();
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
    let of_device = store.restrictions(&Scope::system()).await.unwrap().remove(0);
    assert_eq!(
        of_device.owner,
        RestrictionOwner::Device("dev-a".parse().unwrap())
    );

    let store = store.with_keys(Keys::generate().unwrap());
    assert_eq!(store.seal_plain_secrets().await.unwrap(), 1);
    let credentials = store.device_credentials().await.unwrap();
    assert_eq!(credentials[0].ha1.expose_secret(), DIGEST);
    // The reference is still one: a device takes its restrictions with it, and no others.
    store
        .remove_device(&"dev-a".parse().unwrap(), &Scope::system())
        .await
        .unwrap();
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
