//! The border to whoever does what skills do.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use evatel_core::{
    account::Language,
    id::{AccountId, CallId, UserId},
    skill::{Errand, Outcome, Skills},
};

/// Skills, and who does what they do.
#[derive(Debug, Clone)]
pub struct Skilled {
    /// What can be done; nothing by default.
    pub skills: Arc<Skills>,
    /// Who does it; without anybody it fails, and the caller is told so.
    pub handler: Option<Arc<dyn SkillHandler>>,
    /// How long it may take. What took longer is told as a failure, done or not.
    pub deadline: Duration,
}

impl Default for Skilled {
    fn default() -> Self {
        Self {
            skills: Arc::default(),
            handler: None,
            deadline: DEFAULT_DEADLINE,
        }
    }
}

/// How long an errand may take unless somebody says otherwise: the caller hears nothing meanwhile but "one moment".
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

/// For whom an errand is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBehalf {
    /// The call.
    pub call: CallId,
    /// The errand's name, which no other has: whoever is asked twice does it once.
    pub errand: String,
    /// Whose call it is.
    pub account: Option<AccountId>,
    /// Who ordered it, or whose number's dialogue has it done.
    pub user: Option<UserId>,
    /// The language of the call, in which words are said.
    pub language: Language,
}

/// An errand that is being done; it goes on where nobody waits for it any more, as long as its deadline allows.
pub type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Does what skills do. One is shared by all calls.
pub trait SkillHandler: fmt::Debug + Send + Sync {
    /// Begins to do something. All that the skill takes is of its kind, and its price was agreed to.
    fn run(self: Arc<Self>, errand: Errand, of: OnBehalf) -> Running;
}
