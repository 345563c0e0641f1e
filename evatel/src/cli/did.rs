//! `evatel did`

use clap::{Args, Subcommand};
use evatel_core::{
    did::Did,
    id::{TrunkId, UserId},
    number::E164,
};
use evatel_store::{NewDid, Scope};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a Smart Number: the assistant screens its callers and finds the user
    Add(Add),
    /// Lists the numbers
    List,
    /// Removes a number
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel did add 5145550199
  evatel did add +15145550199 --trunk trk-1m7c2k9q4x8v6t3r5y --user usr-1m7c2k9q4x8v6t3r5y")]
pub(super) struct Add {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// The trunk over which it comes [default: the only one]
    #[arg(long)]
    trunk: Option<TrunkId>,
    /// Whom the assistant finds [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The number
    #[arg(value_parser = values::public_number)]
    number: E164,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let scope = Scope::system();
        match self {
            Self::Add(add) => {
                let trunk = desk::trunk(add.trunk, &store, desk.texts).await?.id;
                let user = desk::user(add.user, &store).await?.id;
                let did = store
                    .add_did(
                        NewDid {
                            number: add.number,
                            trunk,
                            user,
                        },
                        &scope,
                    )
                    .await?;
                let human = show(std::slice::from_ref(&did), desk);
                Ok(Answer::new(did, human))
            }
            Self::List => {
                let dids = store.dids(&scope).await?;
                Ok(Answer::new(&dids, show(&dids, desk)))
            }
            Self::Remove(remove) => {
                store.remove_did(&remove.number, &scope).await?;
                let human = desk.say("removed", &[("id", remove.number.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.number }), human))
            }
        }
    }
}

fn show(dids: &[Did], desk: &Desk<'_>) -> String {
    let row = |did: &Did| {
        [
            did.number.to_string(),
            did.target.user().to_string(),
            did.trunk.to_string(),
            did.account.to_string(),
        ]
    };
    let rows: Vec<_> = dids.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-number", "head-user", "head-trunk", "head-account"]),
        &rows,
    )
}
