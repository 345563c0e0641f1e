//! `evatel account`

mod moving;

use clap::{Args, Subcommand};
use evatel_core::{
    account::{Account, AccountKind, AccountStatus, Language},
    id::{AccountId, ResellerId},
    name::Name,
    schedule::Zone,
};
use evatel_store::{AccountChange, NewAccount, Target};

use super::{
    answer::{Answer, table},
    csv::{Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Opens an account, on trial
    Add(Add),
    /// Closes an account; nothing is erased
    Close(Close),
    /// Lists the accounts
    List(List),
    /// Gives an account to another reseller, with its numbers and what it pays for
    Move(Move),
    /// Changes an account
    Set(Set),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel account add --name \"Roy et fils\" --kind company
  evatel account add --name \"Anne Smith\" --kind professional --language en --zone America/Vancouver")]
pub(super) struct Add {
    /// The company's or the person's name
    #[arg(long)]
    name: Name,
    /// company or professional
    #[arg(long)]
    kind: AccountKind,
    /// The assistant's language: fr or en
    #[arg(long, default_value = "fr", value_parser = values::language)]
    language: Language,
    /// Who sells it [default: the reseller that init made]
    #[arg(long)]
    reseller: Option<ResellerId>,
    /// Where its clocks are
    #[arg(long, default_value = "America/Toronto")]
    zone: Zone,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel account close acc-1m7c2k9q4x8v6t3r5y --dry-run")]
pub(super) struct Close {
    /// The account
    account: AccountId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel account list
  evatel account list --reseller res-06fk2x3n9s7m1q0c8v --csv > accounts.csv")]
pub(super) struct List {
    /// Only those of this reseller
    #[arg(long)]
    reseller: Option<ResellerId>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(
    after_help = "What follows is told: its numbers and ports go along, what it pays for is parted between the two at this instant, and what the old reseller opened for it is closed. --dry-run tells it beforehand.

Example:
  evatel account move acc-1m7c2k9q4x8v6t3r5y --to res-06fk2x3n9s7m1q0c8v --dry-run"
)]
pub(super) struct Move {
    /// The account
    account: AccountId,
    /// Who sells it from now on
    #[arg(long, value_name = "RESELLER")]
    to: ResellerId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel account set --language en
  evatel account set --records-calls on
  evatel account set acc-1m7c2k9q4x8v6t3r5y --status active")]
pub(super) struct Set {
    /// The account [default: the one that init made]
    account: Option<AccountId>,
    /// The assistant's language: fr or en
    #[arg(long, value_parser = values::language)]
    language: Option<Language>,
    /// How many legs it may have at once, 0 to 10000
    #[arg(long, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    max_legs: Option<u16>,
    /// Its name
    #[arg(long)]
    name: Option<Name>,
    /// Record its calls, after telling each party: on or off
    #[arg(long, value_parser = values::switch)]
    records_calls: Option<bool>,
    /// trial, pending, active, suspended or closed
    #[arg(long)]
    status: Option<AccountStatus>,
    /// Where its clocks are, such as America/Toronto
    #[arg(long)]
    zone: Option<Zone>,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let accounts = match self {
            Self::Add(add) => {
                let reseller = match add.reseller {
                    Some(reseller) => reseller,
                    None => store.default_account().await?.reseller,
                };
                let new = NewAccount {
                    reseller,
                    name: add.name,
                    kind: add.kind,
                    language: add.language,
                    zone: add.zone,
                };
                [desk.trying(acting, &add.trial).add_account(new).await?]
            }
            Self::Close(Close { account, trial }) => {
                let change = AccountChange {
                    status: Some(AccountStatus::Closed),
                    ..AccountChange::default()
                };
                [desk
                    .trying(acting, &trial)
                    .change_account(&account, change)
                    .await?]
            }
            Self::List(List { reseller, form }) => {
                let target = reseller.map_or(Target::System, Target::Reseller);
                let accounts = acting.accounts(&target).await?;
                let names = Names::of_things(&accounts, form, &store, desk).await?;
                let human = form.text(&accounts, SHEET, || show(&accounts, &names, desk));
                return Ok(Answer::new(accounts, human));
            }
            Self::Move(Move { account, to, trial }) => {
                let moved = desk.trying(acting, &trial).move_account(&account, &to).await?;
                let human = show(std::slice::from_ref(&moved.account), &Names::default(), desk);
                return Ok(moving::answer(&moved, human, desk));
            }
            Self::Set(set) => {
                let account = desk::account(set.account, &store).await?;
                let change = AccountChange {
                    language: set.language,
                    max_legs: set.max_legs,
                    name: set.name,
                    records_calls: set.records_calls,
                    status: set.status,
                    zone: set.zone,
                };
                if change == AccountChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-account-set",
                    ));
                }
                [desk
                    .trying(acting, &set.trial)
                    .change_account(&account.id, change)
                    .await?]
            }
        };
        let human = show(&accounts, &Names::default(), desk);
        let [account] = accounts;
        Ok(Answer::new(account, human))
    }
}

const SHEET: &Sheet<Account> = &[
    ("id", |account| account.id.to_string()),
    ("name", |account| account.name.to_string()),
    ("kind", |account| account.kind.to_string()),
    ("status", |account| account.status.to_string()),
    ("language", |account| account.language.to_string()),
    ("zone", |account| account.zone.to_string()),
    ("records_calls", |account| account.records_calls.to_string()),
    ("reseller", |account| account.reseller.to_string()),
];

fn show(accounts: &[Account], names: &Names, desk: &Desk<'_>) -> String {
    let rows: Vec<_> = accounts
        .iter()
        .map(|account| {
            [
                account.id.to_string(),
                account.name.to_string(),
                desk.word(account.kind),
                desk.word(account.status),
                account.language.to_string(),
                account.zone.to_string(),
                desk.yes_no(account.records_calls),
                names.of(&account.reseller),
            ]
        })
        .collect();
    table(
        desk.texts.headings([
            "head-id",
            "head-name",
            "head-kind",
            "head-status",
            "head-language",
            "head-zone",
            "head-records",
            "head-reseller",
        ]),
        &rows,
    )
}
