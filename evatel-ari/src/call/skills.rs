//! What skills do, in a call: it is begun, waited for, and told in the story.

use std::{future::Future, time::Duration};

use evatel_core::{
    flow::{ActionId, Input},
    skill::{Errand, Outcome},
};
use tokio::time::timeout;
use tracing::{info, warn};
use uuid::Uuid;

use super::{
    handler::{OnBehalf, Skilled},
    office::Office,
    task::CallTask,
};

impl<O: Office> CallTask<O> {
    /// Has an errand done; the call goes on meanwhile.
    pub(super) async fn run_errand(&mut self, id: ActionId, errand: Errand) {
        let text = self.settings.catalogue.errand(self.legs.language, &errand);
        self.story.line("system", format!("runs {text}")).await;
        let directory = self.office.directory();
        let account = self.user.as_ref().and_then(|user| directory.account_of(user));
        let of = OnBehalf {
            call: self.story.call.clone(),
            errand: format!("errand-{}", Uuid::now_v7().simple()),
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
