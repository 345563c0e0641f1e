//! `evatel did`

mod import;
mod show;

use clap::{Args, Subcommand, ValueEnum};
use evatel_core::{
    did::{DidState, DidStatus, DidTarget, Owner},
    emergency::CivicProvince,
    id::{AccountId, ResellerId, TrunkId, UserId},
    name::Name,
    number::E164,
};
use evatel_store::{Acting, Arrival, NewNumber, NumberChange, NumberFilter, Store, Target};
use jiff::SignedDuration;

pub(super) use show::told_to_emergency;

use super::{
    answer::Answer,
    csv::Form,
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Takes a number in: in service for a user, or into the pool
    Add(Add),
    /// Sets or clears the address that emergency services are told for a number
    Address(Address),
    /// Gives a number to a user, out of the pool or a reservation
    #[command(after_help = "Example:\n  evatel did assign 5145550199 --user usr-1m7c2k9q4x8v6t3r5y")]
    Assign(ForUser),
    /// Shows what was done with a number, by whom
    History(History),
    /// Takes numbers in from a CSV file, as often as you like
    Import(import::Import),
    /// Lists the numbers
    List(List),
    /// Lets a number come over another trunk
    Move(Move),
    /// Moves a number between carriers, or follows its order
    Port(Port),
    /// Lets a number go: it rests, then its reseller's pool has it again
    Release(Release),
    /// Takes a number out of the inventory, with its history kept: calls off its order or port in, or gives it back
    Remove(Remove),
    /// Keeps a number for an account, or for the reseller itself
    Reserve(Reserve),
    /// Gives a resting number back to its former owner
    #[command(after_help = "Example:\n  evatel did restore 5145550199 --user usr-1m7c2k9q4x8v6t3r5y")]
    Restore(ForUser),
    /// Puts a suspended number into service again
    #[command(after_help = "Example:\n  evatel did resume 5145550199")]
    Resume(Tried),
    /// Lets another user of the same account answer a number
    #[command(
        after_help = "Example:\n  evatel did retarget 5145550100 --user usr-1m7c2k9q4x8v6t3r5y --receptionist"
    )]
    Retarget(ForUser),
    /// Shows one number
    #[command(after_help = "Example:\n  evatel did show 5145550199")]
    Show(Which),
    /// Takes a number out of service for a while
    #[command(after_help = "Example:\n  evatel did suspend 5145550199 --dry-run")]
    Suspend(Tried),
    /// Ends a reservation
    #[command(after_help = "Example:\n  evatel did unreserve 5145550123")]
    Unreserve(Tried),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did add 5145550199
  evatel did add +15145550199 --trunk trk-1m7c2k9q4x8v6t3r5y --user usr-1m7c2k9q4x8v6t3r5y
  evatel did add 5145550123 --pool
  evatel did add 5145550124 --port-in --user usr-1m7c2k9q4x8v6t3r5y")]
pub(super) struct Add {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// The trunk over which it comes [default: the only one]
    #[arg(long)]
    trunk: Option<TrunkId>,
    /// Whom the assistant finds [default: the user that init made]
    #[arg(long, conflicts_with_all = ["pool", "ordered"])]
    user: Option<UserId>,
    /// The office's main number: its hours say whether the user, its operator, is rung
    #[arg(long, conflicts_with_all = ["pool", "ordered"])]
    receptionist: bool,
    /// Into the reseller's pool
    #[arg(long)]
    pool: bool,
    /// Ordered from the ITSP, not there yet
    #[arg(long, conflicts_with = "pool")]
    ordered: bool,
    /// Coming from another carrier
    #[arg(long, conflicts_with_all = ["pool", "ordered"])]
    port_in: bool,
    /// Whose pool [default: that of the user's account]
    #[arg(long)]
    reseller: Option<ResellerId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did address 5145550199 --street \"1200, rue Sainte-Catherine\" --city Montréal --province QC
  evatel did address 5145550199 --clear")]
pub(super) struct Address {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// Number and street, with the unit
    #[arg(long, required_unless_present = "clear", requires_all = ["city", "province"])]
    street: Option<Name>,
    /// City
    #[arg(long)]
    city: Option<Name>,
    /// Province or territory in two letters: AB BC MB NB NL NS NT NU ON PE QC SK YT
    #[arg(long)]
    province: Option<CivicProvince>,
    /// No address of its own any more: the account's is told, where it has one
    #[arg(long, conflicts_with = "street")]
    clear: bool,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct ForUser {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    #[command(flatten)]
    answerer: Answerer,
    #[command(flatten)]
    trial: Trial,
}

/// What answers a number.
#[derive(Debug, Args)]
pub(super) struct Answerer {
    /// Whom the assistant finds
    #[arg(long)]
    user: UserId,
    /// The office's main number: its hours say whether this user, the operator, is rung
    #[arg(long)]
    receptionist: bool,
}

impl Answerer {
    pub(super) fn target(self) -> DidTarget {
        target(self.user, self.receptionist)
    }
}

fn target(user: UserId, is_receptionist: bool) -> DidTarget {
    if is_receptionist {
        DidTarget::Receptionist { operator: user }
    } else {
        DidTarget::SmartNumber { user }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did list
  evatel did list --status quarantined
  evatel did list --csv > numbers.csv
  evatel did list --on-offer --account acc-1m7c2k9q4x8v6t3r5y")]
pub(super) struct List {
    /// Only those of this account
    #[arg(long, conflicts_with = "reseller")]
    account: Option<AccountId>,
    /// Only those of this reseller and its customers
    #[arg(long)]
    reseller: Option<ResellerId>,
    /// Only those in this state
    #[arg(long)]
    status: Option<DidStatus>,
    /// Those that an account may order [default: the account that init made]
    #[arg(long, conflicts_with_all = ["reseller", "status"])]
    on_offer: bool,
    /// Only those after this one: to go on where a list ended
    #[arg(long, value_parser = values::public_number)]
    after: Option<E164>,
    /// At most so many
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(
    after_help = "`evatel provision apply` writes it into Asterisk's configuration.

Example:
  evatel did move 5145550199 --trunk trk-1m7c2k9q4x8v6t3r5y"
)]
pub(super) struct Move {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// The trunk over which it comes from now on
    #[arg(long)]
    trunk: TrunkId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did port 5145550199 out
  evatel did port 5145550199 out-done
  evatel did port 5145550124 in-done
  evatel did port 5145550124 in-rejected --reason \"the name differs\"
  evatel did port 5145550199 order")]
pub(super) struct Port {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// What has happened
    step: PortStep,
    /// Why the other carrier refuses; with `in-rejected`
    #[arg(long, required_if_eq("step", "in-rejected"))]
    reason: Option<Name>,
    /// For whose pool it is ordered again [default: that of the reseller that init made]
    #[arg(long)]
    reseller: Option<ResellerId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PortStep {
    /// The ITSP has delivered the number that was ordered
    Arrived,
    /// A port in that was refused is asked for again
    InAgain,
    /// It has come from the other carrier
    InDone,
    /// The other carrier refuses to let it go
    InRejected,
    /// It is ordered again
    Order,
    /// It shall go to another carrier
    Out,
    /// The port away fell through
    OutAbandoned,
    /// It has gone to the other carrier
    OutDone,
    /// It is given back to the ITSP, out of the pool or while it rests
    Return,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel did release 5145550199 --quarantine-days 30")]
pub(super) struct Release {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// How many days it rests
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(0..=3650))]
    quarantine_days: u16,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel did reserve 5145550199 --account acc-1m7c2k9q4x8v6t3r5y --days 7")]
pub(super) struct Reserve {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// For whom [default: for any customer of the reseller]
    #[arg(long)]
    account: Option<AccountId>,
    /// For how many days
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=30))]
    days: u16,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did remove 5145550124 --dry-run
  evatel did remove 5145550124")]
pub(super) struct Remove {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Tried {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did history 5145550199
  evatel did history 5145550199 --csv > history.csv")]
pub(super) struct History {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    #[command(flatten)]
    form: Form,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        let (number, change, trial) = match self {
            Self::Add(add) => return add.run(acting, &store, desk).await,
            Self::History(which) => {
                let events = acting.number_history(&which.number).await?;
                let names = Names::of_things(&events, which.form, &store, desk).await?;
                return Ok(show::history(&events, which.form, &names, desk));
            }
            Self::Import(import) => return import.run(acting, &store, desk).await,
            Self::List(list) => return list.run(acting, &store, desk).await,
            Self::Show(which) => {
                let record = acting.number(&which.number).await?;
                return Ok(show::one(&record, None, desk));
            }
            Self::Address(address) => (
                address.number.clone(),
                NumberChange::SetAddress(address.given()),
                address.trial,
            ),
            Self::Assign(given) => (
                given.number,
                NumberChange::Assign(given.answerer.target()),
                given.trial,
            ),
            Self::Move(moved) => (moved.number, NumberChange::MoveTrunk(moved.trunk), moved.trial),
            Self::Port(port) => return port.run(acting, &store, desk).await,
            Self::Release(Release {
                number,
                quarantine_days,
                trial,
            }) => {
                let quarantine = days(quarantine_days);
                (number, NumberChange::Release { quarantine }, trial)
            }
            Self::Remove(Remove { number, trial }) => {
                let change = removal(&acting.number(&number).await?.state);
                (number, change, trial)
            }
            Self::Reserve(Reserve {
                number,
                account,
                days: length,
                trial,
            }) => {
                let length = days(length);
                (number, NumberChange::Reserve { account, length }, trial)
            }
            Self::Restore(given) => (
                given.number,
                NumberChange::Restore(given.answerer.target()),
                given.trial,
            ),
            Self::Resume(Tried { number, trial }) => (number, NumberChange::Resume, trial),
            Self::Retarget(given) => (
                given.number,
                NumberChange::Retarget(given.answerer.target()),
                given.trial,
            ),
            Self::Suspend(Tried { number, trial }) => (number, NumberChange::Suspend, trial),
            Self::Unreserve(Tried { number, trial }) => (number, NumberChange::Unreserve, trial),
        };
        let acting = desk.trying(acting, &trial);
        let acting = inside(&acting.number(&number).await?.owner, acting).await?;
        let changed = acting.change_number(&number, change).await?;
        Ok(show::one(&changed.record, changed.flag, desk))
    }
}

impl Add {
    async fn run(self, acting: Acting, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let trunk = desk::trunk(self.trunk, store, desk.texts).await?.id;
        let (arrival, reseller) = if self.pool || self.ordered {
            let arrival = if self.pool {
                Arrival::Available
            } else {
                Arrival::Ordered
            };
            (arrival, store.default_account().await?.reseller)
        } else if self.port_in && self.user.is_none() {
            (
                Arrival::PortIn { target: None },
                store.default_account().await?.reseller,
            )
        } else {
            let user = desk::user(self.user, store).await?;
            let account = desk::account(Some(user.account), store).await?;
            let target = target(user.id, self.receptionist);
            let arrival = if self.port_in {
                Arrival::PortIn { target: Some(target) }
            } else {
                Arrival::InService(target)
            };
            (arrival, account.reseller)
        };
        let reseller = self.reseller.unwrap_or(reseller);
        let acting = desk
            .trying(acting, &self.trial)
            .enter(&Target::Reseller(reseller.clone()))
            .await?;
        let new = NewNumber {
            number: self.number,
            trunk,
            arrival,
        };
        let added = acting.add_number(&reseller, new).await?;
        Ok(show::one(&added.record, added.flag, desk))
    }
}

impl Address {
    fn given(&self) -> Option<evatel_core::did::EmergencyAddress> {
        Some(evatel_core::did::EmergencyAddress {
            street: self.street.clone()?,
            city: self.city.clone()?,
            province: self.province?,
            validated_at: None,
        })
    }
}

impl List {
    async fn run(self, acting: Acting, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let filter = NumberFilter {
            after: self.after,
            limit: self.limit,
            status: self.status,
        };
        let records = if self.on_offer {
            let account = desk::account(self.account, store).await?.id;
            let inside = acting.enter(&Target::Account(account.clone())).await?;
            inside.numbers_on_offer(&account, &filter).await?
        } else {
            let target = match (self.account, self.reseller) {
                (Some(account), _) => Target::Account(account),
                (None, Some(reseller)) => Target::Reseller(reseller),
                (None, None) => Target::System,
            };
            acting.numbers(&target, &filter).await?
        };
        let names = Names::of_things(&records, self.form, store, desk).await?;
        Ok(show::list(&records, self.form, &names, desk))
    }
}

impl Port {
    async fn run(self, acting: Acting, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let acting = desk.trying(acting, &self.trial);
        let owner = acting.number(&self.number).await?.owner;
        // What has left is nobody's any more: whoever orders it says for whom.
        let reseller = match (self.reseller, owner.reseller()) {
            (Some(reseller), _) => reseller,
            (None, Some(reseller)) => reseller.clone(),
            (None, None) => store.default_account().await?.reseller,
        };
        let inside = acting.enter(&Target::Reseller(reseller.clone())).await?;
        let change = match (self.step, self.reason) {
            (PortStep::Arrived, _) => NumberChange::Arrive,
            (PortStep::InAgain, _) => NumberChange::ResubmitPortIn,
            (PortStep::InDone, _) => NumberChange::CompletePortIn,
            (PortStep::InRejected, Some(reason)) => NumberChange::RejectPortIn { reason },
            (PortStep::InRejected, None) => {
                return Err(Failure::input(
                    desk.say("nothing-to-change", &[]),
                    "hint-port-reason",
                ));
            }
            (PortStep::Order, _) => NumberChange::Order { reseller },
            (PortStep::Out, _) => NumberChange::PortOut,
            (PortStep::OutAbandoned, _) => NumberChange::AbandonPortOut,
            (PortStep::OutDone, _) => NumberChange::CompletePortOut,
            (PortStep::Return, _) => NumberChange::ReturnToItsp,
        };
        let changed = inside.change_number(&self.number, change).await?;
        Ok(show::one(&changed.record, changed.flag, desk))
    }
}

/// Says what takes a number out of the inventory; where nothing does, the refusal tells what would have to come first.
fn removal(state: &DidState) -> NumberChange {
    match state {
        DidState::Ordered => NumberChange::CancelOrder,
        DidState::PortInPending { .. } | DidState::PortInRejected { .. } => NumberChange::CancelPortIn,
        _ => NumberChange::ReturnToItsp,
    }
}

/// Enters the reseller whose affair a number is: the system itself only looks.
async fn inside(owner: &Owner, acting: Acting) -> Result<Acting, Failure> {
    Ok(match owner.reseller() {
        Some(reseller) => acting.enter(&Target::Reseller(reseller.clone())).await?,
        None => acting,
    })
}

fn days(count: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(count))
}
