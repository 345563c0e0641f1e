//! What is counted towards the limits of one owner.

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, dsl::case_when};
use diesel_async::RunQueryDsl;
use evatel_core::{
    limit::{LimitKind, Limits},
    policy::{LedgerError, MAX_LEG_LENGTH},
};
use jiff::Timestamp;

use crate::{
    Error,
    backend::{AnyLink, on_link},
    schema::leg_counts,
};

/// Counts one toll leg and its first minute for an owner, within the transaction that reserves it.
///
/// # Errors
/// [`Error::LimitReached`], with which the transaction goes back.
pub(super) async fn count(
    limits: &Limits,
    price_micros: i64,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let owner = limits.owner.to_string();
    let (minute, day) = (minute_of(now), day_of(now));
    let most = |limit: Option<u32>| limit.map_or(i32::MAX, |most| i32::try_from(most).unwrap_or(i32::MAX));
    let (legs, legs_a_minute) = (most(limits.toll_legs), most(limits.legs_a_minute));
    let spend = limits.spend_a_day_micros.unwrap_or(i64::MAX);
    on_link!(link, link => diesel::insert_into(leg_counts::table)
        .values(leg_counts::owner.eq(&owner))
        .on_conflict_do_nothing()
        .execute(link))?;
    // One conditional UPDATE decides. Counts of an older minute or day are none.
    let minute_legs = || case_when(leg_counts::minute.eq(minute), leg_counts::minute_legs).otherwise(0);
    let day_micros = || case_when(leg_counts::day.eq(day), leg_counts::day_micros).otherwise(0_i64);
    let room = leg_counts::owner
        .eq(&owner)
        .and(leg_counts::toll_legs.lt(legs))
        .and(minute_legs().lt(legs_a_minute))
        .and(day_micros().le(spend.saturating_sub(price_micros)));
    let counted = on_link!(link, link => diesel::update(leg_counts::table.filter(room))
        .set((
            leg_counts::toll_legs.eq(leg_counts::toll_legs + 1),
            leg_counts::minute_legs.eq(minute_legs() + 1),
            leg_counts::minute.eq(minute),
            leg_counts::day_micros.eq(day_micros() + price_micros),
            leg_counts::day.eq(day),
        ))
        .execute(link))?;
    if counted == 1 {
        return Ok(());
    }
    // Only to say which limit it was.
    let (at_once, of_minute, in_minute): (i32, i64, i32) = on_link!(link, link => leg_counts::table
        .select((leg_counts::toll_legs, leg_counts::minute, leg_counts::minute_legs))
        .filter(leg_counts::owner.eq(&owner))
        .first(link))?;
    let kind = if at_once >= legs {
        LimitKind::TollLegs
    } else if of_minute == minute && in_minute >= legs_a_minute || legs_a_minute == 0 {
        LimitKind::LegsAMinute
    } else {
        LimitKind::SpendADay
    };
    Err(Error::LimitReached(LedgerError::Limit {
        kind,
        owner: limits.owner.clone(),
    }))
}

/// Takes one leg off an owner's count, and adds what it cost after its first minute to the day in which it ends.
pub(super) async fn uncount(
    owner: &str,
    price_micros: i64,
    made_at_us: i64,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    // A leg that nobody ended is not charged longer than the switch would have let it go on.
    let longest = i64::try_from(MAX_LEG_LENGTH.as_micros()).unwrap_or(i64::MAX);
    let lasted = (now.as_microsecond() - made_at_us).clamp(0, longest);
    let further_minutes = (lasted - 1).max(0) / MINUTE_US;
    let rest = price_micros.saturating_mul(further_minutes);
    let day = day_of(now);
    let day_micros = case_when(leg_counts::day.eq(day), leg_counts::day_micros).otherwise(0_i64);
    on_link!(link, link => diesel::update(leg_counts::table.filter(leg_counts::owner.eq(owner)))
        .set((
            leg_counts::toll_legs.eq(leg_counts::toll_legs - 1),
            leg_counts::day_micros.eq(day_micros + rest),
            leg_counts::day.eq(day),
        ))
        .execute(link))?;
    Ok(())
}

fn minute_of(now: Timestamp) -> i64 {
    now.as_microsecond().div_euclid(MINUTE_US)
}

fn day_of(now: Timestamp) -> i64 {
    now.as_microsecond().div_euclid(24 * 60 * MINUTE_US)
}

const MINUTE_US: i64 = 60_000_000;
