//! The same work without us: prepared statements, one a row, and nothing else.

use std::time::{Duration, Instant};

use diesel::{
    Connection, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
};
use evatel_store::IMPORT_BATCH;

use crate::fill::{Kind, Size, Town, number, user};

diesel::table! {
    dids (id) {
        id -> Text, number -> Text, trunk_id -> Text, state -> Text, account_id -> Text, target_kind -> Text,
        target_user_id -> Text, events -> Integer,
    }
}
diesel::table! {
    number_events (number, sequence) {
        number -> Text, sequence -> Integer, at_us -> BigInt, done_by -> Text, verb -> Text, to_state -> Text,
        reseller_id -> Text, account_id -> Text,
    }
}
diesel::table! {
    accounts (id) { id -> Text, active_legs -> Integer, max_legs -> Integer, }
}

/// Writes the rows that an import writes, in transactions of the same length, into a database of the same schema.
pub(crate) async fn import(kind: Kind, size: Size) -> Duration {
    let town = Town::begin(kind, size).await;
    let trunk = town.trunk().to_string();
    let began = Instant::now();
    match kind {
        Kind::Sqlite => {
            let path = town.url.trim_start_matches("sqlite://").to_owned();
            let mut link = SqliteConnection::establish(&path).expect("the file is there");
            batch(&mut link, PRAGMAS);
            for begin in (0..size.dids).step_by(IMPORT_BATCH) {
                let rows = begin..size.dids.min(begin + IMPORT_BATCH);
                let written = link.immediate_transaction(|link| {
                    for at in rows {
                        let row = Row::at(at, size);
                        diesel::insert_into(dids::table)
                            .values((
                                dids::id.eq(&row.id),
                                dids::number.eq(&row.number),
                                dids::trunk_id.eq(&trunk),
                                dids::state.eq("assigned"),
                                dids::account_id.eq(&row.account),
                                dids::target_kind.eq("smart-number"),
                                dids::target_user_id.eq(&row.user),
                                dids::events.eq(1),
                            ))
                            .execute(link)?;
                        diesel::insert_into(number_events::table)
                            .values((
                                number_events::number.eq(&row.number),
                                number_events::sequence.eq(1),
                                number_events::at_us.eq(1),
                                number_events::done_by.eq("bench"),
                                number_events::verb.eq("import"),
                                number_events::to_state.eq("assigned"),
                                number_events::reseller_id.eq("res-1"),
                                number_events::account_id.eq(&row.account),
                            ))
                            .execute(link)?;
                    }
                    diesel::QueryResult::Ok(())
                });
                written.expect("the rows are good");
            }
        }
        Kind::Postgres => {
            let mut client = connect(&town.url).await;
            let did = client.prepare(DID).await.expect("it is SQL");
            let event = client.prepare(EVENT).await.expect("it is SQL");
            for begin in (0..size.dids).step_by(IMPORT_BATCH) {
                let change = client.transaction().await.expect("nobody else is there");
                for at in begin..size.dids.min(begin + IMPORT_BATCH) {
                    let row = Row::at(at, size);
                    change
                        .execute(&did, &[&row.id, &row.number, &trunk, &row.account, &row.user])
                        .await
                        .expect("a good row");
                    change
                        .execute(&event, &[&row.number, &row.account])
                        .await
                        .expect("a good row");
                }
                change.commit().await.expect("nobody else is there");
            }
        }
    }
    began.elapsed()
}

/// Counts a leg up and down again, each as one UPDATE of its own; gives microseconds for one.
pub(crate) async fn conditional_updates(kind: Kind, url: &str, times: usize) -> f64 {
    let began;
    match kind {
        Kind::Sqlite => {
            let mut link =
                SqliteConnection::establish(url.trim_start_matches("sqlite://")).expect("the file is there");
            batch(&mut link, PRAGMAS);
            began = Instant::now();
            for _ in 0..times {
                let one = accounts::table.filter(accounts::id.eq("acc-b2"));
                let up = diesel::update(one.filter(accounts::active_legs.lt(accounts::max_legs)))
                    .set(accounts::active_legs.eq(accounts::active_legs + 1));
                assert_eq!(up.execute(&mut link), Ok(1));
                let down = diesel::update(one).set(accounts::active_legs.eq(accounts::active_legs - 1));
                assert_eq!(down.execute(&mut link), Ok(1));
            }
        }
        Kind::Postgres => {
            let client = connect(url).await;
            let up = client.prepare(UP).await.expect("it is SQL");
            let down = client.prepare(DOWN).await.expect("it is SQL");
            began = Instant::now();
            for _ in 0..times {
                assert_eq!(client.execute(&up, &[]).await.ok(), Some(1));
                assert_eq!(client.execute(&down, &[]).await.ok(), Some(1));
            }
        }
    }
    began.elapsed().as_secs_f64() * 1e6 / (2 * times) as f64
}

/// What stands in the rows of one number.
struct Row {
    id: String,
    number: String,
    account: String,
    user: String,
}

impl Row {
    fn at(at: usize, size: Size) -> Self {
        let user_at = 1 + at % size.users;
        Self {
            id: format!("did-{at:018}"),
            number: number(at).to_string(),
            account: format!("acc-b{}", 1 + user_at % (size.users / 10)),
            user: user(user_at).to_string(),
        }
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .expect("the server runs");
    tokio::spawn(connection);
    client
}

fn batch(link: &mut SqliteConnection, sql: &str) {
    SimpleConnection::batch_execute(link, sql).expect("the statements are known");
}

/// What the store sets on its connections, too.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";
const DID: &str = "INSERT INTO dids (id, number, trunk_id, state, account_id, target_kind, target_user_id, events) \
                   VALUES ($1, $2, $3, 'assigned', $4, 'smart-number', $5, 1)";
const EVENT: &str = "INSERT INTO number_events (number, sequence, at_us, done_by, verb, to_state, reseller_id, account_id) \
                     VALUES ($1, 1, 1, 'bench', 'import', 'assigned', 'res-1', $2)";
const UP: &str =
    "UPDATE accounts SET active_legs = active_legs + 1 WHERE id = 'acc-b2' AND active_legs < max_legs";
const DOWN: &str = "UPDATE accounts SET active_legs = active_legs - 1 WHERE id = 'acc-b2'";
