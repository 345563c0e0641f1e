//! Restrictions.

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, DeviceId, ResellerId, RestrictionId, TrunkId, UserId},
    name::Name,
    permission::{Action, Matter, Place},
    restriction::{Effect, Level, NumberMatch, Restriction, RestrictionOwner, RuleHours},
    schedule::{Hours, Zone},
};

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command, place_of},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    feed::bump_revision,
    mint,
    schema::{devices, restrictions, users},
    scope::Only,
    trunks::check_trunk,
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

/// What to change of a restriction; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestrictionChange {
    /// What it says about the numbers.
    pub effect: Option<Effect>,
    /// Which numbers it is about.
    pub matches: Option<NumberMatch>,
    /// What people call it.
    pub name: Option<Name>,
    /// When it holds; `Some(None)` is always.
    pub hours: Option<Option<RuleHours>>,
    /// The only trunk for its numbers; `Some(None)` leaves that to the routes.
    pub trunk: Option<Option<TrunkId>>,
}

impl Acting {
    /// Adds a restriction, in the name of the level that sets it.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner or trunk that is not there or not within reach, for a level that is not the owner's
    /// nor above him, and for a trunk that is chosen below the reseller; [`Error::Refused`] for a level that is another's.
    pub async fn add_restriction(&self, new: NewRestriction) -> Result<Restriction, Error> {
        new.matches.check()?;
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
        check_level(&restriction)?;
        let target = self.setter(&restriction).await?;
        let asked = target.clone();
        command!(
            self,
            Action::Write,
            Matter::Restrictions,
            target,
            |_permit, link| {
                if setter_within(&restriction, &mut *link).await? != asked {
                    return Err(Error::Overtaken { what: "account" });
                }
                if let Some(trunk) = &restriction.trunk {
                    check_trunk(trunk, &mut *link).await?;
                }
                diesel::insert_into(restrictions::table)
                    .values(RestrictionRow::from(&restriction))
                    .execute(link)
                    .await?;
                bump_revision!(link, "restrictions" => &restriction.owner.to_string());
                let id = restriction.id.clone();
                Ok(Done::made(restriction, id))
            }
        )
    }

    /// Changes a restriction and gives it as it is now; for whom it holds and who sets it stays.
    ///
    /// # Errors
    /// [`Error::Missing`] for a restriction that is not there or not within reach, a trunk that is not there and one that is
    /// chosen below the reseller; [`Error::Refused`] where another level set it.
    pub async fn change_restriction(
        &self,
        restriction: &RestrictionId,
        change: RestrictionChange,
    ) -> Result<Restriction, Error> {
        if let Some(matches) = &change.matches {
            matches.check()?;
        }
        let (found, target) = self.found_with_setter(restriction).await?;
        let asked = target.clone();
        command!(
            self,
            Action::Write,
            Matter::Restrictions,
            target,
            |_permit, link| {
                let before = restriction_within(&found.id, &mut *link).await?;
                let after = Restriction {
                    effect: change.effect.unwrap_or(before.effect),
                    matches: change.matches.unwrap_or_else(|| before.matches.clone()),
                    name: change.name.unwrap_or_else(|| before.name.clone()),
                    hours: change.hours.unwrap_or_else(|| before.hours.clone()),
                    trunk: change.trunk.unwrap_or_else(|| before.trunk.clone()),
                    ..before.clone()
                };
                check_level(&after)?;
                if setter_within(&after, &mut *link).await? != asked {
                    return Err(Error::Overtaken { what: "account" });
                }
                if let Some(trunk) = &after.trunk {
                    check_trunk(trunk, &mut *link).await?;
                }
                if after != before {
                    diesel::update(restrictions::table.filter(restrictions::id.eq(after.id.as_str())))
                        .set(RestrictionRow::from(&after))
                        .execute(link)
                        .await?;
                    bump_revision!(link, "restrictions" => &after.owner.to_string());
                }
                Ok(Done::changed(after.clone(), &after.id, &before, &after))
            }
        )
    }

    /// Lists the restrictions of a target and all below it, oldest first; of one above, only those that hold for all there.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn restrictions(&self, target: &Target) -> Result<Vec<Restriction>, Error> {
        let rows: Vec<RestrictionRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Restrictions, target, &mut *link).await?;
            let mut query =
                restrictions::table.select(RestrictionRow::as_select()).order(restrictions::id).into_boxed();
            match (&permit.place, permit.accounts().only()) {
                (Place::Reseller { reseller, .. }, _) if !permit.is_within() => {
                    query = query.filter(restrictions::reseller_id.eq(reseller.to_string()));
                }
                (Place::System, _) if !permit.is_within() => {
                    query = query
                        .filter(restrictions::reseller_id.is_null())
                        .filter(restrictions::account_id.is_null())
                        .filter(restrictions::user_id.is_null())
                        .filter(restrictions::device_id.is_null());
                }
                (Place::User { user, .. }, _) => {
                    let own_devices =
                        devices::table.select(devices::id).filter(devices::user_id.eq(user.to_string()));
                    let of_device = restrictions::device_id.assume_not_null().eq_any(own_devices);
                    let of_user = restrictions::user_id.assume_not_null().eq(user.to_string());
                    query = query.filter(of_user.or(of_device));
                }
                (_, Some(only)) => {
                    let own_users = users::table.select(users::id).filter(users::account_id.eq_any(&only));
                    let of_user = restrictions::user_id.assume_not_null().eq_any(own_users);
                    let own_devices = devices::table
                        .inner_join(users::table.on(users::id.eq(devices::user_id)))
                        .select(devices::id)
                        .filter(users::account_id.eq_any(&only));
                    let of_device = restrictions::device_id.assume_not_null().eq_any(own_devices);
                    let of_account = restrictions::account_id.assume_not_null().eq_any(&only);
                    query = query.filter(of_account.or(of_user).or(of_device));
                    if let Only::Reseller(reseller) = &only {
                        query = query.or_filter(restrictions::reseller_id.eq(reseller.to_string()));
                    }
                }
                (_, None) => {}
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a restriction; whoever set it does, or would have to.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn remove_restriction(&self, restriction: &RestrictionId) -> Result<(), Error> {
        let (found, target) = self.found_with_setter(restriction).await?;
        command!(
            self,
            Action::Write,
            Matter::Restrictions,
            target,
            |_permit, link| {
                let one = restrictions::table.filter(restrictions::id.eq(found.id.as_str()));
                if diesel::delete(one).execute(link).await? == 0 {
                    return Err(Error::missing("restriction", &found.id));
                }
                bump_revision!(link, "restrictions" => &found.owner.to_string());
                Ok(Done::removed((), &found.id, &found))
            }
        )
    }

    /// Finds a restriction, with where the level stands that set it.
    async fn found_with_setter(&self, restriction: &RestrictionId) -> Result<(Restriction, Target), Error> {
        let found = match self.store().restriction(restriction).await {
            Ok(found) => self.setter(&found).await.map(|target| (found, target)),
            Err(Error::Missing { .. }) => {
                let nobodys = self
                    .may(Action::Read, Matter::Restrictions, &Target::nobody())
                    .await;
                nobodys.and_then(|_| Err(Error::missing("restriction", restriction)))
            }
            Err(error) => Err(error),
        };
        found.map_err(|error| match error {
            // Somebody else's is the same as none.
            Error::Missing { .. } => Error::missing("restriction", restriction),
            error => error,
        })
    }

    /// Finds where the level stands that sets a rule, for whoever may see the rule's owner.
    async fn setter(&self, rule: &Restriction) -> Result<Target, Error> {
        at_one_moment!(self.store(), link => {
            let owner = owner_target(&rule.owner, &mut *link).await?;
            let seen = self.permit(Action::Read, Matter::Restrictions, &owner, &mut *link).await;
            seen.map_err(|error| match error {
                Error::Missing { .. } => missing_owner(&rule.owner),
                error => error,
            })?;
            setter_within(rule, &mut *link).await
        })
    }
}

impl Store {
    /// Finds a restriction, whoever's it is: to be removed, it has to be his who asks.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn restriction(&self, restriction: &RestrictionId) -> Result<Restriction, Error> {
        let row: Result<RestrictionRow, _> = on_backend!(self, link => restrictions::table
            .select(RestrictionRow::as_select())
            .filter(restrictions::id.eq(restriction.as_str()))
            .first(link));
        row.optional()?
            .map(Into::into)
            .ok_or_else(|| Error::missing("restriction", restriction))
    }
}

async fn restriction_within(
    restriction: &RestrictionId,
    link: &mut impl AnyLink,
) -> Result<Restriction, Error> {
    let row: Result<RestrictionRow, _> = on_link!(link, link => restrictions::table
        .select(RestrictionRow::as_select())
        .filter(restrictions::id.eq(restriction.as_str()))
        .first(link));
    row.optional()?
        .map(Into::into)
        .ok_or_else(|| Error::missing("restriction", restriction))
}

/// Makes sure that a rule is set at its owner's level or above, and chooses a trunk only from where trunks are chosen.
fn check_level(rule: &Restriction) -> Result<(), Error> {
    if rule.set_by > rule.owner.level() {
        return Err(Error::missing("level", rule.set_by));
    }
    match &rule.trunk {
        Some(trunk) if rule.set_by > Level::Reseller => Err(Error::missing("trunk", trunk)),
        _ => Ok(()),
    }
}

/// Finds where the level stands that sets a rule.
async fn setter_within(rule: &Restriction, link: &mut impl AnyLink) -> Result<Target, Error> {
    let owner = place_of(&owner_target(&rule.owner, &mut *link).await?, &mut *link).await?;
    let setter = match rule.set_by {
        Level::System => Some(Target::System),
        Level::Reseller => owner
            .reseller()
            .map(|(reseller, _)| Target::Reseller(reseller.clone())),
        Level::Account => owner
            .account()
            .map(|place| Target::Account(place.account.clone())),
        // A device's own rule is its user's.
        Level::User | Level::Device => owner.user().map(|user| Target::User(user.clone())),
    };
    setter.ok_or_else(|| Error::missing("level", rule.set_by))
}

/// Finds where the owner of a rule stands.
async fn owner_target(owner: &RestrictionOwner, link: &mut impl AnyLink) -> Result<Target, Error> {
    Ok(match owner {
        RestrictionOwner::System => Target::System,
        RestrictionOwner::Reseller(id) => Target::Reseller(id.clone()),
        RestrictionOwner::Account(id) => Target::Account(id.clone()),
        RestrictionOwner::User(id) => Target::User(id.clone()),
        RestrictionOwner::Device(id) => {
            let user: Result<AsText<UserId>, _> = on_link!(link, link => devices::table
                .select(devices::user_id)
                .filter(devices::id.eq(id.as_str()))
                .first(link));
            Target::User(user.optional()?.ok_or_else(|| missing_owner(owner))?.0)
        }
    })
}

fn missing_owner(owner: &RestrictionOwner) -> Error {
    match owner {
        RestrictionOwner::System => Error::missing("owner", "system"),
        RestrictionOwner::Reseller(id) => Error::missing("reseller", id),
        RestrictionOwner::Account(id) => Error::missing("account", id),
        RestrictionOwner::User(id) => Error::missing("user", id),
        RestrictionOwner::Device(id) => Error::missing("device", id),
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = restrictions, treat_none_as_null = true)]
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
