//! `evatel offer`

use clap::{Args, Subcommand};
use evatel_core::{
    id::{ItemId, ResellerId},
    offer::{Choice, Item, Price, ResellerOffer},
};
use evatel_store::{Acting, Store, Target};
use serde_json::json;

use super::{
    answer::{Answer, table},
    catalog::PriceArgs,
    csv::{self, Form, Sheet},
    desk::Desk,
    failure::Failure,
    owner::Trial,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Says which items a reseller may sell
    Assign(Assign),
    /// Chooses whether and for how much a reseller sells an item
    Choose(Choose),
    /// Shows what a reseller sells and for how much
    List(List),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel offer assign --reseller res-06fk2x3n9s7m1q0c8v plan-pro did
  evatel offer assign --reseller res-06fk2x3n9s7m1q0c8v --all")]
pub(super) struct Assign {
    /// Whose
    #[arg(long)]
    reseller: Option<ResellerId>,
    /// Everything, and what will be added later
    #[arg(long, conflicts_with = "items", required_unless_present = "items")]
    all: bool,
    /// The items
    items: Vec<ItemId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel offer choose plan-pro --monthly 39
  evatel offer choose plan-pro --list-price
  evatel offer choose plan-pro --hide")]
pub(super) struct Choose {
    /// The item
    item: ItemId,
    /// Whose [default: that of the reseller that init made]
    #[arg(long)]
    reseller: Option<ResellerId>,
    /// Not sold
    #[arg(long)]
    hide: bool,
    /// Sold at the catalogue's price
    #[arg(long, conflicts_with = "hide")]
    list_price: bool,
    #[command(flatten)]
    price: PriceArgs,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel offer list
  evatel offer list --reseller res-06fk2x3n9s7m1q0c8v --csv > offer.csv")]
pub(super) struct List {
    /// Whose [default: that of the reseller that init made]
    #[arg(long)]
    reseller: Option<ResellerId>,
    #[command(flatten)]
    form: Form,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let mut form = Form::default();
        let offer = match self {
            Self::Assign(assign) => {
                let reseller = seller(assign.reseller, &store).await?;
                let items = (!assign.all).then(|| assign.items.into_iter().collect());
                desk.trying(acting.clone(), &assign.trial)
                    .assign_offer(&reseller, items)
                    .await?
            }
            Self::Choose(choose) => {
                let reseller = seller(choose.reseller, &store).await?;
                let retail = if choose.hide || choose.list_price {
                    None
                } else {
                    Some(choose.price.read()?)
                };
                let choice = Choice {
                    is_offered: !choose.hide,
                    retail,
                };
                // What a reseller sells is its own affair: the system enters it first.
                let inside = desk.trying(acting.clone(), &choose.trial);
                let inside = inside.enter(&Target::Reseller(reseller.clone())).await?;
                inside.choose_offer(&reseller, &choose.item, choice).await?
            }
            Self::List(list) => {
                form = list.form;
                acting.offer(&seller(list.reseller, &store).await?).await?
            }
        };
        show(&offer, form, &acting, desk).await
    }
}

async fn seller(named: Option<ResellerId>, store: &Store) -> Result<ResellerId, Failure> {
    Ok(match named {
        Some(reseller) => reseller,
        None => store.default_account().await?.reseller,
    })
}

/// An item with what a reseller asks for it.
type Sold = (Item, Price);

const SHEET: &Sheet<Sold> = &[
    ("item", |(item, _)| item.id.to_string()),
    ("kind", |(item, _)| item.kind.to_string()),
    ("name", |(item, _)| item.name.to_string()),
    ("one_off", |(_, price)| csv::amount(price.one_off())),
    ("monthly", |(_, price)| csv::amount(price.monthly())),
    ("currency", |(_, price)| {
        price.monthly().currency().code().to_owned()
    }),
];

async fn show(
    offer: &ResellerOffer,
    form: Form,
    acting: &Acting,
    desk: &Desk<'_>,
) -> Result<Answer, Failure> {
    let catalogue = acting.catalogue(&Target::System).await?;
    let language = desk.texts.language();
    let sold: Vec<Sold> = catalogue
        .items()
        .filter_map(|item| Some((item.clone(), offer.price(item)?)))
        .collect();
    let rows: Vec<_> = sold
        .iter()
        .map(|(item, price)| {
            [
                item.id.to_string(),
                desk.word(item.kind),
                item.name.to_string(),
                price.one_off().shown(language),
                price.monthly().shown(language),
            ]
        })
        .collect();
    let headings = ["head-id", "head-kind", "head-name", "head-once", "head-monthly"];
    let json: Vec<_> = sold
        .iter()
        .map(|(item, price)| json!({ "item": item.id, "kind": item.kind, "price": price }))
        .collect();
    let json = json!({ "reseller": offer.reseller, "catalogue": catalogue.version(), "offered": json });
    let human = form.text(&sold, SHEET, || table(desk.texts.headings(headings), &rows));
    Ok(Answer::new(json, human))
}
