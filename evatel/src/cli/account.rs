//! `evatel account`

use clap::{Args, Subcommand};
use evatel_core::{
    account::{Account, AccountStatus, Language},
    id::AccountId,
    name::Name,
};
use evatel_store::{AccountChange, Scope};

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lists the accounts
    List,
    /// Changes an account
    Set(Set),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel account set --language en
  evatel account set --records-calls on
  evatel account set acc-1m7c2k9q4x8v6t3r5y --status suspended")]
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
    /// active or suspended
    #[arg(long)]
    status: Option<AccountStatus>,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::List => {
                let accounts = store.accounts(&Scope::system()).await?;
                Ok(Answer::new(&accounts, show(&accounts, desk)))
            }
            Self::Set(set) => {
                let account = desk::account(set.account, &store).await?;
                let change = AccountChange {
                    language: set.language,
                    max_legs: set.max_legs,
                    name: set.name,
                    records_calls: set.records_calls,
                    status: set.status,
                };
                if change == AccountChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-account-set",
                    ));
                }
                let account = store
                    .change_account(&account.id, change, &Scope::system())
                    .await?;
                let human = show(std::slice::from_ref(&account), desk);
                Ok(Answer::new(account, human))
            }
        }
    }
}

fn show(accounts: &[Account], desk: &Desk<'_>) -> String {
    let rows: Vec<_> = accounts
        .iter()
        .map(|account| {
            [
                account.id.to_string(),
                account.name.to_string(),
                account.kind.to_string(),
                account.status.to_string(),
                account.language.to_string(),
                desk.yes_no(account.records_calls),
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
            "head-records",
        ]),
        &rows,
    )
}
