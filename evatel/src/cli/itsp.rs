//! `evatel itsp`

use std::num::NonZeroU32;

use clap::{Args, Subcommand};
use evatel_core::{
    id::{ItspId, TrunkId},
    itsp::{Caps, Itsp, MAX_CAP},
    name::Name,
};
use evatel_store::TrunkContract;
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Form, Sheet},
    desk::Desk,
    failure::Failure,
    names::Names,
    owner::Trial,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a carrier
    Add(Add),
    /// Lists the carriers
    #[command(after_help = "Examples:\n  evatel itsp list\n  evatel itsp list --csv > carriers.csv")]
    List(Form),
    /// Says whose line a trunk is and what it may carry
    Line(Line),
    /// Lists whose line each trunk is and what it may carry
    #[command(after_help = "Examples:\n  evatel itsp lines\n  evatel itsp lines --csv > lines.csv")]
    Lines(Form),
    /// Removes a carrier that no trunk leads to
    Remove(Remove),
    /// Gives a carrier another name
    Set(Set),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel itsp add --name Carrier")]
pub(super) struct Add {
    /// What you call it
    #[arg(long)]
    name: Name,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel itsp line trk-1m7c2k9q4x8v6t3r5y --itsp its-06fk2x3n9s7m1q0c8v
  evatel itsp line trk-1m7c2k9q4x8v6t3r5y --calls 30 --calls-a-second 5
  evatel itsp line trk-1m7c2k9q4x8v6t3r5y --no-limits")]
pub(super) struct Line {
    /// The trunk
    trunk: TrunkId,
    /// The carrier at its other end
    #[arg(long)]
    itsp: Option<ItspId>,
    /// Most calls at once
    #[arg(long, value_parser = cap)]
    calls: Option<NonZeroU32>,
    /// Most new calls in a second
    #[arg(long, value_parser = cap)]
    calls_a_second: Option<NonZeroU32>,
    /// As many as come
    #[arg(long, conflicts_with_all = ["calls", "calls_a_second"])]
    no_limits: bool,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel itsp remove its-06fk2x3n9s7m1q0c8v --dry-run")]
pub(super) struct Remove {
    /// The carrier
    itsp: ItspId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel itsp set its-06fk2x3n9s7m1q0c8v --name \"Carrier, Inc.\"")]
pub(super) struct Set {
    /// The carrier
    itsp: ItspId,
    /// What you call it
    #[arg(long)]
    name: Name,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Add(add) => {
                let itsp = desk.trying(acting, &add.trial).add_itsp(add.name).await?;
                let human = show(std::slice::from_ref(&itsp), desk);
                Ok(Answer::new(itsp, human))
            }
            Self::List(form) => {
                let itsps = acting.itsps().await?;
                let human = form.text(&itsps, SHEET, || show(&itsps, desk));
                Ok(Answer::new(itsps, human))
            }
            Self::Line(line) => {
                if line.itsp.is_none()
                    && line.calls.is_none()
                    && line.calls_a_second.is_none()
                    && !line.no_limits
                {
                    return Err(Failure::input(desk.say("nothing-to-change", &[]), "itsp-limits"));
                }
                let contracts = acting.trunk_contracts().await?;
                let missing = || evatel_store::Error::Missing {
                    what: "trunk",
                    id: line.trunk.to_string(),
                };
                let present = contracts
                    .into_iter()
                    .find(|contract| contract.trunk == line.trunk);
                let present = present.ok_or_else(missing)?;
                let kept = if line.no_limits {
                    Caps::default()
                } else {
                    present.caps
                };
                let contract = TrunkContract {
                    itsp: line.itsp.unwrap_or(present.itsp),
                    caps: Caps {
                        calls: line.calls.or(kept.calls),
                        calls_per_second: line.calls_a_second.or(kept.calls_per_second),
                    },
                    trunk: line.trunk,
                };
                let contract = desk
                    .trying(acting, &line.trial)
                    .set_trunk_contract(contract)
                    .await?;
                let human = lines(std::slice::from_ref(&contract), &Names::default(), desk);
                Ok(Answer::new(contract, human))
            }
            Self::Lines(form) => {
                let contracts = acting.trunk_contracts().await?;
                let names = Names::of_things(&contracts, form, &store, desk).await?;
                let human = form.text(&contracts, LINES, || lines(&contracts, &names, desk));
                Ok(Answer::new(contracts, human))
            }
            Self::Remove(remove) => {
                desk.trying(acting, &remove.trial)
                    .remove_itsp(&remove.itsp)
                    .await?;
                let human = desk.say("removed", &[("id", remove.itsp.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.itsp }), human))
            }
            Self::Set(set) => {
                let itsp = desk
                    .trying(acting, &set.trial)
                    .rename_itsp(&set.itsp, set.name)
                    .await?;
                let human = show(std::slice::from_ref(&itsp), desk);
                Ok(Answer::new(itsp, human))
            }
        }
    }
}

const SHEET: &Sheet<Itsp> = &[
    ("id", |itsp| itsp.id.to_string()),
    ("name", |itsp| itsp.name.to_string()),
];

const LINES: &Sheet<TrunkContract> = &[
    ("trunk", |contract| contract.trunk.to_string()),
    ("itsp", |contract| contract.itsp.to_string()),
    ("calls", |contract| csv::optional(contract.caps.calls)),
    ("calls_a_second", |contract| {
        csv::optional(contract.caps.calls_per_second)
    }),
];

fn show(itsps: &[Itsp], desk: &Desk<'_>) -> String {
    let rows: Vec<_> = itsps
        .iter()
        .map(|itsp| [itsp.id.to_string(), itsp.name.to_string()])
        .collect();
    table(desk.texts.headings(["head-id", "head-name"]), &rows)
}

fn lines(contracts: &[TrunkContract], names: &Names, desk: &Desk<'_>) -> String {
    let cap = |cap: Option<NonZeroU32>| cap.map_or_else(String::new, |cap| cap.to_string());
    let row = |contract: &TrunkContract| {
        [
            names.of(&contract.trunk),
            names.of(&contract.itsp),
            cap(contract.caps.calls),
            cap(contract.caps.calls_per_second),
        ]
    };
    let rows: Vec<_> = contracts.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-trunk", "head-itsp", "head-calls", "head-calls-a-second"]),
        &rows,
    )
}

/// A number of calls, 1 to [`MAX_CAP`].
fn cap(text: &str) -> Result<NonZeroU32, String> {
    let cap = text.parse::<NonZeroU32>().ok().filter(|cap| cap.get() <= MAX_CAP);
    cap.ok_or_else(|| format!("`{}` is no number of calls: 1 to {MAX_CAP}", text.escape_debug()))
}
