//! `evatel subscription`

use clap::{Args, Subcommand};
use evatel_core::{id::AccountId, offer::Subscription};
use evatel_store::BilledLine;

use super::{
    answer::{Answer, date, table},
    csv::{self, Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lists what an account was billed, line by line
    Billed(Billed),
    /// Lists what an account has bought
    List(List),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel subscription list
  evatel subscription list --account acc-1m7c2k9q4x8v6t3r5y --csv > bought.csv")]
pub(super) struct List {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct Whose {
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  evatel subscription billed --account acc-1m7c2k9q4x8v6t3r5y --csv > billed.csv"
)]
pub(super) struct Billed {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    form: Form,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Billed(Billed { whose, form }) => {
                let account = desk::account(whose.account, &store).await?.id;
                let lines = acting.billed(&account).await?;
                let human = form.text(&lines, BILLED, || billed(&lines, desk));
                Ok(Answer::new(lines, human))
            }
            Self::List(List { whose, form }) => {
                let account = desk::account(whose.account, &store).await?.id;
                let subscriptions = acting.subscriptions(&account).await?;
                let human = form.text(&subscriptions, SHEET, || rows(&subscriptions, desk));
                Ok(Answer::new(subscriptions, human))
            }
        }
    }
}

/// Sets subscriptions as a table.
pub(super) fn rows(subscriptions: &[Subscription], desk: &Desk<'_>) -> String {
    let language = desk.texts.language();
    let row = |subscription: &Subscription| {
        [
            subscription.id.to_string(),
            subscription.item.to_string(),
            subscription.quantity.to_string(),
            subscription.price.monthly().shown(language),
            date(subscription.started_at),
            subscription.upcoming.map_or_else(String::new, |upcoming| {
                format!("{} ({})", date(upcoming.from), upcoming.quantity)
            }),
        ]
    };
    let rows: Vec<_> = subscriptions.iter().map(row).collect();
    let headings = [
        "head-id",
        "head-item",
        "head-quantity",
        "head-monthly",
        "head-began",
        "head-until",
    ];
    table(desk.texts.headings(headings), &rows)
}

const SHEET: &Sheet<Subscription> = &[
    ("id", |one| one.id.to_string()),
    ("item", |one| one.item.to_string()),
    ("quantity", |one| one.quantity.to_string()),
    ("monthly", |one| csv::amount(one.price.monthly())),
    ("currency", |one| one.price.monthly().currency().code().to_owned()),
    ("user", |one| csv::optional(one.user.as_ref())),
    ("number", |one| csv::optional(one.number.as_ref())),
    ("started_at", |one| one.started_at.to_string()),
    ("changes_at", |one| {
        csv::optional(one.upcoming.map(|upcoming| upcoming.from))
    }),
    ("quantity_then", |one| {
        csv::optional(one.upcoming.map(|upcoming| upcoming.quantity))
    }),
];

const BILLED: &Sheet<BilledLine> = &[
    ("at", |line| line.at.to_string()),
    ("account", |line| line.account.to_string()),
    ("item", |line| line.item.to_string()),
    ("kind", |line| line.kind.to_string()),
    ("amount", |line| csv::amount(line.amount)),
    ("currency", |line| line.amount.currency().code().to_owned()),
    ("quote", |line| line.quote.to_string()),
];

fn billed(lines: &[BilledLine], desk: &Desk<'_>) -> String {
    let language = desk.texts.language();
    let row = |line: &BilledLine| {
        [
            date(line.at),
            line.item.to_string(),
            desk.word(line.kind),
            line.amount.shown(language),
            line.quote.to_string(),
        ]
    };
    let rows: Vec<_> = lines.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-at", "head-item", "head-kind", "head-amount", "head-quote"]),
        &rows,
    )
}
