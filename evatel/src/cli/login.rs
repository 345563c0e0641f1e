//! `evatel login`

use clap::{Args, Subcommand};
use evatel_core::login::{LoginName, NewPassword};
use evatel_store::{Acting, Login, Owner, Store, Target};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;

use super::{
    answer::{Answer, date, read_secret, table},
    csv::{self, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::{Listing, Trial, Whose},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Makes a login for somebody; asks for the password on standard input
    Add(Add),
    /// Lists the logins and which of them are locked
    #[command(after_help = "Examples:
  evatel login list
  evatel login list --account acc-1m7c2k9q4x8v6t3r5y --csv > logins.csv")]
    List(Listing),
    /// Removes a login and ends its sessions
    #[command(after_help = "Example:\n  evatel login remove anne@voix.example --dry-run")]
    Remove(Which),
    /// Sets a password anew and ends the login's sessions; asks on standard input
    #[command(after_help = "Example:\n  evatel login set-password anne@voix.example")]
    SetPassword(Which),
    /// Opens a login that wrong passwords have locked
    #[command(after_help = "Example:\n  evatel login unlock anne@voix.example")]
    Unlock(Which),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel login add anne@voix.example --user usr-1m7c2k9q4x8v6t3r5y
  evatel login add nord-admin --reseller res-06fk2x3n9s7m1q0c8v < password-file")]
pub(super) struct Add {
    /// What is typed: 3 to 128 characters of a mail address or a word
    name: LoginName,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The login's name
    name: LoginName,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Add(Add { name, whose, trial }) => {
                let owner = whose.owner();
                let acting = inside(&owner, desk.trying(acting, &trial), &store).await?;
                let password = password(&name, desk)?;
                let login = acting.add_login(name, owner, password).await?;
                let human = show(std::slice::from_ref(&login), &Names::default(), desk);
                Ok(Answer::new(login, human))
            }
            Self::List(list) => {
                let form = list.form;
                let logins = acting.logins(&list.target()).await?;
                let names = Names::of_things(&logins, form, &store, desk).await?;
                let human = form.text(&logins, SHEET, || show(&logins, &names, desk));
                Ok(Answer::new(logins, human))
            }
            Self::Remove(Which { name, trial }) => {
                let acting = owner_of(&name, desk.trying(acting, &trial), &store).await?;
                acting.remove_login(&name).await?;
                let human = desk.say("removed", &[("id", name.as_str())]);
                Ok(Answer::new(json!({ "removed": name }), human))
            }
            Self::SetPassword(Which { name, trial }) => {
                let acting = desk.trying(acting, &trial);
                acting.set_password(&name, password(&name, desk)?).await?;
                let human = desk.say("password-set", &[("login", name.as_str())]);
                Ok(Answer::new(json!({ "login": name }), human))
            }
            Self::Unlock(Which { name, trial }) => {
                desk.trying(acting, &trial).unlock_login(&name).await?;
                let human = desk.say("login-unlocked", &[("login", name.as_str())]);
                Ok(Answer::new(json!({ "login": name }), human))
            }
        }
    }
}

/// Enters the place of an owner below the system, whose logins and keys are made from within.
pub(super) async fn inside(owner: &Owner, acting: Acting, store: &Store) -> Result<Acting, Failure> {
    Ok(match owner {
        Owner::System => acting,
        Owner::Reseller(reseller) => acting.enter(&Target::Reseller(reseller.clone())).await?,
        Owner::User(user) => {
            let account = desk::user(Some(user.clone()), store).await?.account;
            acting.enter(&Target::Account(account)).await?
        }
    })
}

async fn owner_of(name: &LoginName, acting: Acting, store: &Store) -> Result<Acting, Failure> {
    let logins = acting.logins(&Target::System).await?;
    let missing = || evatel_store::Error::Missing {
        what: "login",
        id: name.to_string(),
    };
    let login = logins
        .into_iter()
        .find(|login| login.name == *name)
        .ok_or_else(missing)?;
    inside(&login.owner, acting, store).await
}

fn password(name: &LoginName, desk: &Desk<'_>) -> Result<NewPassword, Failure> {
    let typed = read_secret(&desk.say("ask-password", &[]))?;
    let trimmed = typed.expose_secret().trim_end_matches(['\r', '\n']).into();
    NewPassword::new(trimmed, name).map_err(|error| Failure::input(error.to_string(), "hint-password"))
}

const SHEET: &Sheet<Login> = &[
    ("login", |login| login.name.to_string()),
    ("owner", |login| owner_word(&login.owner)),
    ("failures", |login| login.failures.to_string()),
    ("locked_until", |login| {
        csv::optional(login.locked_until(Timestamp::now()))
    }),
    ("id", |login| login.id.to_string()),
];

fn show(logins: &[Login], names: &Names, desk: &Desk<'_>) -> String {
    let now = Timestamp::now();
    let rows: Vec<_> = logins
        .iter()
        .map(|login| {
            [
                login.name.to_string(),
                owner(&login.owner, names, desk),
                login.failures.to_string(),
                login.locked_until(now).map_or_else(String::new, date),
                login.id.to_string(),
            ]
        })
        .collect();
    let headings = [
        "head-login",
        "head-owner",
        "head-failures",
        "head-locked",
        "head-id",
    ];
    table(desk.texts.headings(headings), &rows)
}

/// Says whose something is, in one cell, for people.
pub(super) fn owner(owner: &Owner, names: &Names, desk: &Desk<'_>) -> String {
    match owner {
        Owner::Reseller(id) => names.of(id),
        Owner::System => desk.say("the-system", &[]),
        Owner::User(id) => names.of(id),
    }
}

/// Writes whose something is as other lists do: `system`, `reseller:ID`, `user:ID`.
pub(super) fn owner_word(owner: &Owner) -> String {
    match owner {
        Owner::Reseller(id) => format!("reseller:{id}"),
        Owner::System => "system".to_owned(),
        Owner::User(id) => format!("user:{id}"),
    }
}
