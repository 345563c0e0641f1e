//! Restrictions.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, DeviceId, ResellerId, RestrictionId, TrunkId, UserId},
    name::Name,
    restriction::{Effect, Level, NumberMatch, Restriction, RestrictionOwner, RuleHours},
    schedule::{Hours, Zone},
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    mint,
    schema::{devices, resellers, restrictions, trunks, users},
    scope::Only,
    store::bump_revision,
    users::check_user,
};

/// A restriction to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRestriction {
    /// What it says about the numbers.
    pub effect: Effect,
    /// Which numbers it is about.
    pub matches: NumberMatch,
    /// What people call it.
    pub name: Name,
    /// For whom it holds.
    pub owner: RestrictionOwner,
    /// Who sets it: the owner's level or one above.
    pub set_by: Level,
    /// When it holds; always, where there are none.
    pub hours: Option<RuleHours>,
    /// The only trunk for its numbers; the system and the reseller choose trunks.
    pub trunk: Option<TrunkId>,
}

impl NewRestriction {
    /// Begins with a rule that its owner sets for himself and that always holds.
    pub fn new(name: Name, owner: RestrictionOwner, effect: Effect, matches: NumberMatch) -> Self {
        Self {
            effect,
            matches,
            name,
            set_by: owner.level(),
            owner,
            hours: None,
            trunk: None,
        }
    }
}

impl Store {
    /// Adds a restriction.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner or trunk that is not there or not within the scope, and for a level that is not
    /// the scope's to set rules at; a level below the owner's is a level that is missing above him.
    pub async fn add_restriction(&self, new: NewRestriction, scope: &Scope) -> Result<Restriction, Error> {
        let restriction = Restriction {
            id: mint::id("rst")?,
            name: new.name,
            owner: new.owner,
            set_by: new.set_by,
            matches: new.matches,
            effect: new.effect,
            hours: new.hours,
            trunk: new.trunk,
        };
        check_level(&restriction, scope)?;
        let row = RestrictionRow::from(&restriction);
        let (owner, trunk) = (restriction.owner.clone(), restriction.trunk.clone());
        let scope = scope.clone();
        in_transaction!(self, link => {
            check_owner(&owner, &scope, link).await?;
            if let Some(trunk) = &trunk {
                let one = trunks::table.filter(trunks::id.eq(trunk.as_str()));
                let known: i64 = one.count().get_result(link).await?;
                if known == 0 {
                    return Err(Error::missing("trunk", trunk));
                }
            }
            diesel::insert_into(restrictions::table).values(row).execute(link).await?;
            bump_revision!(link, "restrictions" => &owner.to_string());
            Ok(())
        })?;
        Ok(restriction)
    }

    /// Lists the restrictions that were set within the scope, oldest first.
    pub async fn restrictions(&self, scope: &Scope) -> Result<Vec<Restriction>, Error> {
        let only = scope.only();
        let rows: Vec<RestrictionRow> = on_backend!(self, link => {
            let mut query =
                restrictions::table.select(RestrictionRow::as_select()).order(restrictions::id).into_boxed();
            if let Some(only) = &only {
                let own_users = users::table.select(users::id).filter(users::account_id.eq_any(only));
                let of_user = restrictions::user_id.assume_not_null().eq_any(own_users);
                let own_devices = devices::table
                    .inner_join(users::table.on(users::id.eq(devices::user_id)))
                    .select(devices::id)
                    .filter(users::account_id.eq_any(only));
                let of_device = restrictions::device_id.assume_not_null().eq_any(own_devices);
                let of_account = restrictions::account_id.assume_not_null().eq_any(only);
                query = query.filter(of_account.or(of_user).or(of_device));
                if let Only::Reseller(reseller) = only {
                    query = query.or_filter(restrictions::reseller_id.eq(reseller.as_str()));
                }
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a restriction.
    ///
    /// # Errors
    /// [`Error::Missing`]; one that an upper owner set is missing for an account.
    pub async fn remove_restriction(&self, restriction: &RestrictionId, scope: &Scope) -> Result<(), Error> {
        let id = restriction.clone();
        let scope = scope.clone();
        in_transaction!(self, link => {
            let one = restrictions::table.filter(restrictions::id.eq(id.as_str()));
            let rows: Vec<RestrictionRow> = one.select(RestrictionRow::as_select()).load(link).await?;
            let Some(row) = rows.into_iter().next() else { return Err(Error::missing("restriction", &id)) };
            let rule = Restriction::from(row);
            check_level(&rule, &scope).map_err(|_| Error::missing("restriction", &id))?;
            check_owner(&rule.owner, &scope, link).await.map_err(|_| Error::missing("restriction", &id))?;
            diesel::delete(one).execute(link).await?;
            bump_revision!(link, "restrictions" => &rule.owner.to_string());
            Ok(())
        })
    }
}

/// Makes sure that a rule is set at its owner's level or above, and that the level is the scope's own: an account grants
/// no exception in its reseller's name and chooses no trunk.
fn check_level(rule: &Restriction, scope: &Scope) -> Result<(), Error> {
    let above = rule.set_by <= Level::Reseller;
    let highest = match scope.only() {
        None => Level::System,
        Some(Only::Reseller(_)) => Level::Reseller,
        Some(Only::Account(_)) => Level::Account,
    };
    if rule.set_by > rule.owner.level() || rule.set_by < highest {
        return Err(Error::missing("level", rule.set_by));
    }
    match &rule.trunk {
        Some(trunk) if !above => Err(Error::missing("trunk", trunk)),
        _ => Ok(()),
    }
}

/// Makes sure that the owner is there and within the scope.
async fn check_owner(owner: &RestrictionOwner, scope: &Scope, link: &mut impl AnyLink) -> Result<(), Error> {
    let only = scope.only();
    let known: i64 = match owner {
        RestrictionOwner::System if only.is_none() => return Ok(()),
        RestrictionOwner::System => return Err(Error::missing("owner", "system")),
        RestrictionOwner::Reseller(id) if scope.covers_reseller(id) => {
            on_link!(link, link => resellers::table.filter(resellers::id.eq(id.as_str())).count().get_result(link))?
        }
        RestrictionOwner::Reseller(id) => return Err(Error::missing("reseller", id)),
        RestrictionOwner::Account(id) => return check_account(id, only.as_ref(), link).await,
        RestrictionOwner::Device(id) => {
            let device = devices::table
                .select(devices::user_id)
                .filter(devices::id.eq(id.as_str()));
            let user: Option<AsText<UserId>> = on_link!(link, link => device.first(link)).optional()?;
            let user = user.ok_or_else(|| Error::missing("device", id))?.0;
            let own = check_user(&user, only.as_ref(), link).await;
            return own.map(drop).map_err(|_| Error::missing("device", id));
        }
        RestrictionOwner::User(id) => return check_user(id, only.as_ref(), link).await.map(drop),
    };
    match (known, owner) {
        (0, RestrictionOwner::Reseller(id)) => Err(Error::missing("reseller", id)),
        _ => Ok(()),
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = restrictions)]
pub(crate) struct RestrictionRow {
    id: AsText<RestrictionId>,
    name: AsText<Name>,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    user_id: Option<AsText<UserId>>,
    device_id: Option<AsText<DeviceId>>,
    set_by: AsText<Level>,
    matches: AsText<NumberMatch>,
    effect: AsText<Effect>,
    hours: Option<AsText<Hours>>,
    zone: Option<AsText<Zone>>,
    trunk_id: Option<AsText<TrunkId>>,
}

impl From<&Restriction> for RestrictionRow {
    fn from(restriction: &Restriction) -> Self {
        let (mut reseller_id, mut account_id, mut user_id, mut device_id) = (None, None, None, None);
        match &restriction.owner {
            RestrictionOwner::System => {}
            RestrictionOwner::Reseller(id) => reseller_id = Some(AsText(id.clone())),
            RestrictionOwner::Account(id) => account_id = Some(AsText(id.clone())),
            RestrictionOwner::User(id) => user_id = Some(AsText(id.clone())),
            RestrictionOwner::Device(id) => device_id = Some(AsText(id.clone())),
        }
        let hours = restriction.hours.as_ref();
        Self {
            id: AsText(restriction.id.clone()),
            name: AsText(restriction.name.clone()),
            reseller_id,
            account_id,
            user_id,
            device_id,
            set_by: AsText(restriction.set_by),
            matches: AsText(restriction.matches.clone()),
            effect: AsText(restriction.effect),
            hours: hours.map(|hours| AsText(hours.hours.clone())),
            zone: hours.map(|hours| AsText(hours.zone.clone())),
            trunk_id: restriction.trunk.clone().map(AsText),
        }
    }
}

impl From<RestrictionRow> for Restriction {
    fn from(row: RestrictionRow) -> Self {
        // The table's CHECK admits one owner at most.
        let reseller = row.reseller_id.map(|id| RestrictionOwner::Reseller(id.0));
        let account = row.account_id.map(|id| RestrictionOwner::Account(id.0));
        let user = row.user_id.map(|id| RestrictionOwner::User(id.0));
        let device = row.device_id.map(|id| RestrictionOwner::Device(id.0));
        // And hours with their zone or none of both.
        let hours = row.hours.zip(row.zone);
        Self {
            id: row.id.0,
            name: row.name.0,
            owner: reseller
                .or(account)
                .or(user)
                .or(device)
                .unwrap_or(RestrictionOwner::System),
            set_by: row.set_by.0,
            matches: row.matches.0,
            effect: row.effect.0,
            hours: hours.map(|(hours, zone)| RuleHours {
                hours: hours.0,
                zone: zone.0,
            }),
            trunk: row.trunk_id.map(|id| id.0),
        }
    }
}
