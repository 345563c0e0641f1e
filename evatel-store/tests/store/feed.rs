//! What readers are told of changes.

use std::time::{Duration, Instant};

use evatel_store::{Changed, Changes, NumberChange, QUARANTINE};
use rstest::rstest;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_rows_that_changed_are_named_once_and_what_is_not_known_is_everything(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let store = &house.store;
    let Changes::Rows { revision: 1, rows } = store.changes_since(0).await.unwrap() else {
        panic!("the first rows are named");
    };
    assert_eq!(rows.len(), 4);
    let nothing = Changes::Rows {
        revision: 1,
        rows: Vec::new(),
    };
    assert_eq!(store.changes_since(1).await.unwrap(), nothing);

    let trunk = house.trunk().await;
    house.serve("+15145550199", &trunk).await;
    let release = NumberChange::Release {
        quarantine: QUARANTINE,
    };
    let seller = house.seller().await;
    seller
        .change_number(&"+15145550199".parse().unwrap(), release)
        .await
        .unwrap();
    let row = |table: &str, id: &str| Changed {
        table: table.into(),
        id: id.into(),
    };
    let expected = Changes::Rows {
        revision: 4,
        rows: vec![row("dids", "+15145550199"), row("trunks", trunk.as_str())],
    };
    assert_eq!(store.changes_since(1).await.unwrap(), expected);

    // What is forgotten is not taken for nothing.
    house.run_sql("DELETE FROM changes WHERE revision = 3").await;
    assert_eq!(
        store.changes_since(1).await.unwrap(),
        Changes::Everything { revision: 4 }
    );
    // A reader that is ahead, of a database that was restored since, reads all.
    assert_eq!(
        store.changes_since(9).await.unwrap(),
        Changes::Everything { revision: 4 }
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_within_a_second(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let known = house.store.revision().await.unwrap();
    let mut feed = house.store.feed();
    let waiting = tokio::spawn(async move {
        let told = feed.changed_from(known).await.unwrap();
        (told, Instant::now(), feed)
    });
    house.trunk().await;
    let written = Instant::now();
    let (told, at, mut feed) = waiting.await.unwrap();
    assert_eq!(told, known + 1);
    let late = at.saturating_duration_since(written);
    assert!(late < Duration::from_secs(1), "told after {late:?}");

    // It goes on where it was, and a revision that is already another is told at once.
    assert_eq!(feed.changed_from(known).await.unwrap(), known + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_whose_connection_the_server_closed_makes_another() {
    let house = House::build(Postgres).await;
    let known = house.store.revision().await.unwrap();
    let mut feed = house.store.feed();
    assert_eq!(feed.changed_from(known - 1).await.unwrap(), known);
    house
        .run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query = 'LISTEN evatel_changes'",
        )
        .await;
    house.trunk().await;
    // The first call may find out that the connection is gone.
    let told = match feed.changed_from(known).await {
        Ok(told) => told,
        Err(_) => feed.changed_from(known).await.unwrap(),
    };
    assert_eq!(told, known + 1);
}
