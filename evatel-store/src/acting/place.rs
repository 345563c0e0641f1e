//! Where things stand and who somebody is, as the rows have it at this moment.

use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, TextExpressionMethods, dsl::exists};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{AccountKind, AccountStatus, BillingMode, ResellerStatus, Roles},
    id::{AccountId, ResellerId, UserId},
    permission::{AccountPlace, Actor, Place, Principal},
};

use super::Target;
use crate::{
    Error,
    backend::{AnyLink, on_link},
    column::AsText,
    schema::{accounts, logins, resellers, users},
};

diesel::alias!(users as people: People);

/// An account with what its place is made of: its reseller, how he bills, what it is, whether it has an administrator.
type FoundAccount = (
    AsText<AccountId>,
    AsText<ResellerId>,
    AsText<BillingMode>,
    AsText<AccountKind>,
    bool,
);

/// Selects a [`FoundAccount`] from accounts joined to their resellers, administrators looked for in the same statement.
macro_rules! selected {
    () => {
        (
            accounts::id,
            accounts::reseller_id,
            resellers::billing,
            accounts::kind,
            exists(
                people
                    .filter(people.field(users::account_id).eq(accounts::id))
                    .filter(people.field(users::roles).like(ADMINISTRATORS)),
            ),
        )
    };
}

/// Finds where a target stands, by one statement whether it is there or not: how long it takes does not tell which.
pub(crate) async fn place_of(target: &Target, link: &mut impl AnyLink) -> Result<Place, Error> {
    match target {
        Target::System => Ok(Place::System),
        Target::Reseller(reseller) => {
            let billing: Result<AsText<BillingMode>, _> = on_link!(link, link => resellers::table
                .select(resellers::billing)
                .filter(resellers::id.eq(reseller.as_str()))
                .first(link));
            let billing = billing.optional()?.ok_or_else(|| target.missing())?.0;
            let reseller = reseller.clone();
            Ok(Place::Reseller { reseller, billing })
        }
        Target::Account(account) => {
            let place = account_place(account, link).await?;
            Ok(Place::Account(place.ok_or_else(|| target.missing())?))
        }
        Target::User(user) => {
            let found: Result<FoundAccount, _> = on_link!(link, link => users::table
                .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
                .inner_join(resellers::table.on(resellers::id.eq(accounts::reseller_id)))
                .select(selected!())
                .filter(users::id.eq(user.as_str()))
                .first(link));
            let account = found.optional()?.ok_or_else(|| target.missing())?;
            Ok(Place::User {
                account: into_place(account),
                user: user.clone(),
            })
        }
    }
}

async fn account_place(account: &AccountId, link: &mut impl AnyLink) -> Result<Option<AccountPlace>, Error> {
    let found: Result<FoundAccount, _> = on_link!(link, link => accounts::table
        .inner_join(resellers::table.on(resellers::id.eq(accounts::reseller_id)))
        .select(selected!())
        .filter(accounts::id.eq(account.as_str()))
        .first(link));
    Ok(found.optional()?.map(into_place))
}

fn into_place((account, reseller, billing, kind, has_administrator): FoundAccount) -> AccountPlace {
    AccountPlace {
        account: account.0,
        reseller: reseller.0,
        billing: billing.0,
        kind: kind.0,
        has_administrator,
    }
}

/// Counts the administrators of a company, but for one user.
pub(crate) async fn administrators(
    account: &AccountId,
    but: Option<&UserId>,
    link: &mut impl AnyLink,
) -> Result<usize, Error> {
    let but = but.map_or("", UserId::as_str);
    let count: i64 = on_link!(link, link => users::table
        .filter(users::account_id.eq(account.as_str()))
        .filter(users::roles.like(ADMINISTRATORS))
        .filter(users::id.ne(but))
        .count()
        .get_result(link))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Gives an actor as he is now: with the roles that he has, or no longer at all.
pub(crate) async fn present(actor: &Actor, link: &mut impl AnyLink) -> Result<Actor, Error> {
    match actor.principal() {
        Principal::Reseller { reseller, login } => {
            let status: Result<AsText<ResellerStatus>, _> = on_link!(link, link => resellers::table
                .select(resellers::status)
                .filter(resellers::id.eq(reseller.as_str()))
                .first(link));
            let sells = status
                .optional()?
                .is_some_and(|status| status.0 == ResellerStatus::Active);
            let known: i64 = match login {
                None => 1,
                Some(login) => on_link!(link, link => logins::table
                    .filter(logins::id.eq(login.as_str()))
                    .filter(logins::reseller_id.eq(reseller.as_str()))
                    .count()
                    .get_result(link))?,
            };
            // Whoever entered from above may still look after what is closed.
            if (sells || !actor.is_in_person()) && known == 1 {
                Ok(actor.clone())
            } else {
                Err(Error::ActorGone)
            }
        }
        Principal::Account {
            account, reseller, ..
        } => match account_place(account, link).await? {
            Some(place) if place.reseller == *reseller => Ok(actor.clone()),
            _ => Err(Error::ActorGone),
        },
        Principal::User {
            user,
            account,
            reseller,
            ..
        } => {
            type Found = (AsText<Roles>, AsText<ResellerId>, AsText<AccountStatus>);
            let found: Result<Found, _> = on_link!(link, link => users::table
                .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
                .select((users::roles, accounts::reseller_id, accounts::status))
                .filter(users::id.eq(user.as_str()))
                .filter(users::account_id.eq(account.as_str()))
                .first(link));
            match found.optional()? {
                Some((roles, sold_by, status))
                    if sold_by.0 == *reseller && status.0 != AccountStatus::Closed =>
                {
                    Ok(actor.clone().with_roles(roles.0))
                }
                _ => Err(Error::ActorGone),
            }
        }
        _ => Ok(actor.clone()),
    }
}

/// The roles of an administrator: his word comes first in a set of roles.
const ADMINISTRATORS: &str = "administrator%";
