//! DIDs.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::{Did, DidTarget},
    id::{AccountId, DidId, TrunkId, UserId},
    number::E164,
};

use crate::{
    Error, Scope, Store,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    mint,
    schema::{dids, trunks},
    store::bump_revision,
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
    /// Adds a Smart Number.
    ///
    /// # Errors
    /// [`Error::NumberTaken`], [`Error::Missing`] for a trunk or user that is not there.
    pub async fn add_did(&self, new: NewDid, scope: &Scope) -> Result<Did, Error> {
        let id: DidId = mint::id("did")?;
        let only = scope.only();
        let number = new.number.clone();
        let added = in_transaction!(self, link => {
            let account = check_user(&new.user, only.as_ref(), link).await?;
            check_trunk(&new.trunk, link).await?;
            let target = DidTarget::SmartNumber { user: new.user };
            let did = Did { id, number: new.number, trunk: new.trunk, account, target };
            diesel::insert_into(dids::table).values(DidRow::from(&did)).execute(link).await?;
            bump_revision!(link, "dids" => did.number.as_str());
            Ok(did)
        });
        added.map_err(|error| error.or_taken(|| Error::NumberTaken { number }))
    }

    /// Lists the DIDs within the scope, by number.
    pub async fn dids(&self, scope: &Scope) -> Result<Vec<Did>, Error> {
        let only = scope.only();
        let rows: Vec<DidRow> = on_backend!(self, link => {
            let mut query = dids::table.select(DidRow::as_select()).order(dids::number).into_boxed();
            if let Some(only) = &only {
                query = query.filter(dids::account_id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a DID.
    ///
    /// # Errors
    /// [`Error::InUse`] while it is the number that an emergency operator rings back, [`Error::Missing`].
    pub async fn remove_did(&self, number: &E164, scope: &Scope) -> Result<(), Error> {
        let only = scope.only();
        let wanted = number.clone();
        let removed = in_transaction!(self, link => {
            let one = dids::table.filter(dids::number.eq(wanted.as_str()));
            let gone = match &only {
                Some(only) => diesel::delete(one.filter(dids::account_id.eq_any(only))).execute(link).await?,
                None => diesel::delete(one).execute(link).await?,
            };
            if gone == 0 {
                return Err(Error::missing("DID", &wanted));
            }
            bump_revision!(link, "dids" => wanted.as_str());
            Ok(())
        });
        removed
            .map_err(|error| error.or_in_use("DID", number, "an emergency place, as the number to ring back"))
    }
}

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

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = dids)]
pub(crate) struct DidRow {
    id: AsText<DidId>,
    number: AsText<E164>,
    trunk_id: AsText<TrunkId>,
    account_id: AsText<AccountId>,
    target_kind: String,
    target_user_id: AsText<UserId>,
}

impl From<&Did> for DidRow {
    fn from(did: &Did) -> Self {
        Self {
            id: AsText(did.id.clone()),
            number: AsText(did.number.clone()),
            trunk_id: AsText(did.trunk.clone()),
            account_id: AsText(did.account.clone()),
            target_kind: SMART_NUMBER.to_owned(),
            target_user_id: AsText(did.target.user().clone()),
        }
    }
}

impl From<DidRow> for Did {
    fn from(row: DidRow) -> Self {
        // The table's CHECK admits this kind only.
        let target = DidTarget::SmartNumber {
            user: row.target_user_id.0,
        };
        Self {
            id: row.id.0,
            number: row.number.0,
            trunk: row.trunk_id.0,
            account: row.account_id.0,
            target,
        }
    }
}

const SMART_NUMBER: &str = "smart-number";
