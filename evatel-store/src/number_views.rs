//! Who sees which numbers, and what was done with them.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::{AccountOwner, DidRecord, DidState, DidStatus, Holder, NumberEvent, Owner},
    id::AccountId,
    number::E164,
    permission::{Action, Matter, Place},
};
use jiff::Timestamp;

use crate::{
    Acting, Error, Target,
    acting::NOBODY,
    backend::{AnyLink, at_one_moment},
    did_rows::{self, into_record, record, records},
    number_events::EventRow,
    schema,
};

/// Which numbers to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFilter {
    /// Those after this one: the page after the one that ended there.
    pub after: Option<E164>,
    /// At most so many.
    pub limit: u32,
    /// Those in this state.
    pub status: Option<DidStatus>,
}

impl Default for NumberFilter {
    fn default() -> Self {
        Self {
            after: None,
            limit: 1000,
            status: None,
        }
    }
}

impl Acting {
    /// Lists the numbers of a target and all below it, by number.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn numbers(&self, target: &Target, filter: &NumberFilter) -> Result<Vec<DidRecord>, Error> {
        let store = self.store();
        let now = Timestamp::now();
        let rows = at_one_moment!(store, link => {
            let permit = self.permit(Action::Read, Matter::Numbers, target, &mut *link).await?;
            let mut query = records!().order(schema::dids::number).limit(i64::from(filter.limit)).into_boxed();
            match &permit.place {
                Place::System => {}
                Place::Reseller { reseller, .. } => {
                    let own = reseller.as_str().to_owned();
                    query = query.filter(
                        schema::dids::reseller_id.eq(own.clone()).or(
                            did_rows::owners.field(schema::accounts::reseller_id).nullable().eq(own)));
                }
                Place::Account(place) | Place::User { account: place, .. } => {
                    let own = place.account.as_str().to_owned();
                    let reserved = schema::dids::holder_account_id.eq(own.clone());
                    query = query.filter(schema::dids::account_id.eq(own).or(reserved));
                }
            }
            if let Some(user) = permit.place.user() {
                query = query.filter(schema::dids::target_user_id.eq(user.as_str().to_owned()));
            }
            if let Some(after) = &filter.after {
                query = query.filter(schema::dids::number.gt(after.as_str().to_owned()));
            }
            if let Some(status) = filter.status {
                query = query.filter(schema::dids::state.eq(status.word()));
            }
            Ok(query.load(link).await?)
        })?;
        let records: Result<Vec<_>, _> = rows.into_iter().map(into_record).collect();
        // What time alone did is shown as done.
        let mut shown: Vec<_> = records?
            .into_iter()
            .map(|record| record.settle(now).record)
            .collect();
        if let Some(status) = filter.status {
            shown.retain(|record| record.state.status() == status);
        }
        Ok(shown)
    }

    /// Lists the numbers that an account may order now, by number; the states of the filter play no part.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn numbers_on_offer(
        &self,
        account: &AccountId,
        filter: &NumberFilter,
    ) -> Result<Vec<DidRecord>, Error> {
        let store = self.store();
        let now = Timestamp::now();
        let target = Target::Account(account.clone());
        let (customer, rows) = at_one_moment!(store, link => {
            let permit = self.permit(Action::Order, Matter::Numbers, &target, &mut *link).await?;
            let Some((reseller, _)) = permit.place.reseller() else {
                return Err(target.missing());
            };
            let customer = AccountOwner { account: account.clone(), reseller: reseller.clone() };
            let mut query = records!()
                .filter(schema::dids::reseller_id.eq(reseller.as_str()))
                .filter(schema::dids::state.eq_any(["available", "quarantined", "reserved"]))
                .order(schema::dids::number)
                .limit(i64::from(filter.limit))
                .into_boxed();
            // What is kept for others or rests from others is no part of the page, unless its time is over.
            query = query.filter(
                schema::dids::until_us.is_null()
                    .or(schema::dids::until_us.le(now.as_microsecond()))
                    .or(schema::dids::former_account_id.eq(account.as_str()))
                    .or(schema::dids::holder_account_id.eq(account.as_str()))
                    .or(schema::dids::holder_reseller_id.eq(reseller.as_str())));
            if let Some(after) = &filter.after {
                query = query.filter(schema::dids::number.gt(after.as_str().to_owned()));
            }
            Ok((customer, query.load(link).await?))
        })?;
        let records: Result<Vec<_>, _> = rows.into_iter().map(into_record).collect();
        let on_offer = |record: &DidRecord| record.is_on_offer_to(&customer, now);
        Ok(records?
            .into_iter()
            .filter(on_offer)
            .map(|record| record.settle(now).record)
            .collect())
    }

    /// Finds one number.
    ///
    /// # Errors
    /// [`Error::Missing`], also where it is somebody else's.
    pub async fn number(&self, number: &E164) -> Result<DidRecord, Error> {
        let store = self.store();
        at_one_moment!(store, link => { self.seen(number, &mut *link).await })
    }

    /// Reads what was done with a number, oldest first.
    ///
    /// An account sees what happened since the number came to it, a reseller since it came to him or his customers.
    ///
    /// # Errors
    /// [`Error::Missing`], also where it is somebody else's.
    pub async fn number_history(&self, number: &E164) -> Result<Vec<NumberEvent>, Error> {
        let store = self.store();
        let (record, reach, rows) = at_one_moment!(store, link => {
            let record = self.seen(number, &mut *link).await?;
            let mut reach = Reach::Account;
            if self.permit(Action::Read, Matter::Numbers, &Target::System, &mut *link).await.is_ok() {
                reach = Reach::All;
            } else if let Some(reseller) = record.owner.reseller() {
                let pool = Target::Reseller(reseller.clone());
                if self.permit(Action::Read, Matter::Numbers, &pool, &mut *link).await.is_ok() {
                    reach = Reach::Reseller;
                }
            }
            let rows: Vec<EventRow> = schema::number_events::table
                .select(EventRow::as_select())
                .filter(schema::number_events::number.eq(number.as_str()))
                .order(schema::number_events::sequence)
                .load(link)
                .await?;
            Ok((record, reach, rows))
        })?;
        let events: Vec<NumberEvent> = rows.into_iter().map(Into::into).collect();
        let own = &record.owner;
        let foreign = events.iter().rposition(|event| match reach {
            Reach::Account => event.owner.account() != own.account(),
            Reach::All => false,
            Reach::Reseller => event.owner.reseller() != own.reseller(),
        });
        let from = foreign.map_or(0, |at| at + 1);
        Ok(events[from..].to_vec())
    }

    async fn seen(&self, number: &E164, link: &mut impl AnyLink) -> Result<DidRecord, Error> {
        let missing = || Error::missing("DID", number);
        let now = Timestamp::now();
        let found = record(number, &mut *link)
            .await?
            .map(|found| found.settle(now).record);
        let asked = found.as_ref().map_or_else(|| seen_at(&nobodys(number)), seen_at);
        match self.permit(Action::Read, Matter::Numbers, &asked, link).await {
            Ok(_) => found.ok_or_else(missing),
            Err(Error::Missing { .. } | Error::Refused(_)) => Err(missing()),
            Err(error) => Err(error),
        }
    }
}

/// How much of a number's history somebody sees: while it was its account's, its reseller's, or all.
#[derive(Clone, Copy)]
enum Reach {
    Account,
    All,
    Reseller,
}

/// Makes the record of a number that is not there, whose owner is not there either: it is asked on about as if it were
/// somebody else's, by the same statements.
pub(crate) fn nobodys(number: &E164) -> DidRecord {
    let id = "the word is an id";
    DidRecord {
        id: NOBODY.parse().expect(id),
        number: number.clone(),
        trunk: NOBODY.parse().expect(id),
        owner: Owner::Account(AccountOwner {
            account: NOBODY.parse().expect(id),
            reseller: NOBODY.parse().expect(id),
        }),
        state: DidState::Available,
        emergency_address: None,
        events: 0,
    }
}

/// Says whose a number is for whoever wants to read of it.
pub(crate) fn seen_at(record: &DidRecord) -> Target {
    match (&record.owner, &record.state) {
        (Owner::Account(owner), _) => Target::Account(owner.account.clone()),
        (
            _,
            DidState::Reserved {
                holder: Holder::Account(owner),
                ..
            },
        ) => Target::Account(owner.account.clone()),
        (Owner::Reseller { reseller }, _) => Target::Reseller(reseller.clone()),
        (Owner::System, _) => Target::System,
    }
}
