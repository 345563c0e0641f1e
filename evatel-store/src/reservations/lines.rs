//! What is counted towards the caps of one trunk.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl,
    dsl::case_when,
};
use diesel_async::RunQueryDsl;
use evatel_core::{id::TrunkId, itsp::CapKind, policy::LedgerError};
use jiff::Timestamp;

use crate::{
    Error,
    backend::{AnyLink, on_link},
    schema::trunk_contracts,
};

/// Counts one leg over a trunk, within the transaction that reserves it. A trunk that is not there any more has no caps: the
/// switch refuses the leg.
///
/// # Errors
/// [`Error::LimitReached`], with which the transaction goes back.
pub(super) async fn count(trunk: &TrunkId, now: Timestamp, link: &mut impl AnyLink) -> Result<(), Error> {
    let second_us = now.as_microsecond().div_euclid(SECOND_US) * SECOND_US;
    // One conditional UPDATE decides. Calls of an older second are none.
    let so_far = || {
        case_when(
            trunk_contracts::second_us.eq(second_us),
            trunk_contracts::second_calls,
        )
        .otherwise(0)
    };
    let (most, most_a_second) = (trunk_contracts::max_calls, trunk_contracts::max_calls_per_second);
    let line = trunk_contracts::trunk_id.eq(trunk.as_str());
    let at_once = most
        .is_null()
        .or(most.assume_not_null().gt(trunk_contracts::calls));
    let in_second = most_a_second
        .is_null()
        .or(most_a_second.assume_not_null().gt(so_far()));
    let room = line.and(at_once).and(in_second);
    let counted = on_link!(link, link => diesel::update(trunk_contracts::table.filter(room))
        .set((
            trunk_contracts::calls.eq(trunk_contracts::calls + 1),
            trunk_contracts::second_calls.eq(so_far() + 1),
            trunk_contracts::second_us.eq(second_us),
        ))
        .execute(link))?;
    if counted == 1 {
        return Ok(());
    }
    // Only to say which cap it was.
    let found: Result<(i32, Option<i32>), _> = on_link!(link, link => trunk_contracts::table
        .select((trunk_contracts::calls, trunk_contracts::max_calls))
        .filter(trunk_contracts::trunk_id.eq(trunk.as_str()))
        .first(link));
    let cap = match found.optional()? {
        None => return Ok(()),
        Some((calls, Some(most))) if calls >= most => CapKind::Calls,
        Some(_) => CapKind::CallsASecond,
    };
    Err(Error::LimitReached(LedgerError::TrunkFull {
        cap,
        trunk: trunk.clone(),
    }))
}

/// Takes one leg off a trunk's count.
pub(super) async fn uncount(trunk: &str, link: &mut impl AnyLink) -> Result<(), Error> {
    let one = trunk_contracts::table.filter(trunk_contracts::trunk_id.eq(trunk));
    on_link!(link, link => diesel::update(one)
        .set(trunk_contracts::calls.eq(trunk_contracts::calls - 1))
        .execute(link))?;
    Ok(())
}

const SECOND_US: i64 = 1_000_000;
