//! `evatel restriction`

use clap::{Args, Subcommand};
use evatel_core::{
    id::{AccountId, ResellerId, RestrictionId, UserId},
    name::Name,
    restriction::{Effect, NumberMatch, Restriction, RestrictionOwner},
};
use evatel_store::{NewRestriction, Scope, Store};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a rule; a denial by any owner is final
    Add(Add),
    /// Lists the rules
    List,
    /// Removes a rule
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Classes: alaska-hawaii, canada, high-risk, international, nanp-international, personal, premium, satellite,
service-code, special, toll-free, unknown, us48, us-territory.

Examples:
  evatel restriction add --name \"Pas d'international\" --deny international
  evatel restriction add --name \"Pas la France\" --deny +33 --user usr-1m7c2k9q4x8v6t3r5y
  evatel restriction add --name \"International ouvert\" --allow international --system"
)]
pub(super) struct Add {
    /// What you call it
    #[arg(long)]
    name: Name,
    /// Closes a class or the numbers that begin so
    #[arg(long, value_name = "CLASS|DIGITS", value_parser = values::number_match, required_unless_present = "allow")]
    deny: Option<NumberMatch>,
    /// Opens a class or the numbers that begin so; needs --system or --reseller
    #[arg(long, value_name = "CLASS|DIGITS", value_parser = values::number_match, conflicts_with = "deny")]
    allow: Option<NumberMatch>,
    /// For one account [default: the one that init made]
    #[arg(long, group = "owner")]
    account: Option<AccountId>,
    /// For the accounts of a reseller
    #[arg(long, group = "owner")]
    reseller: Option<ResellerId>,
    /// For everybody
    #[arg(long, group = "owner")]
    system: bool,
    /// For one user
    #[arg(long, group = "owner")]
    user: Option<UserId>,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The rule
    restriction: RestrictionId,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let scope = Scope::system();
        match self {
            Self::Add(add) => {
                let restriction = store
                    .add_restriction(add.rule(desk, &store).await?, &scope)
                    .await?;
                let human = show(std::slice::from_ref(&restriction), desk);
                Ok(Answer::new(restriction, human))
            }
            Self::List => {
                let restrictions = store.restrictions(&scope).await?;
                Ok(Answer::new(&restrictions, show(&restrictions, desk)))
            }
            Self::Remove(remove) => {
                store.remove_restriction(&remove.restriction, &scope).await?;
                let human = desk.say("removed", &[("id", remove.restriction.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.restriction }), human))
            }
        }
    }
}

impl Add {
    async fn rule(self, desk: &Desk<'_>, store: &Store) -> Result<NewRestriction, Failure> {
        let owner = match (self.system, self.reseller, self.user) {
            (true, _, _) => RestrictionOwner::System,
            (_, Some(reseller), _) => RestrictionOwner::Reseller(reseller),
            (_, _, Some(user)) => RestrictionOwner::User(user),
            _ => RestrictionOwner::Account(desk::account(self.account, store).await?.id),
        };
        let from_above = matches!(owner, RestrictionOwner::System | RestrictionOwner::Reseller(_));
        let (effect, matches) = match (self.deny, self.allow) {
            (Some(matches), _) => (Effect::Deny, matches),
            (_, Some(matches)) if from_above => (Effect::Allow, matches),
            // The gate would pass over it in silence.
            _ => return Err(Failure::input(desk.say("allow-from-above", &[]), "hint-allow")),
        };
        Ok(NewRestriction {
            effect,
            matches,
            name: self.name,
            owner,
        })
    }
}

fn show(restrictions: &[Restriction], desk: &Desk<'_>) -> String {
    let row = |restriction: &Restriction| {
        let matches = match &restriction.matches {
            NumberMatch::Class(class) => class.to_string(),
            NumberMatch::Prefix(prefix) => prefix.to_string(),
        };
        let owner = match &restriction.owner {
            RestrictionOwner::System => desk.say("everybody", &[]),
            RestrictionOwner::Reseller(id) => id.to_string(),
            RestrictionOwner::Account(id) => id.to_string(),
            RestrictionOwner::User(id) => id.to_string(),
        };
        [
            restriction.id.to_string(),
            restriction.name.to_string(),
            restriction.effect.to_string(),
            matches,
            owner,
        ]
    };
    let rows: Vec<_> = restrictions.iter().map(row).collect();
    table(
        desk.texts.headings([
            "head-id",
            "head-name",
            "head-effect",
            "head-numbers",
            "head-holds-for",
        ]),
        &rows,
    )
}
