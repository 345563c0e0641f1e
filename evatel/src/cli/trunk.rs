//! `evatel trunk`

use clap::{Args, Subcommand};
use evatel_core::{
    id::TrunkId,
    name::Name,
    number::NumberFormat,
    trunk::{PeerAddress, Trunk},
};
use evatel_store::{NewTrunk, TrunkChange};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{Form, Sheet},
    desk::Desk,
    failure::Failure,
    owner::Trial,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a line to a carrier that is known by its address
    Add(Add),
    /// Lists the trunks
    #[command(after_help = "Examples:\n  evatel trunk list\n  evatel trunk list --csv > trunks.csv")]
    List(Form),
    /// Removes a trunk that nothing uses
    #[command(after_help = "Example:\n  evatel trunk remove trk-1m7c2k9q4x8v6t3r5y --dry-run")]
    Remove(Remove),
    /// Changes a trunk; what names it goes on to
    Set(Set),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel trunk add --name Carrier --peer 192.0.2.10 --format national10
  evatel trunk add --name Carrier --peer 127.0.0.2:5070 --format e164")]
pub(super) struct Add {
    /// What you call it
    #[arg(long)]
    name: Name,
    /// Address of the carrier, with its SIP port unless it is 5060
    #[arg(long)]
    peer: PeerAddress,
    /// How the carrier writes numbers: e164, national10 or national11
    #[arg(long)]
    format: NumberFormat,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The trunk
    trunk: TrunkId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "`evatel provision apply` writes it into Asterisk's configuration.

Examples:
  evatel trunk set trk-1m7c2k9q4x8v6t3r5y --peer 192.0.2.20
  evatel trunk set trk-1m7c2k9q4x8v6t3r5y --name \"Carrier, Montréal\" --format e164 --dry-run"
)]
pub(super) struct Set {
    /// The trunk
    trunk: TrunkId,
    /// What you call it
    #[arg(long)]
    name: Option<Name>,
    /// Address of the carrier, with its SIP port unless it is 5060
    #[arg(long)]
    peer: Option<PeerAddress>,
    /// How the carrier writes numbers: e164, national10 or national11
    #[arg(long)]
    format: Option<NumberFormat>,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Add(add) => {
                let new = NewTrunk {
                    format: add.format,
                    name: add.name,
                    peer: add.peer,
                };
                let trunk = desk.trying(acting, &add.trial).add_trunk(new).await?;
                let human = show(std::slice::from_ref(&trunk), desk);
                Ok(Answer::new(trunk, human))
            }
            Self::List(form) => {
                let trunks = acting.trunks().await?;
                let human = form.text(&trunks, SHEET, || show(&trunks, desk));
                Ok(Answer::new(trunks, human))
            }
            Self::Remove(remove) => {
                desk.trying(acting, &remove.trial)
                    .remove_trunk(&remove.trunk)
                    .await?;
                let human = desk.say("removed", &[("id", remove.trunk.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.trunk }), human))
            }
            Self::Set(set) => {
                let change = TrunkChange {
                    format: set.format,
                    name: set.name,
                    peer: set.peer,
                };
                if change == TrunkChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-trunk-set",
                    ));
                }
                let trunk = desk
                    .trying(acting, &set.trial)
                    .change_trunk(&set.trunk, change)
                    .await?;
                let human = show(std::slice::from_ref(&trunk), desk);
                Ok(Answer::new(trunk, human))
            }
        }
    }
}

const SHEET: &Sheet<Trunk> = &[
    ("id", |trunk| trunk.id.to_string()),
    ("name", |trunk| trunk.name.to_string()),
    ("peer", |trunk| trunk.peer.to_string()),
    ("format", |trunk| trunk.format.name().to_owned()),
];

fn show(trunks: &[Trunk], desk: &Desk<'_>) -> String {
    let row = |trunk: &Trunk| {
        [
            trunk.id.to_string(),
            trunk.name.to_string(),
            trunk.peer.to_string(),
            trunk.format.name().to_owned(),
        ]
    };
    let rows: Vec<_> = trunks.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-id", "head-name", "head-peer", "head-format"]),
        &rows,
    )
}
