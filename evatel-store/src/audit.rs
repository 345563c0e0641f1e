//! The audit, read: who did what, as whom.

use diesel::{ExpressionMethods, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    audit::{AuditEntry, Facts, Origin},
    id::{AccountId, ResellerId},
    permission::{Action, Identity, Matter, Place, Standing},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    backend::at_one_moment,
    column::{AsJson, AsText, Micros},
    schema::audit,
};

/// Which entries of the audit to read; by default the newest 100 of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those before the entry with this key: the page after the one that ended there.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
    /// Those of one thing.
    pub object: Option<String>,
    /// Those at this time or later.
    pub since: Option<Timestamp>,
    /// Those before this time.
    pub until: Option<Timestamp>,
}

impl Default for AuditFilter {
    fn default() -> Self {
        Self {
            before: None,
            limit: 100,
            object: None,
            since: None,
            until: None,
        }
    }
}

/// An entry with its key, by which one reads on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptAuditEntry {
    /// The later the greater.
    pub key: i64,
    /// What was done.
    #[serde(flatten)]
    pub entry: AuditEntry,
}

impl Acting {
    /// Reads the audit of a target and all below it, newest first.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn audit(&self, target: &Target, filter: &AuditFilter) -> Result<Vec<KeptAuditEntry>, Error> {
        let rows: Vec<AuditRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Audit, target, &mut *link).await?;
            let mut query = audit::table
                .select(AuditRow::as_select())
                .order(audit::id.desc())
                .limit(i64::from(filter.limit))
                .into_boxed();
            match &permit.place {
                Place::System => {}
                Place::Reseller { reseller, .. } => {
                    query = query.filter(audit::reseller_id.eq(reseller.to_string()));
                }
                Place::Account(place) => {
                    query = query.filter(audit::account_id.eq(place.account.to_string()));
                }
                Place::User { account, user } => {
                    query = query
                        .filter(audit::account_id.eq(account.account.to_string()))
                        .filter(audit::who.eq(AsJson(Identity::User { user: user.clone() })));
                }
            }
            if let Some(before) = filter.before {
                query = query.filter(audit::id.lt(before));
            }
            if let Some(object) = &filter.object {
                query = query.filter(audit::object.eq(object.clone()));
            }
            if let Some(since) = filter.since {
                query = query.filter(audit::at_us.ge(since.as_microsecond()));
            }
            if let Some(until) = filter.until {
                query = query.filter(audit::at_us.lt(until.as_microsecond()));
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct AuditRow {
    id: i64,
    at_us: Micros,
    who: AsJson<Identity>,
    as_whom: Option<AsJson<Identity>>,
    standing: AsText<Standing>,
    action: AsText<Action>,
    matter: AsText<Matter>,
    object: String,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    before: Option<AsJson<Facts>>,
    after: Option<AsJson<Facts>>,
    origin: AsText<Origin>,
}

impl From<AuditRow> for KeptAuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            key: row.id,
            entry: AuditEntry {
                at: row.at_us.0,
                who: row.who.0,
                as_whom: row.as_whom.map(|who| who.0),
                standing: row.standing.0,
                action: row.action.0,
                matter: row.matter.0,
                object: row.object,
                reseller: row.reseller_id.map(|id| id.0),
                account: row.account_id.map(|id| id.0),
                before: row.before.map(|facts| facts.0),
                after: row.after.map(|facts| facts.0),
                origin: row.origin.0,
            },
        }
    }
}
