//! Finds out who answered a leg that was dialled, as long as there is something to find out.

use evatel_core::calls::Answerer;

use super::AgentEvent;
use crate::{
    frame::Frame8k,
    progress::{Progress, ProgressConfig, ProgressEvent},
};

/// What has been heard since the answer.
#[derive(Debug)]
pub(super) struct Answered {
    progress: Progress,
    has_beeped: bool,
    is_machine: bool,
}

impl Answered {
    pub(super) fn new() -> Self {
        Self {
            progress: Progress::new(ProgressConfig::default()),
            has_beeped: false,
            is_machine: false,
        }
    }

    /// Hears the party's next 20 ms, and gives what is certain with it: who it is, and of a machine that it has beeped. A beep before
    /// there was anything that a machine says is none: a person's vowel may sound like one.
    pub(super) fn hear(&mut self, frame: &Frame8k) -> Vec<AgentEvent> {
        let mut certain = Vec::new();
        match self.progress.push(frame) {
            Some(ProgressEvent::Beep { .. }) => {
                self.has_beeped = true;
                if self.is_machine {
                    certain.push(AgentEvent::Beeped);
                }
            }
            Some(ProgressEvent::Decided { who, at }) => {
                self.is_machine = who == Answerer::Machine;
                certain.push(AgentEvent::AnsweredBy { who, after: at });
                if self.is_machine && self.has_beeped {
                    certain.push(AgentEvent::Beeped);
                }
            }
            None => {}
        }
        certain
    }

    /// Says whether nothing more will come.
    pub(super) fn is_over(&self) -> bool {
        self.progress.is_decided() && (!self.is_machine || self.has_beeped)
    }
}
