//! Routes. They belong to the operator, as trunks do.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{RouteId, TrunkId},
    permission::{Action, Matter},
    restriction::NumberMatch,
    route::{ClassSet, RouteRule},
};

use crate::{
    Acting, Error, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    feed::bump_revision,
    mint,
    schema::routes,
    trunks::check_trunk,
};

/// A route to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoute {
    /// Classes that it takes beside the one that it names.
    pub classes: ClassSet,
    /// For which numbers.
    pub matches: NumberMatch,
    /// Price of a minute in micro-units of the system's currency, 0 or more.
    pub price_micros: Option<u32>,
    /// Lower is tried first.
    pub priority: u16,
    /// The trunk that it leads to.
    pub trunk: TrunkId,
    /// Its share among equal ones.
    pub weight: u16,
}

/// What to change of a route; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteChange {
    /// Classes that it takes beside the one that it names.
    pub classes: Option<ClassSet>,
    /// Price of a minute in micro-units of the system's currency; `Some(None)` is none.
    pub price_micros: Option<Option<u32>>,
    /// Lower is tried first.
    pub priority: Option<u16>,
    /// The trunk that it leads to.
    pub trunk: Option<TrunkId>,
    /// Its share among equal ones.
    pub weight: Option<u16>,
}

impl Acting {
    /// Adds a route.
    ///
    /// # Errors
    /// [`Error::Missing`] for a trunk that is not there, [`Error::RouteTaken`] where the trunk has one for these numbers;
    /// [`Error::Refused`].
    pub async fn add_route(&self, new: NewRoute) -> Result<RouteRule, Error> {
        new.matches.check()?;
        let route = RouteRule {
            id: mint::id("rte")?,
            trunk: new.trunk,
            matches: new.matches,
            classes: new.classes,
            priority: new.priority,
            weight: new.weight,
            price_micros: new.price_micros.map(i64::from),
        };
        let (trunk, matches) = (route.trunk.clone(), route.matches.clone());
        let added = command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                check_trunk(&route.trunk, &mut *link).await?;
                diesel::insert_into(routes::table)
                    .values(RouteRow::from(&route))
                    .execute(link)
                    .await?;
                bump_revision!(link, "routes" => route.id.as_str());
                let id = route.id.clone();
                Ok(Done::made(route, id))
            }
        );
        added.map_err(|error| error.or_taken(|| Error::RouteTaken { trunk, matches }))
    }

    /// Changes a route and gives it as it is now; for which numbers it is stays.
    ///
    /// # Errors
    /// [`Error::Missing`] for a route or a trunk that is not there, [`Error::RouteTaken`], [`Error::Refused`].
    pub async fn change_route(&self, route: &RouteId, change: RouteChange) -> Result<RouteRule, Error> {
        let id = route.clone();
        command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let before = route_within(&id, &mut *link).await?;
                let after = RouteRule {
                    trunk: change.trunk.unwrap_or_else(|| before.trunk.clone()),
                    classes: change.classes.unwrap_or(before.classes),
                    priority: change.priority.unwrap_or(before.priority),
                    weight: change.weight.unwrap_or(before.weight),
                    price_micros: change
                        .price_micros
                        .map_or(before.price_micros, |price| price.map(i64::from)),
                    ..before.clone()
                };
                if after != before {
                    check_trunk(&after.trunk, &mut *link).await?;
                    diesel::update(routes::table.filter(routes::id.eq(id.as_str())))
                        .set(RouteRow::from(&after))
                        .execute(link)
                        .await
                        .map_err(|error| {
                            Error::from(error).or_taken(|| Error::RouteTaken {
                                trunk: after.trunk.clone(),
                                matches: after.matches.clone(),
                            })
                        })?;
                    bump_revision!(link, "routes" => id.as_str());
                }
                Ok(Done::changed(after.clone(), &id, &before, &after))
            }
        )
    }

    /// Lists all routes, oldest first.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn routes(&self) -> Result<Vec<RouteRule>, Error> {
        let rows: Vec<RouteRow> = at_one_moment!(self.store(), link => {
            self.permit(Action::Read, Matter::Itsps, &Target::System, &mut *link).await?;
            Ok(routes::table.select(RouteRow::as_select()).order(routes::id).load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a route.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn remove_route(&self, route: &RouteId) -> Result<(), Error> {
        let id = route.clone();
        command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let before = route_within(&id, &mut *link).await?;
                diesel::delete(routes::table.filter(routes::id.eq(id.as_str())))
                    .execute(link)
                    .await?;
                bump_revision!(link, "routes" => id.as_str());
                Ok(Done::removed((), &id, &before))
            }
        )
    }
}

async fn route_within(route: &RouteId, link: &mut impl AnyLink) -> Result<RouteRule, Error> {
    let row: Result<RouteRow, _> = on_link!(link, link => routes::table
        .select(RouteRow::as_select())
        .filter(routes::id.eq(route.as_str()))
        .first(link));
    row.optional()?
        .map(Into::into)
        .ok_or_else(|| Error::missing("route", route))
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = routes, treat_none_as_null = true)]
pub(crate) struct RouteRow {
    id: AsText<RouteId>,
    trunk_id: AsText<TrunkId>,
    matches: AsText<NumberMatch>,
    classes: AsText<ClassSet>,
    priority: i32,
    weight: i32,
    price_micros: Option<i64>,
}

impl From<&RouteRule> for RouteRow {
    fn from(route: &RouteRule) -> Self {
        Self {
            id: AsText(route.id.clone()),
            trunk_id: AsText(route.trunk.clone()),
            matches: AsText(route.matches.clone()),
            classes: AsText(route.classes),
            priority: route.priority.into(),
            weight: route.weight.into(),
            price_micros: route.price_micros,
        }
    }
}

impl From<RouteRow> for RouteRule {
    fn from(row: RouteRow) -> Self {
        // The table's CHECK keeps both within 16 bits.
        let sixteen = |value: i32| u16::try_from(value).unwrap_or(u16::MAX);
        Self {
            id: row.id.0,
            trunk: row.trunk_id.0,
            matches: row.matches.0,
            classes: row.classes.0,
            priority: sixteen(row.priority),
            weight: sixteen(row.weight),
            price_micros: row.price_micros,
        }
    }
}
