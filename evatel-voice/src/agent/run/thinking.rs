//! How the agent has turns understood, and looks ahead while they go on.

use evatel_core::intent::Intent;
use tracing::Instrument;

use super::{Over, Task};
use crate::{
    agent::{AgentEvent, ear::Listening, stages::Stage},
    brain::{Bounds, Error, Foreseeing, Thinking, Understood},
    endpoint::{Outlook, Utterance},
    transcribe::PhoneToken,
};

/// A turn that the brain thinks about, away from the frames. Dropping it ends the thought.
pub(super) struct Interpreting {
    pub(super) listening: Listening,
    pub(super) tokens: Vec<PhoneToken>,
    pub(super) utterance: Utterance,
    pub(super) bounds: Bounds,
    /// It was said while the mouth spoke, and may be nothing to it.
    pub(super) in_doubt: bool,
    pub(super) thought: Thinking,
}

impl Task {
    /// Has it thought about what may follow, where the caller is silent in the middle of a turn.
    pub(super) fn look_ahead(&mut self) {
        if self.foreseeing.is_some() {
            return;
        }
        let Some(brain) = self
            .ear
            .recognition()
            .map(|recognition| recognition.brain.clone())
        else {
            return;
        };
        if let Some((report, listening, heard)) = self.ear.unforeseen() {
            let turn = listening.turn(heard, self.asked.clone(), self.spent.clone());
            self.foreseeing = Some((report, brain.foresee(turn)));
        }
    }

    pub(super) fn interpret(&mut self, listening: Listening, tokens: Vec<PhoneToken>, utterance: Utterance) {
        let Some(recognition) = self.ear.recognition() else {
            return;
        };
        let asked = self.mouth.words().unwrap_or_else(|| self.asked.clone());
        let turn = listening.turn(tokens.clone(), asked, self.spent.clone());
        self.interpreting = Some(Interpreting {
            listening,
            tokens,
            utterance,
            bounds: turn.bounds(),
            in_doubt: self.doubt.is_some(),
            thought: Box::pin(
                recognition
                    .brain
                    .clone()
                    .think(turn)
                    .instrument(self.stages.span()),
            ),
        });
    }

    pub(super) async fn understood(&mut self, thought: Result<Understood, Error>) -> Result<(), Over> {
        let Some(Interpreting {
            listening,
            tokens,
            utterance,
            bounds,
            in_doubt,
            ..
        }) = self.interpreting.take()
        else {
            return Ok(());
        };
        let understood = thought.map(|understood| bounds.keep(understood));
        match &understood {
            Ok(understood)
                if in_doubt
                    && (understood.intent == Intent::NotUnderstood
                        || self.is_rather_aside(&listening, &tokens, understood)) =>
            {
                self.stages.forget();
                self.go_on().await?;
                // The question that is being said is still to be answered.
                let noticed = self.ear.listen(listening);
                return self.notice(noticed).await;
            }
            Ok(_) if in_doubt => self.interrupt().await?,
            Err(_) if in_doubt => self.go_on().await?,
            _ => {}
        }
        self.stages.reach(Stage::Understanding);
        if understood.is_err() {
            self.due = None;
        }
        let event = match understood {
            Ok(Understood {
                intent,
                score,
                heard,
                words,
                remarks,
            }) => AgentEvent::Heard {
                id: listening.id,
                intent,
                score,
                heard,
                words,
                tokens,
                remarks,
                utterance,
            },
            Err(error) => AgentEvent::BrainFailed {
                id: listening.id,
                reason: error.to_string(),
            },
        };
        self.tell([event]).await
    }
}

/// Waits until somebody has said what may follow a report; forever where nobody was asked. Cancel safe.
pub(super) async fn foreseen(foreseeing: &mut Option<(u64, Foreseeing)>) -> (u64, Outlook) {
    match foreseeing {
        Some((report, outlook)) => (*report, outlook.await),
        None => std::future::pending().await,
    }
}

/// Waits for the thought; forever where there is none. Cancel safe.
pub(super) async fn thought(interpreting: &mut Option<Interpreting>) -> Result<Understood, Error> {
    match interpreting {
        Some(interpreting) => (&mut interpreting.thought).await,
        None => std::future::pending().await,
    }
}
