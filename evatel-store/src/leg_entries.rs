//! The call log: one entry a leg.

use diesel::{
    ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    calls::{DecisionWord, Direction, HangupCause, LegCause, LegEntry},
    id::{AccountId, CallId, LegId, UserId},
    policy::Rule,
};
use jiff::Timestamp;

use crate::{
    Error, Scope, Store,
    backend::on_backend,
    column::{AsText, Micros},
    schema::leg_entries,
};

/// Which entries of the call log to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegFilter {
    /// Those of one call.
    pub call: Option<CallId>,
    /// Those that the gate answered so.
    pub decision: Option<DecisionWord>,
    /// At most so many, the newest; `None` is all.
    pub limit: Option<u32>,
    /// Those that have not ended.
    pub only_open: bool,
    /// Those that this rule of the gate decided.
    pub rule: Option<Rule>,
    /// Those that began at this time or later.
    pub since: Option<Timestamp>,
}

/// Narrows a query of legs to those that a filter asks for; the same for every query, whatever its type.
macro_rules! only_those {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter): (_, &LegFilter) = ($query, $filter);
        if let Some(call) = &filter.call {
            query = query.filter(leg_entries::call_id.eq(call.to_string()));
        }
        if let Some(decision) = filter.decision {
            query = query.filter(leg_entries::decision.eq(decision.word()));
        }
        if let Some(since) = filter.since {
            query = query.filter(leg_entries::started_at_us.ge(since.as_microsecond()));
        }
        if let Some(rule) = &filter.rule {
            query = query.filter(leg_entries::rule.eq(rule.to_string()));
        }
        if filter.only_open {
            query = query.filter(leg_entries::ended_at_us.is_null());
        }
        match filter.limit {
            Some(limit) => query.limit(i64::from(limit)),
            None => query,
        }
    }};
}
pub(crate) use only_those;

impl Store {
    /// Ends every open entry but those of `alive`, after a crash or a lost switch; gives how many.
    pub async fn close_open_legs(
        &self,
        hangup: HangupCause,
        at: Timestamp,
        alive: &[LegId],
    ) -> Result<usize, Error> {
        let alive: Vec<&str> = alive.iter().map(LegId::as_str).collect();
        Ok(on_backend!(self, link => diesel::update(leg_entries::table)
            .filter(leg_entries::ended_at_us.is_null())
            .filter(leg_entries::leg_id.ne_all(alive.clone()))
            .set((leg_entries::ended_at_us.eq(Micros(at)), leg_entries::hangup_q850.eq(i32::from(hangup.q850()))))
            .execute(link))?)
    }

    /// Lists entries of the call log within the scope, newest first.
    pub async fn legs(&self, filter: &LegFilter, scope: &Scope) -> Result<Vec<LegEntry>, Error> {
        let only = scope.only();
        let rows: Vec<LegRow> = on_backend!(self, link => {
            let mut query = leg_entries::table
                .select(LegRow::as_select())
                .order((leg_entries::started_at_us.desc(), leg_entries::leg_id.desc()))
                .into_boxed();
            if let Some(only) = &only {
                query = query.filter(leg_entries::account_id.assume_not_null().eq_any(only));
            }
            only_those!(query, filter).load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(Queryable, Selectable, Insertable)]
// With NULL written out the statement is the same for every row, and prepared once.
#[diesel(table_name = leg_entries, treat_none_as_default_value = false)]
pub(crate) struct LegRow {
    leg_id: AsText<LegId>,
    call_id: AsText<CallId>,
    account_id: Option<AsText<AccountId>>,
    direction: AsText<Direction>,
    caller: String,
    callee: String,
    cause: AsText<LegCause>,
    authoriser: String,
    user_id: Option<AsText<UserId>>,
    decision: AsText<DecisionWord>,
    rule: String,
    started_at_us: Micros,
    answered_at_us: Option<Micros>,
    ended_at_us: Option<Micros>,
    hangup_q850: Option<i32>,
    recording: Option<String>,
}

impl From<&LegEntry> for LegRow {
    fn from(entry: &LegEntry) -> Self {
        Self {
            leg_id: AsText(entry.leg.clone()),
            call_id: AsText(entry.call.clone()),
            account_id: entry.account.clone().map(AsText),
            direction: AsText(entry.direction),
            caller: entry.from.clone(),
            callee: entry.to.clone(),
            cause: AsText(entry.cause),
            authoriser: entry.authoriser.clone(),
            user_id: entry.user.clone().map(AsText),
            decision: AsText(entry.decision),
            rule: entry.rule.clone(),
            started_at_us: Micros(entry.started_at),
            answered_at_us: entry.answered_at.map(Micros),
            ended_at_us: entry.ended_at.map(Micros),
            hangup_q850: entry.hangup.map(|cause| i32::from(cause.q850())),
            recording: entry.recording.clone(),
        }
    }
}

impl From<LegRow> for LegEntry {
    fn from(row: LegRow) -> Self {
        // The table's CHECK admits 0 to 127 only.
        let hangup = row
            .hangup_q850
            .map(|number| HangupCause::from_q850(u8::try_from(number).unwrap_or(127)));
        Self {
            call: row.call_id.0,
            leg: row.leg_id.0,
            account: row.account_id.map(|id| id.0),
            direction: row.direction.0,
            from: row.caller,
            to: row.callee,
            cause: row.cause.0,
            authoriser: row.authoriser,
            user: row.user_id.map(|id| id.0),
            decision: row.decision.0,
            rule: row.rule,
            started_at: row.started_at_us.0,
            answered_at: row.answered_at_us.map(|at| at.0),
            ended_at: row.ended_at_us.map(|at| at.0),
            hangup,
            recording: row.recording,
        }
    }
}
