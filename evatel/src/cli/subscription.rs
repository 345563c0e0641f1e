//! `evatel subscription`

use clap::{Args, Subcommand};
use evatel_core::{id::AccountId, offer::Subscription};
use evatel_store::BilledLine;

use super::{
    answer::{Answer, date, table},
    csv,
    desk::{self, Desk},
    failure::Failure,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lists what an account was billed, line by line
    Billed(Billed),
    /// Lists what an account has bought
    List(Whose),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel subscription list --account acc-1m7c2k9q4x8v6t3r5y")]
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
    /// As CSV
    #[arg(long)]
    csv: bool,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Billed(Billed { whose, csv }) => {
                let account = desk::account(whose.account, &store).await?.id;
                let lines = acting.billed(&account).await?;
                let human = if csv {
                    csv::sheet(COLUMNS, lines.iter().map(cells))
                } else {
                    billed(&lines, desk)
                };
                Ok(Answer::new(&lines, human))
            }
            Self::List(whose) => {
                let account = desk::account(whose.account, &store).await?.id;
                let subscriptions = acting.subscriptions(&account).await?;
                Ok(Answer::new(&subscriptions, rows(&subscriptions, desk)))
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

const COLUMNS: [&str; 7] = ["at", "account", "item", "kind", "amount", "currency", "quote"];

fn cells(line: &BilledLine) -> [String; 7] {
    let amount = line.amount.to_string();
    let (amount, currency) = amount.split_once(' ').unwrap_or((&amount, ""));
    [
        line.at.to_string(),
        line.account.to_string(),
        line.item.to_string(),
        line.kind.to_string(),
        amount.to_owned(),
        currency.to_owned(),
        line.quote.to_string(),
    ]
}

fn billed(lines: &[BilledLine], desk: &Desk<'_>) -> String {
    let language = desk.texts.language();
    let row = |line: &BilledLine| {
        [
            date(line.at),
            line.item.to_string(),
            line.kind.to_string(),
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
