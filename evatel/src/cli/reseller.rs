//! `evatel reseller`

use clap::{Args, Subcommand};
use evatel_core::{
    account::{BillingMode, Brand, Domain, MailAddress, ResellerProfile, WebAddress},
    id::ResellerId,
    name::Name,
    number::E164,
};
use evatel_store::{Acting, ResellerCard, ResellerChange, Target};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Form, Sheet},
    desk::Desk,
    failure::Failure,
    owner::Trial,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a reseller
    Add(Add),
    /// Closes a reseller and all its accounts; nothing is erased
    Close(Close),
    /// Lists the resellers
    #[command(after_help = "Examples:\n  evatel reseller list\n  evatel reseller list --csv > resellers.csv")]
    List(Form),
    /// Changes a reseller
    Set(Set),
    /// Shows a reseller: where it is reached, what its customers see
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  evatel reseller add --name \"Voix du Nord\" --billing self-billed --mail info@voix.example --domain portail.voix.example")]
pub(super) struct Add {
    /// Its trade name
    #[arg(long)]
    name: Name,
    #[command(flatten)]
    shown: Shown,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel reseller close res-06fk2x3n9s7m1q0c8v --dry-run")]
pub(super) struct Close {
    /// The reseller
    reseller: ResellerId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel reseller set res-1m7c2k9q4x8v6t3r5y --billing delegated
  evatel reseller set res-1m7c2k9q4x8v6t3r5y --product \"Adjointe Nord\" --logo https://voix.example/logo.svg")]
pub(super) struct Set {
    /// The reseller
    reseller: ResellerId,
    /// Its trade name
    #[arg(long)]
    name: Option<Name>,
    #[command(flatten)]
    shown: Shown,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel reseller show res-06fk2x3n9s7m1q0c8v")]
pub(super) struct Show {
    /// The reseller
    reseller: ResellerId,
}

/// What a reseller shows and how it bills.
#[derive(Debug, Args)]
pub(super) struct Shown {
    /// Street, city, province and postal code, on one line
    #[arg(long)]
    address: Option<Name>,
    /// Who bills its customers: delegated (the system) or self-billed
    #[arg(long)]
    billing: Option<BillingMode>,
    /// The person to ask
    #[arg(long)]
    contact: Option<Name>,
    /// Domain of its portal
    #[arg(long)]
    domain: Option<Domain>,
    /// Where its logo is read, over HTTPS
    #[arg(long)]
    logo: Option<WebAddress>,
    /// Mail address where it is reached
    #[arg(long)]
    mail: Option<MailAddress>,
    /// Mail address that its customers' mails come from
    #[arg(long)]
    mail_from: Option<MailAddress>,
    /// Number where it is reached
    #[arg(long, value_parser = values::public_number)]
    number: Option<E164>,
    /// Name of the product, as its customers see it
    #[arg(long)]
    product: Option<Name>,
}

impl Shown {
    /// Lays what was given over what is there.
    fn over(self, card: Option<&ResellerCard>, name: Option<Name>) -> ResellerChange {
        let profile = card.map(|card| card.profile.clone()).unwrap_or_default();
        let brand = card.map(|card| card.brand.clone()).unwrap_or_default();
        let new_profile = ResellerProfile {
            contact: self.contact.or(profile.contact.clone()),
            mail: self.mail.or(profile.mail.clone()),
            number: self.number.or(profile.number.clone()),
            address: self.address.or(profile.address.clone()),
        };
        let new_brand = Brand {
            product: self.product.or(brand.product.clone()),
            domain: self.domain.or(brand.domain.clone()),
            logo: self.logo.or(brand.logo.clone()),
            mail_from: self.mail_from.or(brand.mail_from.clone()),
        };
        ResellerChange {
            billing: self.billing,
            name,
            profile: (new_profile != profile).then_some(new_profile),
            brand: (new_brand != brand).then_some(new_brand),
        }
    }
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Add(add) => {
                let acting = desk.trying(acting, &add.trial);
                let card = acting.add_reseller(add.name, add.shown.over(None, None)).await?;
                let human = show(std::slice::from_ref(&card), desk);
                Ok(Answer::new(card, human))
            }
            Self::Close(Close { reseller, trial }) => {
                let closed = desk.trying(acting, &trial).close_reseller(&reseller).await?;
                let values = [("id", reseller.as_str()), ("accounts", &*closed.to_string())];
                let human = desk.say("reseller-closed", &values);
                Ok(Answer::new(
                    json!({ "closed": reseller, "accounts": closed }),
                    human,
                ))
            }
            Self::List(form) => {
                let cards = acting.resellers(&Target::System).await?;
                let human = form.text(&cards, SHEET, || show(&cards, desk));
                Ok(Answer::new(cards, human))
            }
            Self::Set(set) => {
                let acting = desk.trying(acting, &set.trial);
                let card = one(&set.reseller, &acting).await?;
                let change = set.shown.over(Some(&card), set.name);
                if change == ResellerChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-reseller-set",
                    ));
                }
                let card = acting.change_reseller(&set.reseller, change).await?;
                let human = details(&card, desk);
                Ok(Answer::new(card, human))
            }
            Self::Show(Show { reseller }) => {
                let card = one(&reseller, &acting).await?;
                let human = details(&card, desk);
                Ok(Answer::new(card, human))
            }
        }
    }
}

async fn one(reseller: &ResellerId, acting: &Acting) -> Result<ResellerCard, Failure> {
    let found = acting.resellers(&Target::Reseller(reseller.clone())).await?;
    let missing = || evatel_store::Error::Missing {
        what: "reseller",
        id: reseller.to_string(),
    };
    Ok(found.into_iter().next().ok_or_else(missing)?)
}

const SHEET: &Sheet<ResellerCard> = &[
    ("id", |card| card.reseller.id.to_string()),
    ("name", |card| card.reseller.name.to_string()),
    ("status", |card| card.reseller.status.to_string()),
    ("billing", |card| card.reseller.billing.to_string()),
    ("default", |card| card.reseller.is_default.to_string()),
    ("contact", |card| csv::optional(card.profile.contact.as_ref())),
    ("mail", |card| csv::optional(card.profile.mail.as_ref())),
    ("number", |card| csv::optional(card.profile.number.as_ref())),
    ("product", |card| csv::optional(card.brand.product.as_ref())),
    ("domain", |card| csv::optional(card.brand.domain.as_ref())),
];

fn show(cards: &[ResellerCard], desk: &Desk<'_>) -> String {
    let rows: Vec<_> = cards
        .iter()
        .map(|card| {
            let reseller = &card.reseller;
            [
                reseller.id.to_string(),
                reseller.name.to_string(),
                desk.word(reseller.status),
                desk.word(reseller.billing),
                desk.yes_no(reseller.is_default),
            ]
        })
        .collect();
    let headings = [
        "head-id",
        "head-name",
        "head-status",
        "head-billing",
        "head-default",
    ];
    table(desk.texts.headings(headings), &rows)
}

/// One line a thing that is known of it.
fn details(card: &ResellerCard, desk: &Desk<'_>) -> String {
    fn text(value: Option<&impl ToString>) -> Option<String> {
        value.map(ToString::to_string)
    }
    let (profile, brand) = (&card.profile, &card.brand);
    let lines = [
        ("reseller-contact", text(profile.contact.as_ref())),
        ("reseller-mail", text(profile.mail.as_ref())),
        ("reseller-number", text(profile.number.as_ref())),
        ("reseller-address", text(profile.address.as_ref())),
        ("reseller-product", text(brand.product.as_ref())),
        ("reseller-domain", text(brand.domain.as_ref())),
        ("reseller-logo", text(brand.logo.as_ref())),
        ("reseller-mail-from", text(brand.mail_from.as_ref())),
    ];
    let known = lines
        .iter()
        .filter_map(|(id, value)| Some(desk.say(id, &[("value", value.as_deref()?)])));
    [show(std::slice::from_ref(card), desk)]
        .into_iter()
        .chain(known)
        .collect::<Vec<_>>()
        .join("\n")
}
