//! The schemas of both databases are one.

use std::collections::BTreeSet;

use evatel_store::{Store, testing};
use rstest::rstest;

use crate::house::{
    self, House,
    Kind::{self, Postgres, Sqlite},
};

/// What a schema says, one fact a line, in words that mean the same on both.
async fn facts(house: &House, kind: Kind) -> BTreeSet<String> {
    match kind {
        Postgres => testing::query_postgres(&house.place.url, POSTGRES_FACTS).await,
        Sqlite => house.place.query_sqlite(SQLITE_FACTS),
    }
    .into_iter()
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_keys_indexes_and_references_are_the_same_on_both() {
    let (file, server) = (House::build(Sqlite).await, House::build(Postgres).await);
    let (file, server) = (facts(&file, Sqlite).await, facts(&server, Postgres).await);
    let only_file: Vec<_> = file.difference(&server).collect();
    let only_server: Vec<_> = server.difference(&file).collect();
    assert!(
        only_file.is_empty() && only_server.is_empty(),
        "only in SQLite: {only_file:#?}\nonly in PostgreSQL: {only_server:#?}"
    );
    // What must be among them, lest both queries find nothing.
    for fact in [
        "column leg_entries.hangup_q850 integer null",
        "column accounts.is_default bool not null",
        "column changes.revision bigint not null",
        "key changes revision,table_name,row_id",
        "reference dids.trunk_id trunks",
        "index dids_account on dids (account_id)",
        "unique on users (account_id,extension)",
    ] {
        assert!(file.contains(fact), "`{fact}` is not in {file:#?}");
    }
}

#[test]
fn every_migration_is_there_for_both() {
    let versions = house::migrations("sqlite");
    assert_eq!(versions, house::migrations("postgres"));
    // Of two with one version the second would never run where the first one has.
    assert!(versions.windows(2).all(|pair| pair[0] != pair[1]), "{versions:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn migrations_up_down_and_up_give_the_same_schema(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let before = facts(&house, kind).await;

    house.store.unmigrate().await.unwrap();
    assert!(facts(&house, kind).await.is_empty());

    let store = Store::open(&house.place.url).await.unwrap();
    assert_eq!(store.migrate().await.unwrap(), house::migrations("sqlite"));
    assert_eq!(facts(&house, kind).await, before);
    assert!(store.migrate().await.unwrap().is_empty());
}

/// A bool is an integer there with a CHECK that its two values are 0 and 1; every integer of SQLite has 64 bits, and
/// which of ours are `BigInt` is told by their names.
const SQLITE_FACTS: &str = "
WITH tables AS (
    SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'
), columns AS (
    SELECT t.name AS tab, t.sql AS def, c.* FROM tables t, pragma_table_info(t.name) c
), indexes AS (
    SELECT t.name AS tab, i.name AS idx, i.\"unique\" AS uniq, i.origin, i.partial,
        (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS cols
    FROM tables t, pragma_index_list(t.name) i
)
SELECT 'column ' || tab || '.' || name || ' '
    || CASE
        WHEN def LIKE '%' || name || ' INTEGER NOT NULL CHECK (' || name || ' IN (0, 1))%'
            OR def LIKE '%' || name || ' INTEGER CHECK (' || name || ' IN (0, 1))%' THEN 'bool'
        WHEN type = 'INTEGER' AND (name LIKE '%\\_us' ESCAPE '\\' OR name LIKE '%\\_micros' ESCAPE '\\'
            OR name IN ('day', 'minute', 'revision', 'version') OR (name = 'id' AND tab <> 'meta')) THEN 'bigint'
        ELSE lower(type)
    END
    || CASE WHEN \"notnull\" OR pk > 0 THEN ' not null' ELSE ' null' END AS text
FROM columns
UNION ALL SELECT 'key ' || tab || ' ' || group_concat(name, ',') FROM (SELECT * FROM columns WHERE pk > 0 ORDER BY tab, pk) GROUP BY tab
UNION ALL SELECT 'reference ' || t.name || '.' || f.\"from\" || ' ' || f.\"table\"
    || CASE f.on_delete WHEN 'CASCADE' THEN ' cascade' WHEN 'SET NULL' THEN ' set null' ELSE '' END
    FROM tables t, pragma_foreign_key_list(t.name) f
UNION ALL SELECT CASE WHEN uniq THEN 'unique ' ELSE '' END || 'index ' || idx || ' on ' || tab || ' (' || cols || ')'
    || CASE WHEN partial THEN ' partial' ELSE '' END FROM indexes WHERE origin = 'c'
UNION ALL SELECT 'unique on ' || tab || ' (' || cols || ')' FROM indexes WHERE origin = 'u'";

const POSTGRES_FACTS: &str = "
WITH tables AS (
    SELECT c.oid, c.relname AS tab FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%'
), columns AS (
    SELECT t.oid, t.tab, a.attname, a.attnum, a.attnotnull, format_type(a.atttypid, a.atttypmod) AS type
    FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
), indexes AS (
    SELECT t.tab, i.relname AS idx, x.indisunique AS uniq, x.indpred IS NOT NULL AS partial, k.contype,
        (SELECT string_agg(a.attname, ',' ORDER BY o.n) FROM unnest(x.indkey) WITH ORDINALITY o(att, n)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = o.att) AS cols
    FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u')
)
SELECT 'column ' || tab || '.' || attname || ' ' || CASE type WHEN 'boolean' THEN 'bool' ELSE type END
    || CASE WHEN attnotnull THEN ' not null' ELSE ' null' END AS fact FROM columns
UNION ALL SELECT 'key ' || tab || ' ' || cols FROM indexes WHERE contype = 'p'
UNION ALL SELECT 'reference ' || c.tab || '.' || c.attname || ' ' || r.relname
    || CASE k.confdeltype WHEN 'c' THEN ' cascade' WHEN 'n' THEN ' set null' ELSE '' END
    FROM pg_constraint k JOIN columns c ON c.oid = k.conrelid AND c.attnum = ANY (k.conkey)
    JOIN pg_class r ON r.oid = k.confrelid WHERE k.contype = 'f'
UNION ALL SELECT CASE WHEN uniq THEN 'unique ' ELSE '' END || 'index ' || idx || ' on ' || tab || ' (' || cols || ')'
    || CASE WHEN partial THEN ' partial' ELSE '' END FROM indexes WHERE contype IS NULL
UNION ALL SELECT 'unique on ' || tab || ' (' || cols || ')' FROM indexes WHERE contype = 'u'";
