//! What skills do, on an integrator's side of the border: it is begun, waited for, and told in the story.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use evatel_core::{
    account::Language,
    flow::{ActionId, Input},
    id::{AccountId, CallId, UserId},
    skill::{Errand, Outcome, Skills},
};
use tokio::time::timeout;
use tracing::{info, warn};

use super::{office::Office, task::CallTask};

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
    /// Which errand of the call, from 1: with the call's id it names the errand, so that whoever is asked twice does it once.
    pub number: u64,
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

impl<O: Office> CallTask<O> {
    /// Has an errand done; the call goes on meanwhile.
    pub(super) async fn run_errand(&mut self, id: ActionId, errand: Errand) {
        let text = self.settings.catalogue.errand(self.legs.language, &errand);
        self.story.line("system", format!("runs {text}")).await;
        self.errands_begun += 1;
        let directory = self.office.directory();
        let account = self.user.as_ref().and_then(|user| directory.account_of(user));
        let of = OnBehalf {
            call: self.story.call.clone(),
            number: self.errands_begun,
            account: account.map(|account| account.id.clone()),
            user: self.user.clone(),
            language: self.legs.language,
        };
        let Skilled {
            handler, deadline, ..
        } = self.settings.skilled.clone();
        let skill = errand.skill().to_owned();
        self.errands.spawn(async move {
            let outcome = match handler {
                Some(handler) => done_within(deadline, async move { handler.run(errand, of).await }).await,
                None => Outcome::Failed("nobody is there who does what skills do".to_owned()),
            };
            (id, skill, outcome)
        });
    }

    /// Tells what came of an errand.
    pub(super) async fn errand_ran(&mut self, id: ActionId, skill: String, outcome: Outcome) {
        match &outcome {
            Outcome::Failed(reason) => warn!(skill, %reason, "Skill `{skill}` failed: {reason}"),
            outcome => info!(skill, "Skill `{skill}` {}", outcome.word()),
        }
        self.story.line("system", format!("{skill} {outcome}")).await;
        self.inputs.push_back(Input::Ran { id, outcome });
    }

    /// Waits for what is still being done, so that the story tells what came of it.
    pub(super) async fn end_errands(&mut self) {
        while let Some(ran) = self.errands.join_next().await {
            if let Ok((id, skill, outcome)) = ran {
                self.errand_ran(id, skill, outcome).await;
            }
        }
    }
}

/// Waits so long for an errand. One that panics harms no call.
async fn done_within(deadline: Duration, running: impl Future<Output = Outcome> + Send + 'static) -> Outcome {
    let mut running = tokio::spawn(running);
    match timeout(deadline, &mut running).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Failed("whoever does it panicked".to_owned()),
        Err(_) => {
            running.abort();
            let seconds = deadline.as_secs_f64();
            Outcome::Failed(format!(
                "no answer within {seconds} s: whether it is done is not known"
            ))
        }
    }
}
