//! `evatel user`

mod import;

use clap::{Args, Subcommand};
use evatel_core::{
    account::{Language, Roles, User},
    id::{AccountId, UserId},
    name::Name,
    number::Extension,
    schedule::Zone,
};
use evatel_store::{NewUser, Pin, Scope, Target, UserChange};
use serde_json::json;

use super::{
    answer::{Answer, read_secret, table},
    csv::{self, Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a user to an account; the first of a company becomes its administrator
    Add(Add),
    /// Takes a user's PIN away
    ClearPin(Which),
    /// Takes users in from a CSV file, as often as you like
    Import(import::Import),
    /// Lists the users
    List(List),
    /// Removes a user who has neither device nor DID
    Remove(Remove),
    /// Gives an employee his roles
    Roles(Give),
    /// Changes a user
    Set(Set),
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
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel user list
  evatel user list --account acc-1m7c2k9q4x8v6t3r5y --csv > people.csv")]
pub(super) struct List {
    /// Only those of this account
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel user clear-pin usr-1m7c2k9q4x8v6t3r5y")]
pub(super) struct Which {
    /// The user [default: the one that init made]
    user: Option<UserId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel user remove usr-1m7c2k9q4x8v6t3r5y --dry-run")]
pub(super) struct Remove {
    /// The user
    user: UserId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel user roles usr-1m7c2k9q4x8v6t3r5y office-manager,receptionist
  evatel user roles usr-1m7c2k9q4x8v6t3r5y none --dry-run")]
pub(super) struct Give {
    /// The user
    user: UserId,
    /// administrator, office-manager, receptionist, tech-support, with commas between; or none
    roles: Roles,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel user set --extension 110
  evatel user set usr-1m7c2k9q4x8v6t3r5y --language en --zone Europe/Paris")]
pub(super) struct Set {
    /// The user [default: the one that init made]
    user: Option<UserId>,
    /// Extension, 2 to 6 digits
    #[arg(long)]
    extension: Option<Extension>,
    /// Language: fr or en, or account for his account's
    #[arg(long, value_parser = values::or_account::<Language>)]
    language: Option<values::OrAccount<Language>>,
    /// Name, as the assistant says it
    #[arg(long)]
    name: Option<Name>,
    /// Where he is, such as Europe/Paris, or account for his account's zone
    #[arg(long, value_parser = values::or_account::<Zone>)]
    zone: Option<values::OrAccount<Zone>>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel user set-pin
  echo 2580 | evatel user set-pin usr-1m7c2k9q4x8v6t3r5y

Without --pin it is asked for on standard input, where no list of processes shows it.")]
pub(super) struct SetPin {
    /// The user [default: the one that init made]
    user: Option<UserId>,
    /// The PIN; other users of this machine may see it while the command runs
    #[arg(long)]
    pin: Option<String>,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let user = match self {
            Self::Add(add) => {
                let account = desk::account(add.account, &store).await?.id;
                let new = NewUser {
                    account: account.clone(),
                    extension: add.extension,
                    name: add.name,
                };
                let acting = desk
                    .trying(acting, &add.trial)
                    .enter(&Target::Account(account))
                    .await?;
                acting.add_user(new).await?
            }
            Self::ClearPin(Which { user, trial }) => {
                let user = desk::user(user, &store).await?;
                let acting = desk
                    .trying(acting, &trial)
                    .enter(&Target::Account(user.account))
                    .await?;
                acting.clear_pin(&user.id).await?;
                let human = desk.say("pin-cleared", &[("user", user.id.as_str())]);
                return Ok(Answer::new(json!({ "user": user.id, "has_pin": false }), human));
            }
            Self::Import(import) => return import.run(acting, &store, desk).await,
            Self::List(List { account, form }) => {
                let target = account.map_or(Target::System, Target::Account);
                let scope: Scope = acting
                    .reading(evatel_core::permission::Matter::Users, &target)
                    .await?;
                let users = store.users(&scope).await?;
                let names = Names::of_things(&users, form, &store, desk).await?;
                let human = form.text(&users, SHEET, || show(&users, &names, desk));
                return Ok(Answer::new(users, human));
            }
            Self::Remove(Remove { user, trial }) => {
                let account = desk::user(Some(user.clone()), &store).await?.account;
                let acting = desk
                    .trying(acting, &trial)
                    .enter(&Target::Account(account))
                    .await?;
                acting.remove_user(&user).await?;
                let human = desk.say("removed", &[("id", user.as_str())]);
                return Ok(Answer::new(json!({ "removed": user }), human));
            }
            Self::Roles(Give { user, roles, trial }) => {
                let account = desk::user(Some(user.clone()), &store).await?.account;
                let acting = desk
                    .trying(acting, &trial)
                    .enter(&Target::Account(account))
                    .await?;
                acting.set_roles(&user, roles).await?
            }
            Self::Set(set) => {
                let user = desk::user(set.user, &store).await?;
                let change = UserChange {
                    extension: set.extension,
                    language: set.language.map(|language| language.0),
                    name: set.name,
                    zone: set.zone.map(|zone| zone.0),
                };
                if change == UserChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-user-set",
                    ));
                }
                let acting = desk
                    .trying(acting, &set.trial)
                    .enter(&Target::Account(user.account))
                    .await?;
                acting.change_user(&user.id, change).await?
            }
            Self::SetPin(set) => {
                let user = desk::user(set.user, &store).await?;
                let keyed = match set.pin {
                    Some(pin) => pin.into(),
                    None => read_secret(&desk.say("ask-pin", &[]))?,
                };
                let pin = Pin::read(&keyed).map_err(|error| Failure::input(error.to_string(), "hint-pin"))?;
                let acting = desk
                    .trying(acting, &set.trial)
                    .enter(&Target::Account(user.account))
                    .await?;
                acting.set_pin(&user.id, pin).await?;
                let human = desk.say("pin-set", &[("user", user.id.as_str())]);
                return Ok(Answer::new(json!({ "user": user.id, "has_pin": true }), human));
            }
        };
        let human = show(std::slice::from_ref(&user), &Names::default(), desk);
        Ok(Answer::new(user, human))
    }
}

/// The first four are columns that the import reads.
const SHEET: &Sheet<User> = &[
    ("extension", |user| user.extension.as_str().to_owned()),
    ("name", |user| user.name.to_string()),
    ("language", |user| csv::optional(user.language)),
    ("zone", |user| csv::optional(user.zone.as_ref())),
    ("id", |user| user.id.to_string()),
    ("number", |user| user.number.to_string()),
    ("roles", |user| user.roles.to_string()),
    ("has_pin", |user| user.has_pin.to_string()),
    ("account", |user| user.account.to_string()),
];

fn show(users: &[User], names: &Names, desk: &Desk<'_>) -> String {
    let rows: Vec<_> = users
        .iter()
        .map(|user| {
            let extension = user.extension.as_str().to_owned();
            [
                user.id.to_string(),
                user.name.to_string(),
                user.number.to_string(),
                extension,
                desk.word(user.roles),
                desk.yes_no(user.has_pin),
                names.of(&user.account),
            ]
        })
        .collect();
    table(
        desk.texts.headings([
            "head-id",
            "head-name",
            "head-number",
            "head-extension",
            "head-roles",
            "head-pin",
            "head-account",
        ]),
        &rows,
    )
}
