//! `evatel user`

use std::io::{self, BufRead};

use clap::{Args, Subcommand};
use evatel_core::{
    account::User,
    id::{AccountId, UserId},
    name::Name,
    number::Extension,
};
use evatel_store::{NewUser, Pin, Scope};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a user to an account
    Add(Add),
    /// Takes a user's PIN away
    ClearPin(Which),
    /// Lists the users
    List,
    /// Removes a user who has neither device nor DID
    Remove(Remove),
    /// Sets the PIN with which a user may use the assistant from any telephone
    SetPin(SetPin),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel user add --name \"Anne Roy\" --extension 102")]
pub(super) struct Add {
    /// Name, as the assistant says it
    #[arg(long)]
    name: Name,
    /// Extension, 2 to 6 digits
    #[arg(long)]
    extension: Extension,
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The user [default: the one that init made]
    user: Option<UserId>,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The user
    user: UserId,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel user set-pin                     (asks on standard input, so that no list of processes shows it)
  echo 2580 | evatel user set-pin usr-1m7c2k9q4x8v6t3r5y")]
pub(super) struct SetPin {
    /// The user [default: the one that init made]
    user: Option<UserId>,
    /// The PIN; other users of this machine may see it while the command runs
    #[arg(long)]
    pin: Option<String>,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let scope = Scope::system();
        match self {
            Self::Add(add) => {
                let account = desk::account(add.account, &store).await?.id;
                let user = store
                    .add_user(
                        NewUser {
                            account,
                            extension: add.extension,
                            name: add.name,
                        },
                        &scope,
                    )
                    .await?;
                let human = show(std::slice::from_ref(&user), desk);
                Ok(Answer::new(user, human))
            }
            Self::ClearPin(which) => {
                let user = desk::user(which.user, &store).await?;
                store.clear_pin(&user.id, &scope).await?;
                let human = desk.say("pin-cleared", &[("user", user.id.as_str())]);
                Ok(Answer::new(json!({ "user": user.id, "has_pin": false }), human))
            }
            Self::List => {
                let users = store.users(&scope).await?;
                Ok(Answer::new(&users, show(&users, desk)))
            }
            Self::Remove(remove) => {
                store.remove_user(&remove.user, &scope).await?;
                Ok(Answer::new(
                    json!({ "removed": remove.user }),
                    desk.say("removed", &[("id", remove.user.as_str())]),
                ))
            }
            Self::SetPin(set) => {
                let user = desk::user(set.user, &store).await?;
                let keyed = match set.pin {
                    Some(pin) => pin,
                    None => read_line(desk)?,
                };
                let pin: Pin = keyed.trim().parse().map_err(|error: evatel_store::InvalidPin| {
                    Failure::input(error.to_string(), "hint-pin")
                })?;
                store.set_pin(&user.id, pin, &scope).await?;
                let human = desk.say("pin-set", &[("user", user.id.as_str())]);
                Ok(Answer::new(json!({ "user": user.id, "has_pin": true }), human))
            }
        }
    }
}

fn read_line(desk: &Desk<'_>) -> Result<String, Failure> {
    eprintln!("{}", desk.say("ask-pin", &[]));
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::input(error.to_string(), "hint-pin"))?;
    Ok(line)
}

fn show(users: &[User], desk: &Desk<'_>) -> String {
    let rows: Vec<_> = users
        .iter()
        .map(|user| {
            let extension = user.extension.as_str().to_owned();
            [
                user.id.to_string(),
                user.name.to_string(),
                extension,
                desk.yes_no(user.has_pin),
                user.account.to_string(),
            ]
        })
        .collect();
    table(
        desk.texts.headings([
            "head-id",
            "head-name",
            "head-extension",
            "head-pin",
            "head-account",
        ]),
        &rows,
    )
}
