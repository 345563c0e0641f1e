//! Making, opening and refusing databases.

use std::{error::Error as _, os::unix::fs::PermissionsExt};

use evatel_store::{Error, Store};
use rstest::rstest;

use crate::house::{
    self, House,
    Kind::{self, Postgres, Sqlite},
    Place,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_is_readable_by_its_owner_only() {
    let house = House::build(Sqlite).await;
    let mode = house.place.file().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_never_overwritten(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let refused = Store::create(&house.place.url).await.unwrap_err();
    assert!(matches!(refused, Error::AlreadyThere { .. }), "{refused}");
    let again = Store::open(&house.place.url).await.unwrap();
    assert_eq!(again.default_user().await.unwrap().id, house.user.id);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_rows_come_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let refused = house.store.begin(house::first_rows()).await.unwrap_err();
    assert!(matches!(refused, Error::Repeated { .. }), "{refused}");
    assert_eq!(house.store.resellers().await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_not_made_by_opening_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let place = Place::empty(kind).await;
    let url = match kind {
        Sqlite => place.url.clone(),
        Postgres => format!("{}_nowhere", place.url),
    };
    for _ in 0..2 {
        let refused = Store::open(&url).await.unwrap_err();
        assert!(matches!(refused, Error::NoDatabase { .. }), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_folder_is_named() {
    let refused = Store::create("sqlite:///nowhere/at/all/evatel.db")
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("/nowhere/at/all/evatel.db"),
        "{refused}"
    );
    assert!(refused.source().unwrap().to_string().contains("No such file"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_us_is_named_without_the_password() {
    let place = Place::empty(Postgres).await;
    let (start, rest) = place.url.rsplit_once('@').unwrap();
    let (user, _) = start.rsplit_once(':').unwrap();
    for (url, part) in [
        (format!("{user}:wr0ng@{rest}"), "password authentication failed"),
        ("postgres://evatel:wr0ng@127.0.0.1:1/evatel".to_owned(), "refused"),
        // The tests' server knows no TLS: it is not spoken to without.
        (format!("{user}:wr0ng@{rest}?sslmode=verify-full"), "TLS"),
    ] {
        let refused = Store::open(&url).await.unwrap_err();
        let told = format!("{refused} {refused:?}");
        assert!(matches!(refused, Error::Unreachable { .. }), "{told}");
        assert!(told.contains("@127.0.0.1:") && told.contains(part), "{told}");
        assert!(!told.contains("wr0ng"), "{told}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    house
        .run_sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')")
        .await;
    let refused = Store::open(&house.place.url).await.unwrap_err();
    let Error::NewerSchema { found, known } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(found, "20991231000000");
    assert_eq!(known, house::migrations("sqlite").last().unwrap());
    assert_eq!(house.store.default_user().await.unwrap().id, house.user.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_refused() {
    let place = Place::empty(Sqlite).await;
    std::fs::write(
        place.file(),
        "these are notes, not a database, and long enough to be read so",
    )
    .unwrap();
    let refused = Store::open(&place.url).await.unwrap_err();
    assert!(matches!(refused, Error::NotADatabase { .. }), "{refused}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_programs_database_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let place = Place::empty(kind).await;
    place
        .run_sql("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
        .await;
    let refused = Store::open(&place.url).await.unwrap_err();
    assert!(
        refused.to_string().contains("another program's tables"),
        "{refused}"
    );
}
