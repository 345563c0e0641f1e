//! Whose rows somebody may see.

use diesel::{
    AppearsOnTable, Expression, QueryResult, SelectableExpression,
    backend::Backend,
    expression::{
        ValidGrouping,
        array_comparison::{AsInExpression, InExpression},
        is_aggregate,
    },
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{HasSqlType, Text},
};
use evatel_core::id::{AccountId, ResellerId};

/// Limits every read and write of tenant rows. A row outside the scope is the same as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Option<Only>);

impl Scope {
    /// Sees one account only.
    pub fn account(account: AccountId) -> Self {
        Self(Some(Only::Account(account)))
    }

    /// Sees one reseller and the accounts that are his at the time of each query.
    pub fn reseller(reseller: ResellerId) -> Self {
        Self(Some(Only::Reseller(reseller)))
    }

    /// Sees everything: the daemon and the operator's command line.
    pub fn system() -> Self {
        Self(None)
    }

    /// Gives whose accounts only may be seen, where there is such a limit, to be compared with a column of account
    /// ids: `users::account_id.eq_any(only)`.
    pub(crate) fn only(&self) -> Option<Only> {
        self.0.clone()
    }
}

/// The accounts within a limited scope, as the right side of an `IN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Only {
    Account(AccountId),
    Reseller(ResellerId),
}

impl AsInExpression<Text> for &Only {
    type InExpression = Only;
    fn as_in_expression(self) -> Only {
        self.clone()
    }
}

impl InExpression for Only {
    type SqlType = Text;
    fn is_empty(&self) -> bool {
        false
    }
    fn is_array(&self) -> bool {
        false
    }
}

impl Expression for Only {
    type SqlType = Text;
}

// It names no column of the query that it stands in.
impl<QS> AppearsOnTable<QS> for Only {}
impl<QS> SelectableExpression<QS> for Only {}
impl<GB> ValidGrouping<GB> for Only {
    type IsAggregate = is_aggregate::Never;
}

impl QueryId for Only {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend + HasSqlType<Text>> QueryFragment<DB> for Only
where
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match self {
            // PostgreSQL's form is `= ANY (…)`, which takes a query and no single value.
            Self::Account(id) => {
                out.push_sql("SELECT ");
                out.push_bind_param::<Text, str>(id.as_str())
            }
            Self::Reseller(id) => {
                out.push_sql("SELECT id FROM accounts WHERE reseller_id = ");
                out.push_bind_param::<Text, str>(id.as_str())
            }
        }
    }
}
