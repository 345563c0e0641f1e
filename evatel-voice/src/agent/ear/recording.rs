//! One recording: the caller's next utterance without the silence around it.

use std::time::Duration;

use evatel_core::flow::ActionId;

use super::AgentEvent;
use crate::{
    endpoint::{Endpoint, EndpointRule},
    frame::{Clip, Frame8k},
};

/// No recording is longer: 10 min, 9.6 MB.
const LONGEST: Duration = Duration::from_secs(600);

/// Who says nothing for this long records nothing.
const PATIENCE: Duration = Duration::from_secs(6);

/// Kept before the first and after the last speech: 200 ms and 240 ms.
const LEAD_IN: usize = 10;
const LEAD_OUT: usize = 12;

pub(super) struct Recording {
    id: ActionId,
    endpoint: Endpoint,
    samples: Vec<i16>,
    frames: usize,
    first_speech: Option<usize>,
    last_speech: usize,
}

impl Recording {
    pub(super) fn new(id: ActionId, max: Duration) -> Self {
        let endpoint = Endpoint::new(EndpointRule::for_recording(max.min(LONGEST)));
        Self {
            id,
            endpoint,
            samples: Vec::new(),
            frames: 0,
            first_speech: None,
            last_speech: 0,
        }
    }

    pub(super) fn id(&self) -> ActionId {
        self.id
    }

    /// Takes a frame and says whether the recording is over with it.
    pub(super) fn push(&mut self, frame: &Frame8k, speech: bool) -> bool {
        self.samples.extend_from_slice(frame.samples());
        self.frames += 1;
        if speech {
            self.first_speech.get_or_insert(self.frames - 1);
            self.last_speech = self.frames - 1;
        }
        let patience = PATIENCE.as_millis() / crate::frame::FRAME.as_millis();
        let nobody = self.first_speech.is_none() && self.frames as u128 >= patience;
        self.endpoint.push(speech).is_some() || nobody
    }

    pub(super) fn finished(&self) -> AgentEvent {
        let clip = match self.first_speech {
            None => Clip::new(Vec::new()),
            Some(first) => {
                let start = first.saturating_sub(LEAD_IN) * 160;
                let end = ((self.last_speech + 1 + LEAD_OUT) * 160).min(self.samples.len());
                Clip::new(self.samples[start..end].to_vec())
            }
        };
        AgentEvent::Recorded { id: self.id, clip }
    }
}
