//! Which columns hold sealed secrets, with which key, and what is done to all of them: sealing those of before, and
//! rotation.
//!
//! All secrets of a database are sealed with one key, whose name stands in `meta`: whoever still holds an older key, or
//! another one, is refused before he writes what nobody could open afterwards.

use diesel::{ExpressionMethods, QueryDsl, QueryableByName, sql_types::Text};
use diesel_async::RunQueryDsl;

use crate::{
    Error, Store,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    feed::bump_revision,
    keys::{Keys, Spot},
    schema::meta,
};

/// A column of sealed secrets, of a table whose key is `id`.
#[derive(Debug, Clone, Copy)]
struct Sealed {
    table: &'static str,
    column: &'static str,
    /// The column that held them in plain text, if there was one.
    plain: Option<&'static str>,
}

/// Each new column of secrets is to be named here.
const SEALED: [Sealed; 1] = [Sealed {
    table: "devices",
    column: "secret",
    plain: Some("ha1"),
}];

impl Store {
    /// Seals what an older version left in plain text; gives how many.
    ///
    /// # Errors
    /// [`Error::NoKey`] where there is something to seal and no key.
    pub async fn seal_plain_secrets(&self) -> Result<usize, Error> {
        // Nearly always there is none, and then no writer need wait.
        let mut any = false;
        for Sealed { table, plain, .. } in SEALED {
            let Some(plain) = plain else { continue };
            let one = format!("SELECT id, {plain} AS secret FROM {table} WHERE {plain} IS NOT NULL LIMIT 1");
            let rows: Vec<SecretRow> = on_backend!(self, link => diesel::sql_query(one).load(link))?;
            any |= !rows.is_empty();
        }
        if !any {
            return Ok(0);
        }
        let keys = self.keys().cloned();
        in_transaction!(self, link => {
            let mut count = 0;
            for Sealed { table, column, plain } in SEALED {
                let Some(plain) = plain else { continue };
                let rows: Vec<SecretRow> = diesel::sql_query(format!(
                    "SELECT id, {plain} AS secret FROM {table} WHERE {plain} IS NOT NULL ORDER BY id"
                ))
                .load(link)
                .await?;
                for SecretRow { id, secret } in rows {
                    let sealed = seal(&secret, Spot { table, row: &id, column }, keys.as_deref(), &mut *link).await?;
                    diesel::sql_query(format!("UPDATE {table} SET {column} = $1, {plain} = NULL WHERE id = $2"))
                        .bind::<Text, _>(sealed)
                        .bind::<Text, _>(&id)
                        .execute(link)
                        .await?;
                    count += 1;
                }
            }
            if count > 0 {
                bump_revision!(link);
            }
            Ok(count)
        })
    }

    /// Gives the name of the key that the secrets here are sealed with; none before there is a secret.
    pub async fn sealed_with(&self) -> Result<Option<String>, Error> {
        let named = on_backend!(self, link =>
            meta::table.filter(meta::id.eq(1)).select(meta::sealed_with).first::<Option<String>>(link))?;
        Ok(named)
    }

    /// Opens every secret with `keys`, as [`Store::rotate_secrets`] would, and writes nothing; gives how many would be sealed
    /// anew, those in plain text of an older version included.
    ///
    /// # Errors
    /// As [`Store::rotate_secrets`].
    pub async fn try_rotation(&self, keys: &Keys) -> Result<usize, Error> {
        let mut count = 0;
        for Sealed { table, column, plain } in SEALED {
            let sealed =
                format!("SELECT id, {column} AS secret FROM {table} WHERE {column} IS NOT NULL ORDER BY id");
            let rows: Vec<SecretRow> = on_backend!(self, link => diesel::sql_query(sealed).load(link))?;
            for SecretRow { id, secret } in &rows {
                let _opened = keys.open(
                    secret,
                    Spot {
                        table,
                        row: id,
                        column,
                    },
                )?;
            }
            count += rows.len();
            if let Some(plain) = plain {
                let plain = format!("SELECT id, {plain} AS secret FROM {table} WHERE {plain} IS NOT NULL");
                let rows: Vec<SecretRow> = on_backend!(self, link => diesel::sql_query(plain).load(link))?;
                count += rows.len();
            }
        }
        Ok(count)
    }

    /// Seals every secret anew with the key in use of `keys`, which must hold the keys before as well; all or none.
    /// Gives how many.
    ///
    /// # Errors
    /// [`Error::KeyMissing`], [`Error::Sealed`]: then nothing was changed.
    pub async fn rotate_secrets(&self, keys: Keys) -> Result<usize, Error> {
        in_transaction!(self, link => {
            let mut count = 0;
            name_key(keys.id(), &mut *link).await?;
            for Sealed { table, column, .. } in SEALED {
                let rows: Vec<SecretRow> = diesel::sql_query(format!(
                    "SELECT id, {column} AS secret FROM {table} WHERE {column} IS NOT NULL ORDER BY id"
                ))
                .load(link)
                .await?;
                for SecretRow { id, secret } in rows {
                    let spot = Spot { table, row: &id, column };
                    let opened = keys.open(&secret, spot)?;
                    let sealed = keys.seal(secrecy::ExposeSecret::expose_secret(&opened), spot)?;
                    diesel::sql_query(format!("UPDATE {table} SET {column} = $1 WHERE id = $2"))
                        .bind::<Text, _>(sealed)
                        .bind::<Text, _>(&id)
                        .execute(link)
                        .await?;
                    count += 1;
                }
            }
            if count > 0 {
                bump_revision!(link);
            }
            Ok(count)
        })
    }
}

/// Seals a secret within the transaction that writes it, with the key of all secrets there; the first one says which
/// that is.
///
/// # Errors
/// [`Error::NoKey`] without keys, [`Error::KeyMissing`] where that key is none of them.
pub(crate) async fn seal(
    secret: &str,
    spot: Spot<'_>,
    keys: Option<&Keys>,
    link: &mut impl AnyLink,
) -> Result<String, Error> {
    let keys = keys.ok_or(Error::NoKey)?;
    let used: Option<String> =
        on_link!(link, link => meta::table.filter(meta::id.eq(1)).select(meta::sealed_with).first(link))?;
    match used {
        Some(used) => keys.only(&used)?.seal(secret, spot),
        None => {
            name_key(keys.id(), link).await?;
            keys.seal(secret, spot)
        }
    }
}

async fn name_key(id: &str, link: &mut impl AnyLink) -> Result<(), Error> {
    on_link!(link, link => diesel::update(meta::table.filter(meta::id.eq(1)))
        .set(meta::sealed_with.eq(id))
        .execute(link))?;
    Ok(())
}

#[derive(QueryableByName)]
struct SecretRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    secret: String,
}
