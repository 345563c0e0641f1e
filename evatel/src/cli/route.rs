//! `evatel route`

use clap::{Args, Subcommand};
use evatel_core::{
    id::{RouteId, TrunkId},
    restriction::NumberMatch,
    route::{ClassSet, RouteRule},
};
use evatel_store::{NewRoute, RouteChange};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
    values::{self, OrNone},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Sends some numbers over a trunk; without any route an account's first trunk takes all
    Add(Add),
    /// Lists the routes
    #[command(after_help = "Examples:\n  evatel route list\n  evatel route list --csv > routes.csv")]
    List(Form),
    /// Removes a route
    #[command(after_help = "Example:\n  evatel route remove rte-1m7c2k9q4x8v6t3r5y --dry-run")]
    Remove(Remove),
    /// Changes a route
    Set(Set),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Numbers: a class (international), a country (FR), a service code (411), or first digits (+33, +33/9-12). \
Of the routes that take a number the lowest priority goes first, then the lowest price, then by weight; the others are \
what it falls back on.

Examples:
  evatel route add canada --priority 1
  evatel route add FR --trunk trk-1m7c2k9q4x8v6t3r5y --priority 1 --price 0.012
  evatel route add +33 --trunk trk-06fk2x3n9s7m1q0c8v --priority 1 --price 0.010 --weight 3
  evatel route add premium --classes premium --priority 9"
)]
pub(super) struct Add {
    /// For which numbers
    #[arg(value_parser = values::number_match)]
    numbers: NumberMatch,
    /// The trunk that it leads to [default: the only one]
    #[arg(long)]
    trunk: Option<TrunkId>,
    /// Classes that it carries beside the one that it names, with commas between [default: all but those that are
    /// charged apart or abused]
    #[arg(long)]
    classes: Option<ClassSet>,
    /// Lower is tried first
    #[arg(long, default_value_t = 1)]
    priority: u16,
    /// Its share among routes of equal priority and price; 0 only where the others are not there
    #[arg(long, default_value_t = 1)]
    weight: u16,
    /// Price of a minute, at most six decimals
    #[arg(long, value_name = "AMOUNT", value_parser = values::minute_price)]
    price: Option<u32>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The route
    route: RouteId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel route set rte-1m7c2k9q4x8v6t3r5y --price 0.011
  evatel route set rte-1m7c2k9q4x8v6t3r5y --price none --priority 5 --dry-run")]
pub(super) struct Set {
    /// The route
    route: RouteId,
    /// The trunk that it leads to
    #[arg(long)]
    trunk: Option<TrunkId>,
    /// Classes that it carries beside the one that it names, with commas between
    #[arg(long)]
    classes: Option<ClassSet>,
    /// Lower is tried first
    #[arg(long)]
    priority: Option<u16>,
    /// Its share among routes of equal priority and price
    #[arg(long)]
    weight: Option<u16>,
    /// Price of a minute, or none
    #[arg(long, value_name = "AMOUNT", value_parser = |text: &str| values::or_none(text, values::minute_price))]
    price: Option<OrNone<u32>>,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let route = match self {
            Self::Add(add) => {
                let new = NewRoute {
                    classes: add.classes.unwrap_or_else(ClassSet::ordinary),
                    matches: add.numbers,
                    price_micros: add.price,
                    priority: add.priority,
                    trunk: desk::trunk(add.trunk, &store, desk.texts).await?.id,
                    weight: add.weight,
                };
                desk.trying(acting, &add.trial).add_route(new).await?
            }
            Self::List(form) => {
                let routes = acting.routes().await?;
                let names = Names::of_things(&routes, form, &store, desk).await?;
                let human = form.text(&routes, SHEET, || show(&routes, &names, desk));
                return Ok(Answer::new(routes, human));
            }
            Self::Remove(Remove { route, trial }) => {
                desk.trying(acting, &trial).remove_route(&route).await?;
                let human = desk.say("removed", &[("id", route.as_str())]);
                return Ok(Answer::new(json!({ "removed": route }), human));
            }
            Self::Set(set) => {
                let change = RouteChange {
                    classes: set.classes,
                    price_micros: set.price.map(|price| price.0),
                    priority: set.priority,
                    trunk: set.trunk,
                    weight: set.weight,
                };
                if change == RouteChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-route-set",
                    ));
                }
                desk.trying(acting, &set.trial)
                    .change_route(&set.route, change)
                    .await?
            }
        };
        let human = show(std::slice::from_ref(&route), &Names::default(), desk);
        Ok(Answer::new(route, human))
    }
}

const SHEET: &Sheet<RouteRule> = &[
    ("id", |route| route.id.to_string()),
    ("numbers", |route| values::shown_match(&route.matches)),
    ("trunk", |route| route.trunk.to_string()),
    ("priority", |route| route.priority.to_string()),
    ("weight", |route| route.weight.to_string()),
    ("price", |route| {
        csv::optional(route.price_micros.map(values::shown_micros))
    }),
    ("classes", |route| route.classes.to_string()),
];

fn show(routes: &[RouteRule], names: &Names, desk: &Desk<'_>) -> String {
    let row = |route: &RouteRule| {
        let classes = if route.classes == ClassSet::ordinary() {
            desk.say("route-ordinary", &[])
        } else {
            route.classes.to_string()
        };
        [
            route.id.to_string(),
            values::shown_match(&route.matches),
            names.of(&route.trunk),
            route.priority.to_string(),
            route.weight.to_string(),
            route.price_micros.map_or_else(String::new, values::shown_micros),
            classes,
        ]
    };
    let rows: Vec<_> = routes.iter().map(row).collect();
    table(
        desk.texts.headings([
            "head-id",
            "head-numbers",
            "head-trunk",
            "head-priority",
            "head-weight",
            "head-minute-price",
            "head-classes",
        ]),
        &rows,
    )
}
