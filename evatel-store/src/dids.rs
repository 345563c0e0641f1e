//! DIDs: the whole inventory, of which calls see what is in service.

use diesel::{
    ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::{AccountOwner, Did, DidTarget, Successor},
    id::{AccountId, ResellerId},
    number::E164,
};
use jiff::SignedDuration;

use crate::{
    Error, Scope, Store,
    accounts::check_open,
    backend::{AnyLink, on_backend, on_link},
    column::AsText,
    did_rows::{IN_SERVICE, ServiceRow},
    schema::{accounts, dids, emergency_places, users},
};

impl Store {
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
}

/// How long a released number rests unless somebody says otherwise.
pub const QUARANTINE: SignedDuration = SignedDuration::from_hours(90 * 24);

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

/// Finds whose a number becomes that this will answer; nobody's whose account is closed.
pub(crate) async fn successor(target: DidTarget, link: &mut impl AnyLink) -> Result<Successor, Error> {
    let user = target.user();
    let found: Result<(AsText<AccountId>, AsText<ResellerId>), _> = on_link!(link, link => users::table
        .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
        .select((accounts::id, accounts::reseller_id))
        .filter(users::id.eq(user.as_str()))
        .first(link));
    let (account, reseller) = found.optional()?.ok_or_else(|| Error::missing("user", user))?;
    check_open(&account.0, &mut *link).await?;
    Ok(Successor {
        owner: AccountOwner {
            account: account.0,
            reseller: reseller.0,
        },
        target,
    })
}
