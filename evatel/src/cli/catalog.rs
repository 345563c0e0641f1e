//! `evatel catalog`

mod import;

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, Subcommand};
use evatel_core::{
    class::NumberClass,
    id::ItemId,
    money::{Currency, Money},
    name::Name,
    offer::{Catalogue, CatalogueChange, IncludedMinutes, Item, ItemKind, Price, Resale},
};
use evatel_store::Target;
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Form, Sheet},
    desk::Desk,
    failure::Failure,
    owner::Trial,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a plan, an option, a fee, or what a device, a seat or a number costs
    Add(Add),
    /// Takes items of a CSV file in, all or none
    Import(import::Import),
    /// Lists everything that is sold, and what no longer is
    #[command(after_help = "Examples:\n  evatel catalog list\n  evatel catalog list --csv > catalogue.csv")]
    List(Form),
    /// Sells an item for another price from now on
    Reprice(Reprice),
    /// Sells an item no more; who has it keeps it
    Retire(Retire),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel catalog add plan-pro --kind plan --name Pro --monthly 30 --minutes 500 --to canada --to us48
  evatel catalog add did --kind number --name Number --one-off 5 --monthly 2.50
  evatel catalog add minutes --kind option --name Abroad --per-minute international=0.035 --resale free")]
pub(super) struct Add {
    /// Its id, such as plan-pro
    item: ItemId,
    /// plan, option, device, seat, number or fee
    #[arg(long)]
    kind: ItemKind,
    /// What customers read
    #[arg(long)]
    name: Name,
    #[command(flatten)]
    price: PriceArgs,
    /// What a reseller may ask: at-least-list, fixed or free
    #[arg(long, default_value = "at-least-list")]
    resale: Resale,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel catalog reprice plan-pro --monthly 35")]
pub(super) struct Reprice {
    /// The item
    item: ItemId,
    #[command(flatten)]
    price: PriceArgs,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel catalog retire plan-pro --dry-run")]
pub(super) struct Retire {
    /// The item
    item: ItemId,
    #[command(flatten)]
    trial: Trial,
}

/// A price as it is written on the command line: digits and a point, whatever the language.
#[derive(Debug, Args)]
pub(super) struct PriceArgs {
    /// ISO 4217 code
    #[arg(long, default_value = "CAD", value_parser = currency)]
    currency: Currency,
    /// Paid once for each, when it is added
    #[arg(
        long,
        default_value = "0",
        value_name = "AMOUNT",
        allow_negative_numbers = true
    )]
    one_off: String,
    /// Paid each month for each
    #[arg(
        long,
        default_value = "0",
        value_name = "AMOUNT",
        allow_negative_numbers = true
    )]
    monthly: String,
    /// What a minute costs, by class of number; may be repeated
    #[arg(long, value_name = "CLASS=AMOUNT")]
    per_minute: Vec<String>,
    /// Minutes of a month that cost nothing more
    #[arg(long, default_value_t = 0, requires = "to")]
    minutes: u32,
    /// Class of number that those minutes are for; may be repeated
    #[arg(long, value_name = "CLASS")]
    to: Vec<NumberClass>,
}

impl PriceArgs {
    /// Reads the amounts.
    ///
    /// # Errors
    /// What is no amount, or no price.
    pub(super) fn read(&self) -> Result<Price, Failure> {
        let refused = |error: &dyn std::fmt::Display| Failure::input(error.to_string(), "hint-price");
        let amount = |text: &str| {
            // A currency beside the amount would be read as a part of its own one.
            if text.contains(char::is_whitespace) {
                let more = format!(
                    "`{}` is more than an amount: write the amount alone, and its currency as `--currency`",
                    text.escape_debug()
                );
                return Err(refused(&more));
            }
            let written = format!("{text} {}", self.currency.code());
            written.parse::<Money>().map_err(|error| refused(&error))
        };
        let mut per_minute = BTreeMap::new();
        for pair in &self.per_minute {
            let form = format!("`{}` is no CLASS=AMOUNT", pair.escape_debug());
            let (class, text) = pair.split_once('=').ok_or_else(|| refused(&form))?;
            let class: NumberClass = class
                .parse()
                .map_err(|error: evatel_core::word::UnknownWord| refused(&error))?;
            per_minute.insert(class, amount(text)?);
        }
        let included = IncludedMinutes {
            minutes: self.minutes,
            classes: self.to.iter().copied().collect::<BTreeSet<_>>(),
        };
        let price = Price::new(
            amount(&self.one_off)?,
            amount(&self.monthly)?,
            per_minute,
            included,
        );
        price.map_err(|error| refused(&error))
    }
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let (change, trial) = match self {
            Self::Import(import) => return import.run(acting, desk).await,
            Self::List(form) => {
                let catalogue = acting.catalogue(&Target::System).await?;
                let mut answer = answer(&catalogue, desk);
                answer.human = form.text(catalogue.items(), SHEET, || answer.human);
                return Ok(answer);
            }
            Self::Add(Add {
                item: id,
                kind,
                name,
                price,
                resale,
                trial,
            }) => {
                let price = price.read()?;
                (
                    CatalogueChange::Add {
                        id,
                        kind,
                        name,
                        price,
                        resale,
                    },
                    trial,
                )
            }
            Self::Reprice(Reprice {
                item: id,
                price,
                trial,
            }) => (
                CatalogueChange::Reprice {
                    id,
                    price: price.read()?,
                },
                trial,
            ),
            Self::Retire(Retire { item: id, trial }) => (CatalogueChange::Retire { id }, trial),
        };
        let catalogue = desk.trying(acting, &trial).change_catalogue(change).await?;
        Ok(answer(&catalogue, desk))
    }
}

const SHEET: &Sheet<Item> = &[
    ("item", |item| item.id.to_string()),
    ("kind", |item| item.kind.to_string()),
    ("name", |item| item.name.to_string()),
    ("one_off", |item| csv::amount(item.price.one_off())),
    ("monthly", |item| csv::amount(item.price.monthly())),
    ("currency", |item| {
        item.price.monthly().currency().code().to_owned()
    }),
    ("resale", |item| item.resale.to_string()),
    ("sold", |item| (!item.is_retired).to_string()),
];

fn answer(catalogue: &Catalogue, desk: &Desk<'_>) -> Answer {
    let language = desk.texts.language();
    let row = |item: &Item| {
        [
            item.id.to_string(),
            desk.word(item.kind),
            item.name.to_string(),
            item.price.one_off().shown(language),
            item.price.monthly().shown(language),
            desk.word(item.resale),
            desk.yes_no(!item.is_retired),
        ]
    };
    let rows: Vec<_> = catalogue.items().map(row).collect();
    let headings = [
        "head-id",
        "head-kind",
        "head-name",
        "head-once",
        "head-monthly",
        "head-resale",
        "head-sold",
    ];
    let human = format!(
        "{}\n{}",
        desk.say(
            "catalog-version",
            &[("version", &catalogue.version().to_string())]
        ),
        table(desk.texts.headings(headings), &rows)
    );
    let items: Vec<_> = catalogue.items().collect();
    Answer::new(json!({ "version": catalogue.version(), "items": items }), human)
}

/// An ISO 4217 code.
fn currency(text: &str) -> Result<Currency, String> {
    evatel_core::money::currency(text).map_err(|error| error.to_string())
}
