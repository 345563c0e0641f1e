//! `evatel limit`

use clap::{Args, Subcommand};
use evatel_core::{
    country::Country,
    id::{AccountId, ResellerId, UserId},
    limit::{ApprovedCountry, LimitOwner, Limits},
};
use evatel_store::{Acting, LimitsChange, Store};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
    values::{self, OrNone},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lets an account call a country, where its limits ask for approval
    #[command(after_help = "Example:\n  evatel limit approve FR --account acc-1m7c2k9q4x8v6t3r5y")]
    Approve(OneCountry),
    /// Lists the countries that an account had approved
    Countries(Countries),
    /// Removes an owner's limits; those above him still hold
    Remove(Remove),
    /// Limits the toll that an owner's legs may run up
    Set(Set),
    /// Shows the limits of an owner and of all below him
    Show(Show),
    /// Takes the approval of a country back
    #[command(after_help = "Example:\n  evatel limit withdraw FR --account acc-1m7c2k9q4x8v6t3r5y")]
    Withdraw(OneCountry),
}

#[derive(Debug, Args)]
pub(super) struct OneCountry {
    /// The country, such as FR
    #[arg(value_parser = values::country)]
    country: Country,
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  evatel limit countries --account acc-1m7c2k9q4x8v6t3r5y --csv > countries.csv"
)]
pub(super) struct Countries {
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel limit remove --user usr-1m7c2k9q4x8v6t3r5y --dry-run")]
pub(super) struct Remove {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "What is not named stays as it is; `none` lifts a limit. Of all limits above a leg the tightest holds.

Examples:
  evatel limit set --toll-legs 3 --legs-a-minute 10 --spend-a-day 50
  evatel limit set --user usr-1m7c2k9q4x8v6t3r5y --max-length 3600
  evatel limit set --reseller res-06fk2x3n9s7m1q0c8v --spend-a-day 2000
  evatel limit set --system --approves-countries on --toll-legs none --dry-run"
)]
pub(super) struct Set {
    #[command(flatten)]
    whose: Whose,
    /// Most toll legs at once
    #[arg(long, value_name = "COUNT", value_parser = |text: &str| values::or_none(text, values::count))]
    toll_legs: Option<OrNone<u32>>,
    /// Most new toll legs in one minute
    #[arg(long, value_name = "COUNT", value_parser = |text: &str| values::or_none(text, values::count))]
    legs_a_minute: Option<OrNone<u32>>,
    /// Most that toll legs may cost in one day (UTC), by the prices of the routes
    #[arg(long, value_name = "AMOUNT", value_parser = |text: &str| values::or_none(text, values::micros))]
    spend_a_day: Option<OrNone<i64>>,
    /// Longest leg in seconds
    #[arg(long, value_name = "SECONDS", value_parser = |text: &str| values::or_none(text, values::leg_seconds))]
    max_length: Option<OrNone<u32>>,
    /// A country needs approval before it is called: on or off
    #[arg(long, value_name = "SWITCH", value_parser = values::switch)]
    approves_countries: Option<bool>,
    /// A party outside may be joined to another one outside: on, off or none
    #[arg(long, value_name = "SWITCH", value_parser = |text: &str| values::or_none(text, values::switch))]
    joins_outside: Option<OrNone<bool>>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel limit show
  evatel limit show --account acc-1m7c2k9q4x8v6t3r5y --csv > limits.csv")]
pub(super) struct Show {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    form: Form,
}

/// Whose limits.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Whose {
    /// An account's [default, but for show: the one that init made]
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<AccountId>,
    /// A reseller's: all its accounts together
    #[arg(long, value_name = "RESELLER")]
    reseller: Option<ResellerId>,
    /// Those of all legs together
    #[arg(long)]
    system: bool,
    /// A user's
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
}

impl Whose {
    fn named(self) -> Option<LimitOwner> {
        match (self.account, self.reseller, self.system, self.user) {
            (Some(id), ..) => Some(LimitOwner::Account(id)),
            (_, Some(id), ..) => Some(LimitOwner::Reseller(id)),
            (_, _, true, _) => Some(LimitOwner::System),
            (.., Some(id)) => Some(LimitOwner::User(id)),
            (None, None, false, None) => None,
        }
    }

    async fn owner(self, store: &Store) -> Result<LimitOwner, Failure> {
        match self.named() {
            Some(owner) => Ok(owner),
            None => Ok(LimitOwner::Account(desk::account(None, store).await?.id)),
        }
    }
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Approve(one) => {
                let (approved, acting) = one.read(acting, &store, desk).await?;
                acting.approve_country(approved.clone()).await?;
                let human = desk.say("country-approved", &named(&approved));
                Ok(Answer::new(approved, human))
            }
            Self::Countries(countries) => {
                let account = desk::account(countries.account, &store).await?.id;
                let approved = acting.approved_countries(&account).await?;
                let form = countries.form;
                let names = Names::of_things(&approved, form, &store, desk).await?;
                let row = |one: &ApprovedCountry| [names.of(&one.account), one.country.to_string()];
                let rows: Vec<_> = approved.iter().map(row).collect();
                let headings = desk.texts.headings(["head-account", "head-country"]);
                let human = form.text(&approved, COUNTRIES, || table(headings, &rows));
                Ok(Answer::new(approved, human))
            }
            Self::Remove(remove) => {
                let owner = remove.whose.owner(&store).await?;
                let acting = at(&owner, acting, &remove.trial, &store, desk).await?;
                acting.remove_limits(&owner).await?;
                let human = desk.say("removed", &[("id", &owner.to_string())]);
                Ok(Answer::new(json!({ "removed": owner }), human))
            }
            Self::Set(set) => {
                let change = set.change();
                if change == LimitsChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-limit-set",
                    ));
                }
                let owner = set.whose.owner(&store).await?;
                let acting = at(&owner, acting, &set.trial, &store, desk).await?;
                let limits = acting.change_limits(&owner, change).await?;
                let human = show(std::slice::from_ref(&limits), &Names::default(), desk);
                Ok(Answer::new(limits, human))
            }
            Self::Show(shown) => {
                let owner = shown.whose.named().unwrap_or(LimitOwner::System);
                let limits = acting.limits(&owner).await?;
                let names = Names::of_things(&limits, shown.form, &store, desk).await?;
                let human = shown.form.text(&limits, SHEET, || match limits[..] {
                    [] => desk.say("no-limits", &[]),
                    _ => show(&limits, &names, desk),
                });
                Ok(Answer::new(limits, human))
            }
            Self::Withdraw(one) => {
                let (approved, acting) = one.read(acting, &store, desk).await?;
                acting.withdraw_country(approved.clone()).await?;
                let human = desk.say("country-withdrawn", &named(&approved));
                Ok(Answer::new(approved, human))
            }
        }
    }
}

impl OneCountry {
    async fn read(
        self,
        acting: Acting,
        store: &Store,
        desk: &Desk<'_>,
    ) -> Result<(ApprovedCountry, Acting), Failure> {
        let approved = ApprovedCountry {
            account: desk::account(self.account, store).await?.id,
            country: self.country,
        };
        Ok((approved, desk.trying(acting, &self.trial)))
    }
}

impl Set {
    fn change(&self) -> LimitsChange {
        fn given<T: Copy>(value: Option<&OrNone<T>>) -> Option<Option<T>> {
            value.map(|value| value.0)
        }
        LimitsChange {
            approves_countries: self.approves_countries,
            joins_outside: given(self.joins_outside.as_ref()),
            legs_a_minute: given(self.legs_a_minute.as_ref()),
            max_length_s: given(self.max_length.as_ref()),
            spend_a_day_micros: given(self.spend_a_day.as_ref()),
            toll_legs: given(self.toll_legs.as_ref()),
        }
    }
}

/// A user's limits are set from within his account, the others from above.
async fn at(
    owner: &LimitOwner,
    acting: Acting,
    trial: &Trial,
    store: &Store,
    desk: &Desk<'_>,
) -> Result<Acting, Failure> {
    match owner {
        LimitOwner::User(user) => {
            let account = desk::user(Some(user.clone()), store).await?.account;
            desk.inside(account, trial, store).await
        }
        _ => Ok(desk.trying(acting, trial)),
    }
}

fn named(approved: &ApprovedCountry) -> [(&'static str, &str); 2] {
    [
        ("account", approved.account.as_str()),
        ("country", approved.country.as_str()),
    ]
}

const COUNTRIES: &Sheet<ApprovedCountry> = &[
    ("account", |approved| approved.account.to_string()),
    ("country", |approved| approved.country.to_string()),
];

const SHEET: &Sheet<Limits> = &[
    ("owner", |limits| limits.owner.to_string()),
    ("toll_legs", |limits| csv::optional(limits.toll_legs)),
    ("legs_a_minute", |limits| csv::optional(limits.legs_a_minute)),
    ("spend_a_day", |limits| {
        csv::optional(limits.spend_a_day_micros.map(values::shown_micros))
    }),
    ("max_length_s", |limits| csv::optional(limits.max_length_s)),
    ("approves_countries", |limits| {
        limits.approves_countries.to_string()
    }),
    ("joins_outside", |limits| csv::optional(limits.joins_outside)),
];

fn show(limits: &[Limits], names: &Names, desk: &Desk<'_>) -> String {
    fn count(limit: Option<u32>) -> String {
        limit.map_or_else(String::new, |limit| limit.to_string())
    }
    let row = |limits: &Limits| {
        let joins = limits.joins_outside.map(|joins| desk.yes_no(joins));
        [
            match &limits.owner {
                LimitOwner::System => desk.say("everybody", &[]),
                owner => names.of(owner),
            },
            count(limits.toll_legs),
            count(limits.legs_a_minute),
            limits
                .spend_a_day_micros
                .map_or_else(String::new, values::shown_micros),
            count(limits.max_length_s),
            desk.yes_no(limits.approves_countries),
            joins.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = limits.iter().map(row).collect();
    table(
        desk.texts.headings([
            "head-holds-for",
            "head-toll-legs",
            "head-legs-a-minute",
            "head-spend-a-day",
            "head-longest",
            "head-approves",
            "head-joins-outside",
        ]),
        &rows,
    )
}
