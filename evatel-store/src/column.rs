//! Domain types as columns: text by `Display` and `FromStr`, times as microseconds.

use std::{error::Error, fmt, io::Write, str::FromStr};

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

/// A value that sits in a text column in the form of its `Display` and comes back through its `FromStr`, so that
/// what a foreign hand wrote into the database is refused as it is at every other edge.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub(crate) struct AsText<T>(pub(crate) T);

impl<T: fmt::Debug + fmt::Display> ToSql<Text, Sqlite> for AsText<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl<T: fmt::Debug + fmt::Display> ToSql<Text, Pg> for AsText<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        write!(out, "{}", self.0)?;
        Ok(IsNull::No)
    }
}

impl<T, DB> FromSql<Text, DB> for AsText<T>
where
    T: FromStr<Err: Into<Box<dyn Error + Send + Sync>>>,
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(bytes)?.parse().map(Self).map_err(Into::into)
    }
}

/// A point in time, in a column of microseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub(crate) struct Micros(pub(crate) Timestamp);

impl ToSql<BigInt, Sqlite> for Micros {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_microsecond());
        Ok(IsNull::No)
    }
}

impl ToSql<BigInt, Pg> for Micros {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.0.as_microsecond().to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Micros
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Timestamp::from_microsecond(i64::from_sql(bytes)?)?))
    }
}

/// A value that sits in a text column as JSON.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub(crate) struct AsJson<T>(pub(crate) T);

impl<T: fmt::Debug + Serialize> ToSql<Text, Sqlite> for AsJson<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: fmt::Debug + Serialize> ToSql<Text, Pg> for AsJson<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T, DB> FromSql<Text, DB> for AsJson<T>
where
    T: DeserializeOwned,
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&String::from_sql(bytes)?)?))
    }
}
