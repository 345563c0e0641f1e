//! Secrets at rest.

use evatel_core::audit::Origin;
use evatel_store::{Error, Keys, NewDevice, Scope, Store};
use rstest::rstest;
use secrecy::ExposeSecret;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

async fn add_device(house: &House, store: &Store) -> Result<String, Error> {
    let device = NewDevice::new("Bureau".parse().unwrap(), house.user.id.clone());
    let inside = house.inside().await.actor().clone();
    let inside = store.acting_as(inside, Origin::CommandLine);
    let device = inside.add_device(device).await?.0.device;
    Ok(device.id.to_string())
}

async fn digests(store: &Store) -> Result<Vec<String>, Error> {
    let credentials = store.device_credentials().await?;
    Ok(credentials
        .iter()
        .map(|one| one.ha1.expose_secret().to_owned())
        .collect())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_the_database_gives_no_secret(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    add_device(&house, &house.store).await.unwrap();
    let digest = digests(&house.store).await.unwrap().remove(0);
    assert_eq!(digest.len(), 32);

    let keyless = Store::open(&house.place.url).await.unwrap();
    assert!(matches!(digests(&keyless).await, Err(Error::NoKey)));
    assert!(matches!(add_device(&house, &keyless).await, Err(Error::NoKey)));
    assert_eq!(keyless.devices(&Scope::system()).await.unwrap().len(), 1);
    let stranger = keyless.with_keys(Keys::generate().unwrap());
    assert!(matches!(digests(&stranger).await, Err(Error::KeyMissing { .. })));
    // He adds nothing that the key of the others would not open.
    assert!(matches!(
        add_device(&house, &stranger).await,
        Err(Error::KeyMissing { .. })
    ));
    if kind == Sqlite {
        let file = std::fs::read(house.place.file()).unwrap();
        let log = std::fs::read(house.place.file().with_extension("db-wal")).unwrap_or_default();
        let found = |bytes: &[u8]| bytes.windows(32).any(|part| part == digest.as_bytes());
        assert!(!found(&file) && !found(&log));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn rotation_leaves_nothing_that_the_old_key_opens_and_a_lost_key_changes_nothing(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let old = Keys::generate().unwrap();
    let store = house.store.clone().with_keys(old.clone());
    add_device(&house, &store).await.unwrap();
    let before = digests(&store).await.unwrap();

    let lost = store.rotate_secrets(Keys::generate().unwrap()).await;
    assert!(matches!(lost, Err(Error::KeyMissing { .. })));
    assert_eq!(digests(&store).await.unwrap(), before);

    let both = old.with_new().unwrap();
    // Whoever has read the new file before its key is in use seals with the old one still.
    let early = store.clone().with_keys(both.clone());
    add_device(&house, &early).await.unwrap();
    let before_and_early = digests(&store).await.unwrap();
    assert_eq!(before_and_early[..1], before);

    assert_eq!(store.rotate_secrets(both.clone()).await.unwrap(), 2);
    assert!(matches!(digests(&store).await, Err(Error::KeyMissing { .. })));
    // Whoever still has the old key only would add what is lost when that is forgotten.
    let late = add_device(&house, &store).await;
    assert!(matches!(late, Err(Error::KeyMissing { .. })), "{late:?}");
    let store = store.with_keys(both.without_old());
    assert_eq!(digests(&store).await.unwrap(), before_and_early);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_version_left_in_plain_text_is_sealed_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let digest = "a49e4e7cc03495581776a97714a9b37b";
    house
        .run_sql(&format!(
            "INSERT INTO devices (id, user_id, name, ha1) VALUES ('dev-old', '{}', 'Old', '{digest}')",
            house.user.id
        ))
        .await;
    assert_eq!(digests(&house.store).await.unwrap(), [digest]);
    let keyless = Store::open(&house.place.url).await.unwrap();
    assert!(matches!(keyless.seal_plain_secrets().await, Err(Error::NoKey)));
    assert_eq!(house.store.seal_plain_secrets().await.unwrap(), 1);
    assert_eq!(house.store.seal_plain_secrets().await.unwrap(), 0);
    assert_eq!(digests(&house.store).await.unwrap(), [digest]);
    assert!(matches!(digests(&keyless).await, Err(Error::NoKey)));
}
