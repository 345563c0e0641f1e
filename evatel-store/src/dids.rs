//! DIDs: the whole inventory, of which calls see what is in service.

use diesel::{
    ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::{AccountOwner, Did, DidCommand, DidRecord, DidState, DidTarget, Owner, Successor},
    id::{AccountId, DidId, ResellerId, TrunkId, UserId},
    number::E164,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Error, Scope, Store,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    did_rows::{self, IN_SERVICE, ServiceRow, record},
    mint,
    schema::{accounts, dids, emergency_places, trunks, users},
    store::bump_revision,
    subscription_rows::end_paid_for,
    users::check_user,
};

/// A Smart Number to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDid {
    /// The number; unique in the system.
    pub number: E164,
    /// The trunk over which it comes.
    pub trunk: TrunkId,
    /// Whom the assistant finds; the number becomes his account's.
    pub user: UserId,
}

impl Store {
    /// Adds a Smart Number that is in service at once.
    ///
    /// # Errors
    /// [`Error::NumberTaken`], [`Error::Missing`] for a trunk or user that is not there.
    pub async fn add_did(&self, new: NewDid, scope: &Scope) -> Result<Did, Error> {
        let id: DidId = mint::id("did")?;
        let only = scope.only();
        let number = new.number.clone();
        let added = in_transaction!(self, link => {
            check_user(&new.user, only.as_ref(), link).await?;
            check_trunk(&new.trunk, link).await?;
            let taker = successor(DidTarget::SmartNumber { user: new.user }, link).await?;
            let record = DidRecord {
                id,
                number: new.number,
                trunk: new.trunk,
                owner: Owner::Account(taker.owner),
                state: DidState::Assigned { target: taker.target },
                emergency_address: None,
                events: 0,
            };
            let by = "system".parse().expect("a word is a name");
            let applied = record.imported(&by, Timestamp::now());
            did_rows::insert(&applied, link).await?;
            bump_revision!(link, "dids" => applied.record.number.as_str());
            Ok(applied.record)
        });
        let record = added.map_err(|error| error.or_taken(|| Error::NumberTaken { number }))?;
        Ok(record.in_service().expect("it was put into service"))
    }

    /// Lists the DIDs in service within the scope, by number.
    pub async fn dids(&self, scope: &Scope) -> Result<Vec<Did>, Error> {
        let only = scope.only();
        let rows: Vec<ServiceRow> = on_backend!(self, link => {
            let mut query = dids::table
                .select(ServiceRow::as_select())
                .filter(dids::state.eq_any(IN_SERVICE))
                .order(dids::number)
                .into_boxed();
            if let Some(only) = &only {
                query = query.filter(dids::account_id.assume_not_null().eq_any(only));
            }
            query.load(link)
        })?;
        rows.into_iter().map(Did::try_from).collect()
    }

    /// Takes a DID out of service: it rests, and its reseller's pool has it again when its time is over.
    ///
    /// # Errors
    /// [`Error::InUse`] while it is the number that an emergency operator rings back, [`Error::Missing`].
    pub async fn remove_did(&self, number: &E164, scope: &Scope) -> Result<(), Error> {
        let only = scope.only();
        let wanted = number.clone();
        in_transaction!(self, link => {
            let mut one = dids::table.select(dids::id).filter(dids::number.eq(wanted.as_str())).into_boxed();
            if let Some(only) = &only {
                one = one.filter(dids::account_id.assume_not_null().eq_any(only));
            }
            let seen: Vec<String> = one.load(link).await?;
            let found = record(&wanted, &mut *link).await?.filter(|_| !seen.is_empty());
            let before = found.ok_or_else(|| Error::missing("DID", &wanted))?;
            check_no_callback(&wanted, &mut *link).await?;
            let (by, now) = ("system".parse().expect("a word is a name"), Timestamp::now());
            let quarantine_until = now.checked_add(QUARANTINE).unwrap_or(Timestamp::MAX);
            let applied = before.apply(DidCommand::Release { quarantine_until }, &by, now)?;
            did_rows::update(&before, &applied, &mut *link).await?;
            if let Some(former) = before.owner.account() {
                end_paid_for(&wanted, former, now, &mut *link).await?;
            }
            bump_revision!(link, "dids" => wanted.as_str());
            Ok(())
        })
    }
}

/// How long a released number rests unless somebody says otherwise.
pub const QUARANTINE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Makes sure of a trunk, inside somebody's transaction.
pub(crate) async fn check_trunk(trunk: &TrunkId, link: &mut impl AnyLink) -> Result<(), Error> {
    let known: i64 = on_link!(link, link =>
        trunks::table.filter(trunks::id.eq(trunk.as_str())).count().get_result(link))?;
    if known == 0 {
        Err(Error::missing("trunk", trunk))
    } else {
        Ok(())
    }
}

/// Refuses to let a number go that an emergency operator rings back.
pub(crate) async fn check_no_callback(number: &E164, link: &mut impl AnyLink) -> Result<(), Error> {
    let places: i64 = on_link!(link, link => emergency_places::table
        .filter(emergency_places::callback.eq(number.as_str()))
        .count()
        .get_result(link))?;
    if places == 0 {
        return Ok(());
    }
    Err(Error::InUse {
        what: "DID",
        id: number.to_string(),
        by: "an emergency place, as the number to ring back",
    })
}

/// Finds whose a number becomes that this will answer.
pub(crate) async fn successor(target: DidTarget, link: &mut impl AnyLink) -> Result<Successor, Error> {
    let user = target.user();
    let found: Result<(AsText<AccountId>, AsText<ResellerId>), _> = on_link!(link, link => users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .select((accounts::id, accounts::reseller_id))
        .filter(users::id.eq(user.as_str()))
        .first(link));
    let (account, reseller) = found.optional()?.ok_or_else(|| Error::missing("user", user))?;
    Ok(Successor {
        owner: AccountOwner {
            account: account.0,
            reseller: reseller.0,
        },
        target,
    })
}
