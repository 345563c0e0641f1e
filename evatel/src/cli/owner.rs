//! Options that several nouns share: whose, and whether to try only.

use clap::Args;
use evatel_core::id::{AccountId, ResellerId, UserId};
use evatel_store::{Owner, Target};

use super::csv::Form;

/// Whose rights a login or a key gives.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Whose {
    /// An administrator of this reseller
    #[arg(long, value_name = "RESELLER")]
    reseller: Option<ResellerId>,
    /// An administrator of the system
    #[arg(long)]
    system: bool,
    /// This user
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
}

impl Whose {
    pub(super) fn owner(self) -> Owner {
        match (self.reseller, self.user) {
            (Some(reseller), _) => Owner::Reseller(reseller),
            (None, Some(user)) => Owner::User(user),
            (None, None) => Owner::System,
        }
    }
}

/// Of which part of the tree something is listed.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(super) struct Where {
    /// Only those of this account
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<AccountId>,
    /// Only those of this reseller and its accounts
    #[arg(long, value_name = "RESELLER")]
    reseller: Option<ResellerId>,
    /// Only those of this user
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
}

impl Where {
    /// Gives the target; the whole system where none is named.
    pub(super) fn target(self) -> Target {
        match (self.account, self.reseller, self.user) {
            (Some(account), ..) => Target::Account(account),
            (_, Some(reseller), _) => Target::Reseller(reseller),
            (.., Some(user)) => Target::User(user),
            (None, None, None) => Target::System,
        }
    }
}

/// What is listed, and how it is written.
#[derive(Debug, Default, Args)]
pub(super) struct Listing {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    pub(super) form: Form,
}

impl Listing {
    /// Gives the target; the whole system where none is named.
    pub(super) fn target(self) -> Target {
        self.place.target()
    }
}

/// Whether to try only.
#[derive(Debug, Default, Args)]
pub(super) struct Trial {
    /// Check and show what would become of it, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}
