//! Making, opening and refusing database files.

use std::{error::Error as _, os::unix::fs::PermissionsExt};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::Text,
};
use evatel_store::{Error, Store};

use crate::house::{self, House, url};

fn raw(folder: &tempfile::TempDir) -> SqliteConnection {
    SqliteConnection::establish(folder.path().join("evatel.db").to_str().unwrap()).unwrap()
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Definition {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

fn schema(folder: &tempfile::TempDir) -> Vec<Definition> {
    diesel::sql_query("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .load(&mut raw(folder))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_readable_by_its_owner_only_and_is_never_overwritten() {
    let house = House::build().await;
    let file = house.folder.path().join("evatel.db");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let refused = Store::create(&url(&house.folder)).await.unwrap_err();
    assert!(matches!(refused, Error::AlreadyThere { .. }), "{refused}");
    let again = Store::open(&url(&house.folder)).await.unwrap();
    assert_eq!(again.default_user().await.unwrap().id, house.user.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_rows_come_once() {
    let house = House::build().await;
    let refused = house.store.begin(house::first_rows()).await.unwrap_err();
    assert!(matches!(refused, Error::Repeated { .. }), "{refused}");
    assert_eq!(house.store.resellers().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_not_made_by_opening_it() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Store::open(&url(&folder)).await.unwrap_err();
    assert!(matches!(refused, Error::NoDatabase { .. }), "{refused}");
    assert!(!folder.path().join("evatel.db").exists());
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
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let house = House::build().await;
    raw(&house.folder)
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')")
        .unwrap();
    let refused = Store::open(&url(&house.folder)).await.unwrap_err();
    let Error::NewerSchema { found, known } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(
        (found.as_str(), known.as_str()),
        ("20991231000000", "20261123000000")
    );
    assert_eq!(house.store.default_user().await.unwrap().id, house.user.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_programs_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("evatel.db"),
        "these are notes, not a database, and long enough to be read so",
    )
    .unwrap();
    let refused = Store::open(&url(&folder)).await.unwrap_err();
    assert!(matches!(refused, Error::NotADatabase { .. }), "{refused}");

    let folder = tempfile::tempdir().unwrap();
    raw(&folder)
        .batch_execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
        .unwrap();
    let refused = Store::open(&url(&folder)).await.unwrap_err();
    assert!(
        refused.to_string().contains("another program's tables"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_up_down_and_up_give_the_same_schema() {
    let house = House::build().await;
    let before = schema(&house.folder);
    assert!(before.iter().any(|one| one.name == "leg_entries"));

    house.store.unmigrate().await.unwrap();
    let tables: Vec<_> = schema(&house.folder).into_iter().map(|one| one.name).collect();
    assert_eq!(tables, ["__diesel_schema_migrations"]);

    assert_eq!(house.store.migrate().await.unwrap(), ["20261123000000"]);
    assert_eq!(schema(&house.folder), before);
    assert!(house.store.migrate().await.unwrap().is_empty());
}
