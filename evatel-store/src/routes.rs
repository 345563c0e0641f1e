//! Routes. They belong to the operator, as trunks do, hence no scope.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{RouteId, TrunkId},
    restriction::NumberMatch,
    route::{ClassSet, RouteRule},
};

use crate::{
    Error, Store,
    backend::{in_transaction, on_backend},
    column::AsText,
    mint,
    schema::{routes, trunks},
    store::bump_revision,
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

impl Store {
    /// Adds a route.
    ///
    /// # Errors
    /// [`Error::Missing`] for a trunk that is not there, [`Error::RouteTaken`] where the trunk has one for these numbers.
    pub async fn add_route(&self, new: NewRoute) -> Result<RouteRule, Error> {
        let route = RouteRule {
            id: mint::id("rte")?,
            trunk: new.trunk,
            matches: new.matches,
            classes: new.classes,
            priority: new.priority,
            weight: new.weight,
            price_micros: new.price_micros.map(i64::from),
        };
        let row = RouteRow::from(&route);
        let (id, trunk) = (route.id.clone(), route.trunk.clone());
        let added = in_transaction!(self, link => {
            let one = trunks::table.filter(trunks::id.eq(trunk.as_str()));
            let known: i64 = one.count().get_result(link).await?;
            if known == 0 {
                return Err(Error::missing("trunk", &trunk));
            }
            diesel::insert_into(routes::table).values(row).execute(link).await?;
            bump_revision!(link, "routes" => id.as_str());
            Ok(())
        });
        added.map_err(|error| {
            error.or_taken(|| Error::RouteTaken {
                trunk: route.trunk.clone(),
                matches: route.matches.clone(),
            })
        })?;
        Ok(route)
    }

    /// Lists all routes, oldest first.
    pub async fn routes(&self) -> Result<Vec<RouteRule>, Error> {
        let rows: Vec<RouteRow> = on_backend!(self, link =>
            routes::table.select(RouteRow::as_select()).order(routes::id).load(link))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a route.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn remove_route(&self, route: &RouteId) -> Result<(), Error> {
        let id = route.clone();
        in_transaction!(self, link => {
            let gone = diesel::delete(routes::table.filter(routes::id.eq(id.as_str()))).execute(link).await?;
            if gone == 0 {
                return Err(Error::missing("route", &id));
            }
            bump_revision!(link, "routes" => id.as_str());
            Ok(())
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = routes)]
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
