//! `evatel quote`

use clap::{Args, Subcommand};
use evatel_core::{
    id::{AccountId, ItemId, QuoteId, SubscriptionId, UserId},
    number::E164,
    offer::{Change, Quote, QuoteLine},
};
use evatel_store::{Acting, ChangedNumber, KeptQuote, Store, Target};
use serde_json::{Value, json};

use super::{
    answer::{Answer, date, table},
    csv::{self, Form, Sheet},
    desk::{self, Desk},
    did::{Answerer, told_to_emergency},
    failure::Failure,
    owner::Trial,
    subscription, values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Says what it costs to buy something
    Buy(Buy),
    /// Says what it means to end a subscription with the month
    Cancel(Cancel),
    /// Says yes to a quote: bills it and makes its subscriptions
    Confirm(Confirm),
    /// Lists the quotes whose time is not over, and which of them are stale
    List(List),
    /// Says what it costs to take a number into service
    Number(Number),
    /// Says what it costs to have more or fewer of something
    Resize(Resize),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel quote buy plan-pro --quantity 3")]
pub(super) struct Buy {
    /// The item
    item: ItemId,
    /// How many
    #[arg(long, default_value_t = 1)]
    quantity: u32,
    /// For whom, where it is one user's
    #[arg(long)]
    user: Option<UserId>,
    /// Who pays [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel quote cancel sub-06fk2x3n9s7m1q0c8v")]
pub(super) struct Cancel {
    /// The subscription
    subscription: SubscriptionId,
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel quote confirm quo-06fk2x3n9s7m1q0c8v")]
pub(super) struct Confirm {
    /// The quote
    quote: QuoteId,
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "A quote is stale where the catalogue, a price or what the account has is another one since: it is confirmed no more, and its own verb asks for a new one.

Examples:
  evatel quote list --account acc-1m7c2k9q4x8v6t3r5y
  evatel quote list --csv > quotes.csv"
)]
pub(super) struct List {
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = "`evatel did list --on-offer` shows the numbers that can be had.

Examples:
  evatel quote number 5145550123 --user usr-1m7c2k9q4x8v6t3r5y
  evatel quote number 5145550100 --user usr-1m7c2k9q4x8v6t3r5y --receptionist")]
pub(super) struct Number {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    #[command(flatten)]
    answerer: Answerer,
    /// Who pays [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel quote resize sub-06fk2x3n9s7m1q0c8v --quantity 5")]
pub(super) struct Resize {
    /// The subscription
    subscription: SubscriptionId,
    /// How many in all
    #[arg(long)]
    quantity: u32,
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let (account, change) = match self {
            Self::Buy(Buy {
                item,
                quantity,
                user,
                account,
            }) => (account, Change::Subscribe { item, quantity, user }),
            Self::Cancel(Cancel {
                subscription,
                account,
            }) => (account, Change::Cancel { subscription }),
            Self::Resize(Resize {
                subscription,
                quantity,
                account,
            }) => (
                account,
                Change::Resize {
                    subscription,
                    quantity,
                },
            ),
            Self::Number(Number {
                number,
                answerer,
                account,
            }) => {
                let target = answerer.target();
                (account, Change::TakeNumber { number, target })
            }
            Self::List(List { account, form }) => {
                let account = desk::account(account, &store).await?.id;
                let quotes = acting.quotes(&account).await?;
                let human = form.text(&quotes, SHEET, || rows(&quotes, desk));
                let json: Vec<Value> = quotes.iter().map(value).collect();
                return Ok(Answer::new(json, human));
            }
            Self::Confirm(confirm) => {
                let acting = desk.trying(acting, &confirm.trial);
                let inside = inside(confirm.account, acting, &store).await?.1;
                let bought = inside.confirm(&confirm.quote).await?;
                let mut human = subscription::rows(&bought.subscriptions, desk);
                for ChangedNumber { record, flag } in &bought.numbers {
                    if let Some(flag) = *flag {
                        let note = told_to_emergency(flag, &bought.quote.account, &record.number, desk);
                        human += &format!("\n{note}");
                    }
                }
                return Ok(Answer::new(bought, human));
            }
        };
        let (account, inside) = inside(account, acting, &store).await?;
        let quote = inside.quote(&account, vec![change]).await?;
        let human = show(&quote, desk);
        Ok(Answer::new(quote, human))
    }
}

/// Enters the account that pays: who confirms stands under both names.
async fn inside(
    named: Option<AccountId>,
    acting: Acting,
    store: &Store,
) -> Result<(AccountId, Acting), Failure> {
    let account = desk::account(named, store).await?.id;
    let inside = acting.enter(&Target::Account(account.clone())).await?;
    Ok((account, inside))
}

/// Gives a quote with why it is stale.
fn value(kept: &KeptQuote) -> Value {
    let mut value = serde_json::to_value(&kept.quote).expect("domain types have text keys only");
    value["stale"] = json!(kept.stale.as_ref().map(ToString::to_string));
    value
}

/// Names each item once: a part of it may be paid once and another each month.
fn items(quote: &Quote) -> String {
    let mut items: Vec<&str> = Vec::new();
    for line in &quote.lines {
        if !items.contains(&line.item.as_str()) {
            items.push(line.item.as_str());
        }
    }
    items.join(" ")
}

const SHEET: &Sheet<KeptQuote> = &[
    ("id", |kept| kept.quote.id.to_string()),
    ("account", |kept| kept.quote.account.to_string()),
    ("items", |kept| items(&kept.quote)),
    ("due_now", |kept| csv::amount(kept.quote.due_now)),
    ("monthly", |kept| csv::amount(kept.quote.monthly)),
    ("currency", |kept| kept.quote.due_now.currency().code().to_owned()),
    ("expires_at", |kept| kept.quote.expires_at.to_string()),
    ("stale", |kept| csv::optional(kept.stale.as_ref())),
];

fn rows(quotes: &[KeptQuote], desk: &Desk<'_>) -> String {
    let language = desk.texts.language();
    let row = |KeptQuote { quote, stale }: &KeptQuote| {
        let stale = stale.as_ref().map(|why| desk.texts.error(why));
        [
            quote.id.to_string(),
            items(quote),
            quote.due_now.shown(language),
            quote.monthly.shown(language),
            date(quote.expires_at),
            stale.map_or_else(String::new, |why| desk.say("quote-stale", &[("why", &why)])),
        ]
    };
    let rows: Vec<_> = quotes.iter().map(row).collect();
    let headings = [
        "head-id",
        "head-item",
        "head-amount",
        "head-monthly",
        "head-expires",
        "head-status",
    ];
    table(desk.texts.headings(headings), &rows)
}

fn show(quote: &Quote, desk: &Desk<'_>) -> String {
    let language = desk.texts.language();
    let row = |line: &QuoteLine| {
        [
            line.item.to_string(),
            desk.word(line.kind),
            format!("{} → {}", line.before, line.after),
            line.unit.shown(language),
            line.days
                .map_or_else(String::new, |(left, of)| format!("{left}/{of}")),
            line.amount.shown(language),
        ]
    };
    let rows: Vec<_> = quote.lines.iter().map(row).collect();
    let headings = [
        "head-item",
        "head-kind",
        "head-quantity",
        "head-each",
        "head-days",
        "head-amount",
    ];
    let (now, monthly, until) = (
        quote.due_now.shown(language),
        quote.monthly.shown(language),
        date(quote.expires_at),
    );
    let values: [(&'static str, &str); 5] = [
        ("account", quote.account.as_str()),
        ("now", now.as_str()),
        ("monthly", &monthly),
        ("until", &until),
        ("quote", quote.id.as_str()),
    ];
    format!(
        "{}\n{}",
        table(desk.texts.headings(headings), &rows),
        desk.say("quote-sum", &values)
    )
}
