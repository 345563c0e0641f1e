//! A database of a PostgreSQL server as dumps see it.

use diesel::{RunQueryDsl, sql_types::Text};

use super::{
    Ground, LEFT_OUT, Table, quoted,
    sqlite::{ColumnRow, ReferenceRow, SCHEMA, TextRow},
};
use crate::{Error, migrations::postgres::BlockingLink};

impl Ground for BlockingLink {
    fn tables(&mut self) -> Result<Vec<Table>, Error> {
        let columns: Vec<ColumnRow> = diesel::sql_query(format!(
            "SELECT c.relname::text AS tab, a.attname::text AS name, a.atttypid = 'boolean'::regtype AS is_bool,
                EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
                    AS is_key
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname NOT IN {LEFT_OUT}
             ORDER BY c.relname, a.attnum"
        ))
        .load(self)?;
        let references: Vec<ReferenceRow> = diesel::sql_query(
            "SELECT DISTINCT c.relname::text AS tab, r.relname::text AS name
             FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
             WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace",
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
        let (name, key) = (&table.name, table.key());
        diesel::sql_query(format!(
            "DECLARE evatel_rows NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS text FROM \"{name}\" t ORDER BY {key}"
        ))
        .execute(self)?;
        loop {
            let rows: Vec<TextRow> = diesel::sql_query("FETCH 1000 FROM evatel_rows").load(self)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                take(&row.text)?;
            }
        }
        diesel::sql_query("CLOSE evatel_rows").execute(self)?;
        Ok(())
    }

    fn clear(&mut self, table: &str) -> Result<(), Error> {
        diesel::sql_query(format!("DELETE FROM \"{table}\"")).execute(self)?;
        Ok(())
    }

    fn insert(&mut self, table: &str, columns: &[&str], rows: &str) -> Result<(), Error> {
        let names = quoted(columns);
        diesel::sql_query(format!(
            "INSERT INTO \"{table}\" ({names}) SELECT {names} FROM json_populate_recordset(NULL::\"{table}\", $1::json)"
        ))
        .bind::<Text, _>(rows)
        .execute(self)?;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        let made: Vec<TextRow> = diesel::sql_query(
            "SELECT format('SELECT setval(%L, (SELECT coalesce(max(%I), 0) + 1 FROM %I), false)',
                pg_get_serial_sequence(quote_ident(c.relname), a.attname), a.attname, c.relname) AS text
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
             WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace",
        )
        .load(self)?;
        for row in made {
            diesel::sql_query(row.text).execute(self)?;
        }
        Ok(())
    }
}
