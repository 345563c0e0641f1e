//! What a closed account lets go of, within the transaction that closes it.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::AccountStatus,
    did::{Applied, DidCommand, DidState, Holder, Owner},
    id::AccountId,
    name::Name,
    permission::{Action, Matter},
};
use jiff::Timestamp;

use crate::{
    Acting, Error, QUARANTINE, Target,
    accounts::account_within,
    acting::{Done, Permit},
    backend::{AnyLink, on_link},
    devices::let_go_of_hardware,
    did_rows::{self, held_by},
    emergency_places::place_within,
    feed::bump_revision,
    number_events::done_by,
    schema::{accounts, emergency_places},
    subscription_rows::end_all,
};

impl Acting {
    /// Closes an account whose reseller is closed.
    pub(crate) async fn close_below(
        &self,
        account: &AccountId,
        link: &mut impl AnyLink,
    ) -> Result<(), Error> {
        let target = Target::Account(account.clone());
        let permit = self
            .permit(Action::Close, Matter::Accounts, &target, &mut *link)
            .await?;
        let before = account_within(account, &mut *link).await?;
        let mut after = before.clone();
        after.status = AccountStatus::Closed;
        let one = accounts::table.filter(accounts::id.eq(account.as_str()));
        let closed = accounts::status.eq(AccountStatus::Closed.word());
        on_link!(link, link => diesel::update(one).set(closed).execute(link))?;
        bump_revision!(link, "accounts" => account.as_str());
        let told = Done::changed((), account, &before, &after);
        self.tell_done(&permit, told, &mut *link).await?;
        self.let_go(account, &permit, link).await
    }

    /// Lets go of what an account holds: its numbers rest, those that are kept for it go back to the pool, its emergency
    /// place and the addresses of its telephones are forgotten, and what it pays for ends with the month.
    ///
    /// A number on its way to or from another carrier stays on its way ([`rest_if_closed`] sees to it at the end), unless
    /// that carrier refused to let it go: nobody asks for it again.
    pub(crate) async fn let_go(
        &self,
        account: &AccountId,
        permit: &Permit,
        link: &mut impl AnyLink,
    ) -> Result<(), Error> {
        let (by, now) = (done_by(&permit.actor), Timestamp::now());
        if let Some(place) = place_within(account, &mut *link).await? {
            let one = emergency_places::table.filter(emergency_places::account_id.eq(account.as_str()));
            on_link!(link, link => diesel::delete(one).execute(link))?;
            bump_revision!(link, "emergency_places" => account.as_str());
            let told = Done::removed((), account, &place);
            self.tell_done(permit, told, &mut *link).await?;
        }
        let telephones = let_go_of_hardware(account, &mut *link).await?;
        for (before, after) in &telephones {
            let told = Done::changed((), &after.device.id, before, after);
            self.tell_done(permit, told, &mut *link).await?;
        }
        if !telephones.is_empty() {
            bump_revision!(link, "devices" in telephones.iter().map(|(_, after)| after.device.id.as_str()));
        }
        let held = held_by(account, &mut *link).await?;
        for before in &held {
            let command = match before.settle(now).record.state {
                DidState::Assigned { .. } | DidState::Suspended { .. } => release(now),
                DidState::Reserved {
                    holder: Holder::Account(_),
                    ..
                } => DidCommand::Unreserve,
                DidState::PortInRejected { .. } => DidCommand::CancelPortIn,
                _ => continue,
            };
            let applied = before.apply(command, &by, now)?;
            did_rows::update(before, &applied, &mut *link).await?;
            let told = Done::changed((), &before.number, before, &applied.record);
            self.tell_done(permit, told, &mut *link).await?;
        }
        bump_revision!(link, "dids" in held.iter().map(|record| record.number.as_str()));
        end_all(account, now, link).await
    }

    /// Adds the audit entry of a part of a command.
    pub(crate) async fn tell_done(
        &self,
        permit: &Permit,
        done: Done<()>,
        link: &mut impl AnyLink,
    ) -> Result<(), Error> {
        match done.trace {
            Some(trace) => self.tell(permit, trace, link).await,
            None => Ok(()),
        }
    }
}

/// Lets a number rest at once that comes to a customer who has closed meanwhile.
pub(crate) async fn rest_if_closed(
    applied: Applied,
    by: &Name,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<Applied, Error> {
    let (Owner::Account(owner), DidState::Assigned { .. }) = (&applied.record.owner, &applied.record.state)
    else {
        return Ok(applied);
    };
    if account_within(&owner.account, link).await?.status != AccountStatus::Closed {
        return Ok(applied);
    }
    let rested = applied.record.apply(release(now), by, now)?;
    let mut events = applied.events;
    events.extend(rested.events);
    Ok(Applied { events, ..rested })
}

fn release(now: Timestamp) -> DidCommand {
    DidCommand::Release {
        quarantine_until: now.checked_add(QUARANTINE).unwrap_or(Timestamp::MAX),
    }
}
