//! One recording: the caller's next utterance without the silence around it.

use std::time::Duration;

use evatel_core::flow::ActionId;

use super::{AgentEvent, recent::Speech};
use crate::{
    endpoint::{Endpoint, EndpointRule, Outlook, Pace},
    frame::{Clip, FRAME, Frame8k},
};

/// No recording is longer: 10 min, 9.6 MB.
const LONGEST: Duration = Duration::from_secs(600);

/// Who says nothing for this long after the mouth fell silent records nothing. Longer than the 6 s after which a call
/// asks again, so that the two never race.
const PATIENCE: Duration = Duration::from_secs(8);

/// Kept before the first and after the last speech: 200 ms and 240 ms.
const LEAD_IN: usize = 10;
const LEAD_OUT: usize = 12;

pub(super) struct Recording {
    id: ActionId,
    longest: Duration,
    /// What is known of the speaker.
    pace: Pace,
    state: State,
}

enum State {
    /// The caller has said nothing yet; for how long neither he nor the mouth has spoken.
    Waiting {
        silent: Duration,
    },
    Running(Utterance),
}

struct Utterance {
    endpoint: Endpoint,
    samples: Vec<i16>,
    frames: usize,
    first_speech: Option<usize>,
    last_speech: usize,
}

impl Recording {
    pub(super) fn new(id: ActionId, max: Duration, pace: Pace) -> Self {
        Self {
            id,
            longest: max.min(LONGEST),
            pace,
            state: State::Waiting {
                silent: Duration::ZERO,
            },
        }
    }

    pub(super) fn id(&self) -> ActionId {
        self.id
    }

    /// The caller surely speaks: records from the beginning of that, if it does not record yet, and says whether the
    /// recording is already over.
    pub(super) fn begin(&mut self, speech: &Speech) -> bool {
        if matches!(self.state, State::Running(_)) {
            return false;
        }
        let mut utterance = Utterance::new(self.longest, self.pace);
        let first_speech = speech.frames.iter().position(|(_, speech)| *speech);
        let before = first_speech.unwrap_or_default().saturating_sub(LEAD_IN);
        let over = speech.frames[before..]
            .iter()
            .any(|(sound, speech)| utterance.push(sound.narrow(), *speech));
        self.state = State::Running(utterance);
        over
    }

    /// Takes a frame and says whether the recording is over with it. Nobody is expected to speak while the mouth does.
    pub(super) fn push(&mut self, frame: &Frame8k, speech: bool, mouth_speaks: bool) -> bool {
        match &mut self.state {
            State::Running(utterance) => utterance.push(frame, speech),
            State::Waiting { silent } if mouth_speaks => {
                *silent = Duration::ZERO;
                false
            }
            State::Waiting { silent } => {
                *silent += FRAME;
                *silent >= PATIENCE
            }
        }
    }

    /// Takes what may follow what was said so far.
    pub(super) fn foresee(&mut self, outlook: Outlook) {
        if let State::Running(utterance) = &mut self.state {
            utterance.endpoint.foresee(outlook);
        }
    }

    /// How it ends, once something was said.
    pub(super) fn endpoint(&self) -> Option<&Endpoint> {
        match &self.state {
            State::Waiting { .. } => None,
            State::Running(utterance) => Some(&utterance.endpoint),
        }
    }

    pub(super) fn finished(&self) -> AgentEvent {
        let (clip, voiced) = match &self.state {
            State::Waiting { .. } => (Clip::new(Vec::new()), Duration::ZERO),
            State::Running(utterance) => (utterance.clip(), utterance.endpoint.spoken()),
        };
        AgentEvent::Recorded {
            id: self.id,
            clip,
            voiced,
        }
    }
}

impl Utterance {
    fn new(longest: Duration, pace: Pace) -> Self {
        Self {
            endpoint: Endpoint::new(EndpointRule::for_recording(longest), pace),
            samples: Vec::new(),
            frames: 0,
            first_speech: None,
            last_speech: 0,
        }
    }

    fn push(&mut self, frame: &Frame8k, speech: bool) -> bool {
        self.samples.extend_from_slice(frame.samples());
        self.frames += 1;
        if speech {
            self.first_speech.get_or_insert(self.frames - 1);
            self.last_speech = self.frames - 1;
        }
        self.endpoint.push(speech).is_some()
    }

    fn clip(&self) -> Clip {
        let Some(first) = self.first_speech else {
            return Clip::new(Vec::new());
        };
        let start = first.saturating_sub(LEAD_IN) * 160;
        let end = ((self.last_speech + 1 + LEAD_OUT) * 160).min(self.samples.len());
        Clip::new(self.samples[start..end].to_vec())
    }
}
