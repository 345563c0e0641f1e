//! Numbers that accounts order: looked at for a quote, handed over by its confirmation.

use evatel_core::{
    did::{Applied, DidCommand, DidRecord, DidState, DidTarget, Successor},
    id::AccountId,
    name::Name,
    number::E164,
    offer::SoldNumber,
};
use jiff::Timestamp;

use crate::{
    Error,
    backend::AnyLink,
    did_rows::{self, record},
    dids::successor,
    feed::bump_revision,
};

/// Makes sure that an account may order a number, within the transaction of a quote. One that is not on offer to it is
/// the same as none.
pub(crate) async fn check_on_offer(
    number: &E164,
    target: &DidTarget,
    account: &AccountId,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(DidRecord, Successor), Error> {
    let taker = successor(target.clone(), &mut *link).await?;
    if taker.owner.account != *account {
        return Err(Error::missing("user", target.user()));
    }
    let found = record(number, link).await?;
    let found = found.filter(|found| found.is_on_offer_to(&taker.owner, now));
    let found = found.ok_or_else(|| Error::missing("DID", number))?;
    Ok((found, taker))
}

/// Hands a number over to the account that pays for it, within the transaction of the confirmation; gives what it became.
pub(crate) async fn hand_over(
    sold: SoldNumber,
    by: &Name,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<Applied, Error> {
    let (number, target) = (sold.number(), sold.target());
    let (before, taker) = check_on_offer(number, target, sold.account(), now, &mut *link).await?;
    let applied = match &before.settle(now).record.state {
        DidState::Quarantined { .. } => before.apply(DidCommand::Restore(taker), by, now)?,
        _ => before.hand_over(taker, by, now)?,
    };
    did_rows::update(&before, &applied, &mut *link).await?;
    bump_revision!(link, "dids" => number.as_str());
    Ok(applied)
}
