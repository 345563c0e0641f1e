//! The call log, page by page, as somebody may read it.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    calls::{CallView, LegEntry, TranscriptLine},
    id::{CallId, LegId},
    number::E164,
    permission::{Actor, Place, Refusal},
};
use jiff::Timestamp;

use crate::{
    Acting, Error, Target,
    acting::place_of,
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    leg_entries::{LegFilter, LegRow, only_those},
    schema::{accounts, dids, leg_entries, transcripts},
    transcripts::LineRow,
};

/// From when to when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallPeriod {
    /// Legs that began then or later.
    pub since: Option<Timestamp>,
    /// Legs that began before then.
    pub until: Option<Timestamp>,
}

/// Where a page ended: the leg after it comes first on the next one, whatever was added meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallKey {
    started_at: Timestamp,
    leg: LegId,
}

/// Some legs, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPage {
    /// What the reader may know of them.
    pub legs: Vec<LegEntry>,
    /// From where to read on; none at the end.
    pub next: Option<CallKey>,
}

/// The story of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallStory {
    /// What the reader may know of its legs, oldest first.
    pub legs: Vec<LegEntry>,
    /// What was said, for whoever may read all of every leg; else nothing.
    pub transcript: Vec<TranscriptLine>,
    /// He may read all of every leg: what was said, and what was kept of it.
    pub hears_all: bool,
}

/// Begins the query of what lies at a place, and is to be shown there.
macro_rules! legs_at {
    ($place:expr, $view:expr) => {{
        let mut query = leg_entries::table.select(LegRow::as_select()).into_boxed();
        match $place {
            Place::System => {}
            Place::Reseller { reseller, .. } => {
                let own = accounts::table
                    .select(accounts::id.nullable())
                    .filter(accounts::reseller_id.eq(reseller.to_string()));
                query = query.filter(leg_entries::account_id.eq_any(own));
            }
            Place::Account(account) | Place::User { account, .. } => {
                query = query.filter(leg_entries::account_id.eq(account.account.to_string()));
            }
        }
        if let Some(user) = $place.user().or($view.only_user()) {
            query = query.filter(leg_entries::user_id.eq(user.to_string()));
        }
        query
    }};
}

impl Acting {
    /// Reads a page of the call log of a target and all below it, at most `limit` legs, oldest first.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Missing`] where there is no such target within reach; [`Error::ActorGone`].
    pub async fn call_page(
        &self,
        target: &Target,
        period: &CallPeriod,
        after: Option<CallKey>,
        limit: u32,
    ) -> Result<CallPage, Error> {
        let (rows, view): (Vec<LegRow>, CallView) = at_one_moment!(self.store(), link => {
            let (place, view) = self.call_view(target, &mut *link).await?;
            let mut query = legs_at!(&place, view)
                .order((leg_entries::started_at_us, leg_entries::leg_id))
                .limit(i64::from(limit));
            if let Some(since) = period.since {
                query = query.filter(leg_entries::started_at_us.ge(since.as_microsecond()));
            }
            if let Some(until) = period.until {
                query = query.filter(leg_entries::started_at_us.lt(until.as_microsecond()));
            }
            if let Some(CallKey { started_at, leg }) = &after {
                let at = started_at.as_microsecond();
                let same = leg_entries::started_at_us.eq(at).and(leg_entries::leg_id.gt(leg.to_string()));
                query = query.filter(leg_entries::started_at_us.gt(at).or(same));
            }
            Ok((query.load(link).await?, view))
        })?;
        let full = rows.len() == usize::try_from(limit).unwrap_or(usize::MAX);
        let read: Vec<LegEntry> = rows.into_iter().map(Into::into).collect();
        let next = read.last().filter(|_| full).map(|last| CallKey {
            started_at: last.started_at,
            leg: last.leg.clone(),
        });
        let legs = read.into_iter().filter_map(|leg| view.show(leg)).collect();
        Ok(CallPage { legs, next })
    }

    /// Lists what somebody may know of the legs of a target and all below it, newest first.
    ///
    /// # Errors
    /// As [`Acting::call_page`].
    pub async fn legs(&self, target: &Target, filter: &LegFilter) -> Result<Vec<LegEntry>, Error> {
        let (rows, view): (Vec<LegRow>, CallView) = at_one_moment!(self.store(), link => {
            let (place, view) = self.call_view(target, &mut *link).await?;
            let query = legs_at!(&place, view)
                .order((leg_entries::started_at_us.desc(), leg_entries::leg_id.desc()));
            Ok((only_those!(query, filter).load(link).await?, view))
        })?;
        Ok(rows.into_iter().filter_map(|row| view.show(row.into())).collect())
    }

    /// Tells the story of one call of a target: its legs, and what was said for whoever may read all of each.
    ///
    /// # Errors
    /// [`Error::Missing`], also for a call of which he may see no leg; as [`Acting::call_page`].
    pub async fn call(&self, target: &Target, call: &CallId) -> Result<CallStory, Error> {
        let (rows, lines, view): (Vec<LegRow>, Vec<LineRow>, CallView) = at_one_moment!(self.store(), link => {
            let (place, view) = self.call_view(target, &mut *link).await?;
            let legs = legs_at!(&place, view)
                .filter(leg_entries::call_id.eq(call.to_string()))
                .order((leg_entries::started_at_us, leg_entries::leg_id));
            let lines = transcripts::table
                .select(LineRow::as_select())
                .filter(transcripts::call_id.eq(call.as_str()))
                .order(transcripts::id);
            Ok((legs.load(link).await?, lines.load(link).await?, view))
        })?;
        let all: Vec<LegEntry> = rows.into_iter().map(Into::into).collect();
        let hears_all = all.iter().all(|leg| view.hears(leg));
        let legs: Vec<LegEntry> = all.into_iter().filter_map(|leg| view.show(leg)).collect();
        if legs.is_empty() {
            return Err(Error::missing("call", call));
        }
        let transcript = if hears_all { lines } else { Vec::new() };
        Ok(CallStory {
            legs,
            transcript: transcript.into_iter().map(Into::into).collect(),
            hears_all,
        })
    }

    /// Finds what somebody may know of the calls of a target.
    async fn call_view(&self, target: &Target, link: &mut impl AnyLink) -> Result<(Place, CallView), Error> {
        let actor = self.present(&mut *link).await?;
        let place = place_of(target, &mut *link).await?;
        let refused = |refusal: Refusal| {
            if refusal.is_missing() {
                target.missing()
            } else {
                refusal.into()
            }
        };
        // Whoever may read nothing is told so before his question reads any more.
        let narrow = view(&actor, &place, Vec::new()).map_err(refused)?;
        let Some(account) = place.account() else {
            return Ok((place, narrow));
        };
        let main_line: Vec<AsText<E164>> = on_link!(link, link => dids::table
            .select(dids::number)
            .filter(dids::account_id.eq(account.account.to_string()))
            .filter(dids::target_kind.eq("receptionist"))
            .load(link))?;
        let view = view(&actor, &place, main_line).map_err(refused)?;
        Ok((place, view))
    }
}

fn view(actor: &Actor, place: &Place, main_line: Vec<AsText<E164>>) -> Result<CallView, Refusal> {
    let main_line = main_line.into_iter().map(|number| number.0);
    match place {
        Place::Account(account) | Place::User { account, .. } => {
            CallView::of_account(actor, account, main_line)
        }
        Place::Reseller { .. } | Place::System => CallView::of_place(actor, place),
    }
}
