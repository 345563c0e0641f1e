//! `evatel restriction`

mod explain;

use clap::{Args, Subcommand};
use evatel_core::{
    id::{AccountId, DeviceId, ResellerId, RestrictionId, TrunkId, UserId},
    name::Name,
    restriction::{Effect, Level, NumberMatch, Restriction, RestrictionOwner, RuleHours},
    schedule::{Hours, Zone},
};
use evatel_store::{Acting, NewRestriction, RestrictionChange, Store, Target};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Sheet},
    desk::{self, Desk},
    device::account_of,
    failure::Failure,
    names::Names,
    owner::{Listing, Trial},
    values::{self, OrNone},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a rule; what an owner closes, only he and those above him open again
    Add(Add),
    /// Says what would become of a call and by which rule
    Explain(explain::Explain),
    /// Lists the rules
    #[command(after_help = "Examples:
  evatel restriction list
  evatel restriction list --account acc-1m7c2k9q4x8v6t3r5y --csv > rules.csv")]
    List(Listing),
    /// Removes a rule
    Remove(Remove),
    /// Changes a rule; for whom it holds and who set it stays
    Set(Set),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Numbers: a class (alaska-hawaii, canada, high-risk, international, nanp-international, personal, premium, satellite, \
service-code, special, toll-free, unknown, us48, us-territory), a country (FR), a service code (411), or first digits \
(+33), of some lengths only (+33/11, +33/9-12).

Examples:
  evatel restriction add --name \"Pas d'international\" --deny international
  evatel restriction add --name \"Pas la France\" --deny FR --user usr-1m7c2k9q4x8v6t3r5y
  evatel restriction add --name \"International ouvert\" --allow international --system
  evatel restriction add --name \"Luc peut\" --allow FR --user usr-1m7c2k9q4x8v6t3r5y --set-by account
  evatel restriction add --name \"Le soir\" --require-pin us48 --hours \"daily 18:00-08:00\" --zone America/Toronto"
)]
pub(super) struct Add {
    /// What you call it
    #[arg(long)]
    name: Name,
    /// Closes these numbers
    #[arg(long, value_name = "NUMBERS", value_parser = values::number_match, group = "effect", required = true)]
    deny: Option<NumberMatch>,
    /// Asks for the user's PIN
    #[arg(long, value_name = "NUMBERS", value_parser = values::number_match, group = "effect")]
    require_pin: Option<NumberMatch>,
    /// An exception; opens a class that is closed by default where the system or the reseller sets it
    #[arg(long, value_name = "NUMBERS", value_parser = values::number_match, group = "effect")]
    allow: Option<NumberMatch>,
    /// For one account [default: the one that init made]
    #[arg(long, group = "owner")]
    account: Option<AccountId>,
    /// For what is dialled at one device
    #[arg(long, group = "owner")]
    device: Option<DeviceId>,
    /// For the accounts of a reseller
    #[arg(long, group = "owner")]
    reseller: Option<ResellerId>,
    /// For everybody
    #[arg(long, group = "owner")]
    system: bool,
    /// For one user
    #[arg(long, group = "owner")]
    user: Option<UserId>,
    /// Who sets it, where that is somebody above: system, reseller, account or user [default: whom it holds for]
    #[arg(long, value_name = "LEVEL", value_parser = values::level)]
    set_by: Option<Level>,
    /// When it holds, such as "mon-fri 18:00-08:00" [default: always]
    #[arg(long, requires = "zone")]
    hours: Option<Hours>,
    /// Where the clock of its hours hangs, such as America/Toronto
    #[arg(long, requires = "hours")]
    zone: Option<Zone>,
    /// The only trunk for its numbers; with --set-by system or reseller
    #[arg(long)]
    trunk: Option<TrunkId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel restriction remove rst-1m7c2k9q4x8v6t3r5y --dry-run")]
pub(super) struct Remove {
    /// The rule
    restriction: RestrictionId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel restriction set rst-1m7c2k9q4x8v6t3r5y --deny FR
  evatel restriction set rst-1m7c2k9q4x8v6t3r5y --hours \"daily 18:00-08:00\" --zone America/Toronto
  evatel restriction set rst-1m7c2k9q4x8v6t3r5y --always --trunk none --dry-run")]
pub(super) struct Set {
    /// The rule
    restriction: RestrictionId,
    /// What you call it
    #[arg(long)]
    name: Option<Name>,
    /// Closes these numbers
    #[arg(long, value_name = "NUMBERS", value_parser = values::number_match, group = "effect")]
    deny: Option<NumberMatch>,
    /// Asks for the user's PIN
    #[arg(long, value_name = "NUMBERS", value_parser = values::number_match, group = "effect")]
    require_pin: Option<NumberMatch>,
    /// An exception; opens a class that is closed by default where the system or the reseller sets it
    #[arg(long, value_name = "NUMBERS", value_parser = values::number_match, group = "effect")]
    allow: Option<NumberMatch>,
    /// When it holds, such as "mon-fri 18:00-08:00"
    #[arg(long, requires = "zone")]
    hours: Option<Hours>,
    /// Where the clock of its hours hangs, such as America/Toronto
    #[arg(long, requires = "hours")]
    zone: Option<Zone>,
    /// It holds at all hours
    #[arg(long, conflicts_with = "hours")]
    always: bool,
    /// The only trunk for its numbers, or none; where the system or the reseller set it
    #[arg(long, value_parser = |text: &str| values::or_none(text, values::parsed::<TrunkId>))]
    trunk: Option<OrNone<TrunkId>>,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Add(add) => {
                let trial = Trial {
                    dry_run: add.trial.dry_run,
                };
                let new = add.rule(desk, &store).await?;
                let acting = setter(new.set_by, &new.owner, &trial, &store, desk).await?;
                let restriction = acting.add_restriction(new).await?;
                let human = show(std::slice::from_ref(&restriction), &Names::default(), desk);
                Ok(Answer::new(restriction, human))
            }
            Self::Explain(explain) => explain.run(&store, desk).await,
            Self::List(list) => {
                let form = list.form;
                let restrictions = desk.acting(&store).restrictions(&list.target()).await?;
                let names = Names::of_things(&restrictions, form, &store, desk).await?;
                let human = form.text(&restrictions, SHEET, || show(&restrictions, &names, desk));
                Ok(Answer::new(restrictions, human))
            }
            Self::Remove(Remove { restriction, trial }) => {
                let found = store.restriction(&restriction).await?;
                let acting = setter(found.set_by, &found.owner, &trial, &store, desk).await?;
                acting.remove_restriction(&restriction).await?;
                let human = desk.say("removed", &[("id", restriction.as_str())]);
                Ok(Answer::new(json!({ "removed": restriction }), human))
            }
            Self::Set(set) => {
                let (restriction, trial) = (
                    set.restriction.clone(),
                    Trial {
                        dry_run: set.trial.dry_run,
                    },
                );
                let found = store.restriction(&restriction).await?;
                let change = set.change(&found, desk)?;
                let acting = setter(found.set_by, &found.owner, &trial, &store, desk).await?;
                let changed = acting.change_restriction(&restriction, change).await?;
                let human = show(std::slice::from_ref(&changed), &Names::default(), desk);
                Ok(Answer::new(changed, human))
            }
        }
    }
}

/// Enters the reseller or the account in whose name a rule is set; the system's are set from outside of all.
async fn setter(
    set_by: Level,
    owner: &RestrictionOwner,
    trial: &Trial,
    store: &Store,
    desk: &Desk<'_>,
) -> Result<Acting, Failure> {
    let acting = desk.trying(desk.acting(store), trial);
    let account = match owner {
        RestrictionOwner::System => return Ok(acting),
        RestrictionOwner::Reseller(reseller) if set_by == Level::Reseller => {
            return Ok(acting.enter(&Target::Reseller(reseller.clone())).await?);
        }
        RestrictionOwner::Reseller(_) => return Ok(acting),
        RestrictionOwner::Account(account) => account.clone(),
        RestrictionOwner::User(user) => desk::user(Some(user.clone()), store).await?.account,
        RestrictionOwner::Device(device) => account_of(device, store).await?,
    };
    Ok(match set_by {
        Level::System => acting,
        Level::Reseller => {
            let reseller = desk::account(Some(account), store).await?.reseller;
            acting.enter(&Target::Reseller(reseller)).await?
        }
        Level::Account | Level::User | Level::Device => acting.enter(&Target::Account(account)).await?,
    })
}

impl Add {
    async fn rule(self, desk: &Desk<'_>, store: &Store) -> Result<NewRestriction, Failure> {
        let owner = match (self.system, self.reseller, self.user, self.device) {
            (true, ..) => RestrictionOwner::System,
            (_, Some(reseller), ..) => RestrictionOwner::Reseller(reseller),
            (_, _, Some(user), _) => RestrictionOwner::User(user),
            (.., Some(device)) => RestrictionOwner::Device(device),
            _ => RestrictionOwner::Account(desk::account(self.account, store).await?.id),
        };
        let set_by = self.set_by.unwrap_or(owner.level());
        if set_by > owner.level() {
            return Err(Failure::input(desk.say("set-from-above", &[]), "hint-set-by"));
        }
        let said = said(self.deny, self.require_pin, self.allow);
        let (effect, matches) = said.expect("the command line asks for one of them");
        check(effect, &matches, self.trunk.is_some(), &owner, set_by, desk)?;
        Ok(NewRestriction {
            set_by,
            hours: self
                .hours
                .zip(self.zone)
                .map(|(hours, zone)| RuleHours { hours, zone }),
            trunk: self.trunk,
            ..NewRestriction::new(self.name, owner, effect, matches)
        })
    }
}

impl Set {
    fn change(self, found: &Restriction, desk: &Desk<'_>) -> Result<RestrictionChange, Failure> {
        let (effect, matches) = said(self.deny, self.require_pin, self.allow).unzip();
        let hours = self
            .hours
            .zip(self.zone)
            .map(|(hours, zone)| RuleHours { hours, zone });
        let change = RestrictionChange {
            effect,
            matches,
            name: self.name,
            hours: match hours {
                None if self.always => Some(None),
                hours => hours.map(Some),
            },
            trunk: self.trunk.map(|trunk| trunk.0),
        };
        if change == RestrictionChange::default() {
            return Err(Failure::input(
                desk.say("nothing-to-change", &[]),
                "hint-restriction-set",
            ));
        }
        let effect = effect.unwrap_or(found.effect);
        let matches = change.matches.as_ref().unwrap_or(&found.matches);
        let names_trunk = matches!(change.trunk, Some(Some(_)));
        check(effect, matches, names_trunk, &found.owner, found.set_by, desk)?;
        Ok(change)
    }
}

/// Gives what was said of which numbers.
fn said(
    deny: Option<NumberMatch>,
    require_pin: Option<NumberMatch>,
    allow: Option<NumberMatch>,
) -> Option<(Effect, NumberMatch)> {
    [
        (Effect::Deny, deny),
        (Effect::RequirePin, require_pin),
        (Effect::Allow, allow),
    ]
    .into_iter()
    .find_map(|(effect, numbers)| Some((effect, numbers?)))
}

/// Refuses what the gate would pass over in silence: an account's own word opens no class, and makes no exception but from
/// its own shorter prefix; a trunk counts from the system and the reseller only.
fn check(
    effect: Effect,
    matches: &NumberMatch,
    names_trunk: bool,
    owner: &RestrictionOwner,
    set_by: Level,
    desk: &Desk<'_>,
) -> Result<(), Failure> {
    let from_above = set_by <= Level::Reseller;
    let below_account = owner.level() > Level::Account;
    let longer = matches!(matches, NumberMatch::Prefix(_));
    if effect == Effect::Allow && !(from_above || below_account || longer) {
        return Err(Failure::input(desk.say("allow-from-above", &[]), "hint-allow"));
    }
    if names_trunk && !from_above {
        return Err(Failure::input(desk.say("trunk-from-above", &[]), "hint-set-by"));
    }
    Ok(())
}

const SHEET: &Sheet<Restriction> = &[
    ("id", |rule| rule.id.to_string()),
    ("name", |rule| rule.name.to_string()),
    ("effect", |rule| rule.effect.to_string()),
    ("numbers", |rule| values::shown_match(&rule.matches)),
    ("owner", |rule| owner(&rule.owner).unwrap_or_default()),
    ("set_by", |rule| rule.set_by.to_string()),
    ("hours", |rule| {
        csv::optional(rule.hours.as_ref().map(|hours| &hours.hours))
    }),
    ("zone", |rule| {
        csv::optional(rule.hours.as_ref().map(|hours| &hours.zone))
    }),
    ("trunk", |rule| csv::optional(rule.trunk.as_ref())),
];

/// Gives the id of whom a rule holds for; none for everybody.
fn owner(owner: &RestrictionOwner) -> Option<String> {
    match owner {
        RestrictionOwner::System => None,
        RestrictionOwner::Reseller(id) => Some(id.to_string()),
        RestrictionOwner::Account(id) => Some(id.to_string()),
        RestrictionOwner::User(id) => Some(id.to_string()),
        RestrictionOwner::Device(id) => Some(id.to_string()),
    }
}

fn show(restrictions: &[Restriction], names: &Names, desk: &Desk<'_>) -> String {
    let row = |restriction: &Restriction| {
        let matches = values::shown_match(&restriction.matches);
        let hours = restriction.hours.as_ref();
        let owner = owner(&restriction.owner);
        let owner = owner.map_or_else(|| desk.say("everybody", &[]), |id| names.of(id));
        [
            restriction.id.to_string(),
            restriction.name.to_string(),
            desk.word(restriction.effect),
            matches,
            owner,
            desk.word(restriction.set_by),
            hours.map_or_else(String::new, |hours| format!("{} {}", hours.hours, hours.zone)),
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
            "head-set-by",
            "head-hours",
        ]),
        &rows,
    )
}
