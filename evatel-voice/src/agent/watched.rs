//! What the agent's task tells its witness, on the clock of the leg's sound.

use std::sync::Arc;

use evatel_core::flow::ActionId;
use tokio::time::Instant;

use super::{AgentEvent, mouth::Played, stages::Took};
use crate::{
    endpoint::Utterance,
    frame::{FRAME_MS, Frame8k},
    transcribe::{PhoneToken, in_words},
    witness::{TurnEvent, Witness, ms},
};

/// An agent that is watched, or is not.
#[derive(Debug)]
pub(super) struct Watched {
    witness: Option<Arc<dyn Witness>>,
    /// Frames of the party's: those that came, and those that did not.
    clock: u64,
    /// How many did not.
    missing: u64,
    /// When the first could have come.
    began: Instant,
    /// The next place that the agent's sound may have.
    next_said: u64,
    /// What the party heard last.
    saying: Option<ActionId>,
}

impl Watched {
    pub(super) fn new(witness: Option<Arc<dyn Witness>>) -> Self {
        Self {
            witness,
            clock: 0,
            missing: 0,
            began: Instant::now(),
            next_said: 0,
            saying: None,
        }
    }

    /// A party that sends nothing is silent: the clock goes on without him.
    fn keep_up(&mut self) {
        let passed = ms(self.began.elapsed()) / FRAME_MS;
        if passed > self.clock + PATIENCE {
            self.missing += passed - self.clock;
            self.clock = passed;
        }
    }

    /// The party's next 20 ms.
    pub(super) fn heard(&mut self, frame: &Frame8k) {
        self.keep_up();
        if let Some(witness) = &self.witness {
            witness.heard(self.clock, frame);
        }
        self.clock += 1;
    }

    /// A frame went to the party, who hears it after those that are on their way.
    pub(super) fn played(&mut self, played: &Played) {
        self.keep_up();
        let at = self.next_said.max(self.clock + played.ahead);
        self.next_said = at + 1;
        let Some(witness) = &self.witness else {
            return;
        };
        witness.said(at, &played.frame);
        if let Some(say) = played.say
            && (played.first || self.saying != Some(say))
        {
            self.saying = Some(say);
            witness.sees(at * FRAME_MS, &TurnEvent::PromptStarted { say: say.0 });
        }
    }

    /// The first sound of an answer is on its way.
    pub(super) fn answered(&self, took: &Took) {
        self.sees(&TurnEvent::Answered {
            endpoint_ms: ms(took.endpointing),
            recognition_ms: ms(took.recognition),
            understanding_ms: ms(took.understanding),
            decision_ms: ms(took.decision),
            voice_ms: ms(took.voice),
            whole_ms: ms(took.whole),
        });
    }

    /// A turn is over since `over`, and is recognised.
    pub(super) fn recognised(&self, tokens: &[PhoneToken], utterance: &Utterance, over: Instant) {
        if let Some(witness) = &self.witness {
            // The ear counts what came only.
            let missing_ms = self.missing * FRAME_MS;
            let (from_ms, to_ms) = (ms(utterance.from) + missing_ms, ms(utterance.to) + missing_ms);
            let ended = TurnEvent::TurnEnded {
                from_ms,
                to_ms,
                reason: utterance.end.word(),
            };
            witness.sees(to_ms, &ended);
            let phones: Vec<&str> = tokens.iter().map(|token| token.phone.as_str()).collect();
            self.sees(&TurnEvent::Recognised {
                phones: phones.join(" "),
                words: in_words(tokens),
                took_ms: ms(over.elapsed()),
            });
        }
    }

    /// What was on its way is not heard.
    fn cut(&mut self) {
        self.next_said = self.clock;
        if let Some(witness) = &self.witness {
            witness.cut(self.clock);
        }
    }

    /// The agent reports something.
    pub(super) fn tells(&mut self, event: &AgentEvent) {
        let seen = match event {
            AgentEvent::Spoken {
                id,
                interrupted,
                spoken_ms,
                words,
            } => {
                let (say, heard_ms, words) = (id.0, *spoken_ms, words.clone());
                if *interrupted {
                    self.cut();
                    TurnEvent::PromptInterrupted { say, heard_ms, words }
                } else {
                    TurnEvent::PromptEnded { say, heard_ms, words }
                }
            }
            AgentEvent::AnsweredBy { who, .. } => TurnEvent::AnsweredBy { who: who.word() },
            AgentEvent::Beeped => TurnEvent::Beeped,
            AgentEvent::BrainFailed { reason, .. } => TurnEvent::BrainLost {
                reason: reason.clone(),
            },
            AgentEvent::EngineFailed { reason } => TurnEvent::EarLost {
                reason: reason.clone(),
            },
            AgentEvent::Filled { .. } => TurnEvent::Filled,
            AgentEvent::Heard { intent, score, .. } => TurnEvent::understood(intent, *score),
            AgentEvent::LegLost => TurnEvent::LegLost,
            AgentEvent::SpeechStarted => TurnEvent::SpeechStarted,
            AgentEvent::SynthesisFailed { id, reason } => TurnEvent::PromptFailed {
                say: id.0,
                reason: reason.clone(),
            },
            AgentEvent::WentOn { .. } => TurnEvent::WentOn,
            // What was recorded is told by whoever keeps it, and what was heard so far with the whole turn.
            AgentEvent::Recorded { .. } | AgentEvent::Hearing { .. } => return,
        };
        self.sees(&seen);
    }

    pub(super) fn sees(&self, event: &TurnEvent) {
        if let Some(witness) = &self.witness {
            witness.sees(self.clock * FRAME_MS, event);
        }
    }
}

/// How many frames of the party's may be missing before the clock goes on without them: half a second.
const PATIENCE: u64 = 25;
