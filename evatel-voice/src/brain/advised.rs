//! The grammar, advised by language models: it answers first, and last.

use std::sync::Arc;

use evatel_core::{account::Language, flow::Expect, intent::Intent};
use tokio::time::Instant;
use tracing::warn;

use super::{
    Aside, Brain, Error, Foreseeing, Remark, Thinking, Turn, Understood,
    chat::{Advice, Endpoint, Limits, Patience, Question},
};
use crate::{grammar::Grammar, transcribe::PhoneToken};

/// When endpoints are asked. A name that somebody tells is never theirs, nor
/// are answers to a dialogue's questions: a stranger's words stay here, and cost nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ask {
    /// About each turn, but for 911, which waits for nobody.
    Always,
    /// About what the grammar does not understand.
    #[default]
    Unclear,
}

/// The built-in grammar with endpoints to ask, one after the other. What none of them knows in time is as the grammar has it.
#[derive(Debug)]
pub struct Advised {
    /// Decides without them.
    pub grammar: Arc<Grammar>,
    /// Who is asked, in this order.
    pub endpoints: Vec<Endpoint>,
    /// When they are asked.
    pub ask: Ask,
    /// How long they are waited for.
    pub patience: Patience,
    /// How much they may be asked and may answer.
    pub limits: Limits,
}

impl Brain for Advised {
    fn think(self: Arc<Self>, turn: Turn) -> Thinking {
        let grammars = self.grammar.clone().think(turn.clone());
        Box::pin(async move {
            let own = grammars.await?;
            if !self.asks_about(&turn, &own) {
                return Ok(own);
            }
            // Reading an answer keeps a processor busy: it is no work for the task that carries frames.
            let mut advising = Abort(tokio::spawn(async move { self.advise(turn, own).await }));
            (&mut advising.0).await.map_err(|_| Error::Panicked {
                brain: "the adviser of the grammar",
            })?
        })
    }

    /// The grammar looks ahead: no endpoint answers within a pause.
    fn foresee(self: Arc<Self>, turn: Turn) -> Foreseeing {
        self.grammar.clone().foresee(turn)
    }

    fn aside(&self, heard: &[PhoneToken], language: Language) -> Aside {
        self.grammar.aside(heard, language)
    }
}

impl Advised {
    fn asks_about(&self, turn: &Turn, own: &Understood) -> bool {
        let wanted = match self.ask {
            Ask::Always => own.intent != Intent::CallEmergency,
            Ask::Unclear => own.intent == Intent::NotUnderstood,
        };
        let is_known = matches!(turn.expect, Expect::Confirm(_) | Expect::Name | Expect::Slot(_));
        if !wanted || is_known || self.endpoints.is_empty() {
            return false;
        }
        // Who only shows that he listens wants nothing, whatever a model would make of it; a "yes" to a question is an answer.
        own.intent != Intent::NotUnderstood
            || !matches!(self.grammar.aside(&turn.heard, turn.language), Aside::Only { .. })
    }

    async fn advise(self: Arc<Self>, turn: Turn, own: Understood) -> Result<Understood, Error> {
        let until = Instant::now() + self.patience.whole;
        let (grammar, most) = (self.grammar.clone(), self.limits.contacts);
        let spent = turn.spent.clone();
        let question = tokio::task::spawn_blocking(move || Question::new(&turn, &grammar, most));
        let question = question
            .await
            .map_err(|_| Error::Panicked { brain: "the grammar" })?;
        let mut remarks = own.remarks.clone();
        for (place, endpoint) in self.endpoints.iter().enumerate() {
            let now = Instant::now();
            let shares = u32::try_from(self.endpoints.len() - place).unwrap_or(u32::MAX);
            let share = now + until.saturating_duration_since(now) / shares;
            let asked = endpoint.ask(&question, share, self.patience, &self.limits, &spent);
            match asked.await {
                Ok(Advice { intent, cost }) => {
                    remarks.push(Remark::Proposed {
                        brain: endpoint.name().to_owned(),
                        intent: intent.word(),
                        cost,
                    });
                    // What the grammar measured is of its own intent.
                    let score = own.score.filter(|_| intent == own.intent);
                    return Ok(Understood {
                        intent,
                        score,
                        remarks,
                        ..own
                    });
                }
                Err(error) => {
                    warn!(brain = endpoint.name(), %error, "Brain `{}` was of no help: {error}", endpoint.name());
                    remarks.push(Remark::Failed {
                        brain: endpoint.name().to_owned(),
                        reason: error.to_string(),
                    });
                }
            }
        }
        Ok(Understood { remarks, ..own })
    }
}

/// Ends a task when nobody waits for it any more.
struct Abort<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for Abort<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
