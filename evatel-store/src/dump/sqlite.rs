//! A file of SQLite as dumps see it.

use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection,
    connection::DefaultLoadingMode,
    sql_types::{Bool, Text},
};

use super::{Column, Ground, LEFT_OUT, Table, quoted};
use crate::Error;

impl Ground for SqliteConnection {
    fn tables(&mut self) -> Result<Vec<Table>, Error> {
        // A bool is an integer with a CHECK that its two values are 0 and 1.
        let columns: Vec<ColumnRow> = diesel::sql_query(format!(
            "SELECT t.name AS tab, c.name AS name, c.pk > 0 AS is_key,
                t.sql LIKE '%' || c.name || ' INTEGER%CHECK (' || c.name || ' IN (0, 1))%' AS is_bool
             FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT IN {LEFT_OUT} ORDER BY t.name, c.cid"
        ))
        .load(self)?;
        let references: Vec<ReferenceRow> = diesel::sql_query(
            "SELECT DISTINCT t.name AS tab, f.\"table\" AS name
             FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
        )
        .load(self)?;
        Ok(ColumnRow::tables(columns, references))
    }

    fn schema(&mut self) -> Result<Vec<String>, Error> {
        let rows: Vec<TextRow> = diesel::sql_query(SCHEMA).load(self)?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }

    fn each_row(
        &mut self,
        table: &Table,
        take: &mut dyn FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let pairs: Vec<String> = table
            .columns
            .iter()
            .map(|Column { name, is_bool, .. }| {
                if *is_bool {
                    format!("'{name}', json(CASE \"{name}\" WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)")
                } else {
                    format!("'{name}', \"{name}\"")
                }
            })
            .collect();
        let (name, key, pairs) = (&table.name, table.key(), pairs.join(", "));
        let query = format!("SELECT json_object({pairs}) AS text FROM \"{name}\" ORDER BY {key}");
        for row in diesel::sql_query(query).load_iter::<TextRow, DefaultLoadingMode>(self)? {
            take(&row?.text)?;
        }
        Ok(())
    }

    fn clear(&mut self, table: &str) -> Result<(), Error> {
        diesel::sql_query(format!("DELETE FROM \"{table}\"")).execute(self)?;
        Ok(())
    }

    fn insert(&mut self, table: &str, columns: &[&str], rows: &str) -> Result<(), Error> {
        let values: Vec<String> = columns
            .iter()
            .map(|name| format!("json_extract(value, '$.{name}')"))
            .collect();
        let (names, values) = (quoted(columns), values.join(", "));
        diesel::sql_query(format!(
            "INSERT INTO \"{table}\" ({names}) SELECT {values} FROM json_each(?)"
        ))
        .bind::<Text, _>(rows)
        .execute(self)?;
        Ok(())
    }

    /// Ids go on after the highest by themselves.
    fn settle(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Table {
    pub(super) fn key(&self) -> String {
        let key: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| column.is_key)
            .map(|column| column.name.as_str())
            .collect();
        quoted(&key)
    }
}

#[derive(QueryableByName)]
pub(super) struct TextRow {
    #[diesel(sql_type = Text)]
    pub(super) text: String,
}

#[derive(QueryableByName)]
pub(super) struct ColumnRow {
    #[diesel(sql_type = Text)]
    tab: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_key: bool,
    #[diesel(sql_type = Bool)]
    is_bool: bool,
}

#[derive(QueryableByName)]
pub(super) struct ReferenceRow {
    #[diesel(sql_type = Text)]
    tab: String,
    #[diesel(sql_type = Text)]
    name: String,
}

impl ColumnRow {
    /// Puts the columns, sorted by table, together with what each table references.
    pub(super) fn tables(columns: Vec<Self>, references: Vec<ReferenceRow>) -> Vec<Table> {
        let mut tables: Vec<Table> = Vec::new();
        for row in columns {
            if tables.last().is_none_or(|table| table.name != row.tab) {
                let own = references.iter().filter(|reference| reference.tab == row.tab);
                tables.push(Table {
                    name: row.tab.clone(),
                    columns: Vec::new(),
                    references: own.map(|reference| reference.name.clone()).collect(),
                });
            }
            if let Some(table) = tables.last_mut() {
                table.columns.push(Column {
                    name: row.name,
                    is_bool: row.is_bool,
                    is_key: row.is_key,
                });
            }
        }
        tables
    }
}

pub(super) const SCHEMA: &str = "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version";
