//! The ear: every frame is heard, whether somebody waits for it or not; turns and recordings are cut out of the stream.

mod leveller;
mod recent;
mod recording;
mod turns;

use std::{sync::Arc, time::Duration};

use evatel_core::{
    account::Language,
    flow::{ActionId, Expect},
};
use tokio::time::Instant;

use self::leveller::Leveller;
use self::recent::Recent;
use self::recording::Recording;
use self::turns::Turn;
use super::{AgentEvent, Recognition};
use crate::{
    brain::{self, Scene, Spent},
    endpoint::{Endpoint, Pace, Utterance},
    frame::FRAME_MS,
    lexicon::Contacts,
    sound::Sound,
    transcribe::PhoneToken,
    vad::{Detection, Vad, VadEvent},
};

/// Listens to one leg.
pub(super) struct Ear {
    vad: Vad,
    recent: Recent,
    recognition: Option<Recognition>,
    listening: Option<Listening>,
    turn: Turn,
    recording: Option<Recording>,
    told_that_deaf: bool,
    pace: Pace,
    /// Of the party's voice, where the recogniser wants one.
    leveller: Option<Leveller>,
    /// The last frame of speech of a turn that is over, while nobody has answered it.
    stopped: Option<u64>,
    /// Counts what recognisers report.
    reports: u64,
}

/// A `Listen` that waits for its turn.
pub(super) struct Listening {
    pub(super) id: ActionId,
    pub(super) expect: Expect,
    pub(super) contacts: Arc<Contacts>,
    pub(super) language: Language,
    pub(super) scene: Option<Arc<Scene>>,
}

impl Listening {
    /// What was heard, for a brain to make sense of.
    pub(super) fn turn(&self, heard: Vec<PhoneToken>, asked: String, spent: Arc<Spent>) -> brain::Turn {
        brain::Turn {
            heard,
            language: self.language,
            expect: self.expect,
            contacts: self.contacts.clone(),
            asked,
            spent,
            scene: self.scene.clone(),
        }
    }
}

/// A caller who goes on so soon after his turn was over was cut off.
const CUT_OFF: Duration = Duration::from_millis(1500);

/// What the ear made of a frame or of a recogniser's report.
pub(super) enum Noticed {
    Event(AgentEvent),
    /// The recogniser's worker was lost, and another goes on.
    Replaced,
    /// A turn is over since then: these phones answer this `Listen`.
    Turn(Listening, Vec<PhoneToken>, Utterance, Instant),
}

impl Ear {
    pub(super) fn new(detection: &Detection, recognition: Option<Recognition>) -> Self {
        Self {
            vad: Vad::of(detection),
            recent: Recent::default(),
            recognition,
            listening: None,
            turn: Turn::None,
            recording: None,
            told_that_deaf: false,
            pace: Pace::default(),
            leveller: None,
            stopped: None,
            reports: 0,
        }
    }

    /// Waits for the next turn, the one that is being spoken or was just spoken included.
    pub(super) fn listen(&mut self, listening: Listening) -> Vec<Noticed> {
        self.turn = Turn::None;
        let Some(recognition) = &self.recognition else {
            return self.deaf("no speech recognition is configured".to_owned());
        };
        if let Err(error) = recognition.transcriber.admit(listening.language) {
            return self.deaf(error.to_string());
        }
        self.listening = Some(listening);
        match self.recent.unanswered() {
            Some(speech) => self.begin_turn(&speech),
            None => Vec::new(),
        }
    }

    /// Gives a `Listen` up.
    pub(super) fn stop_listening(&mut self, id: ActionId) {
        if self
            .listening
            .as_ref()
            .is_some_and(|listening| listening.id == id)
        {
            self.listening = None;
            self.turn = Turn::None;
        }
    }

    /// Records the next utterance, the one that is being spoken included.
    pub(super) fn record(&mut self, id: ActionId, max: Duration) -> Vec<Noticed> {
        let mut noticed = self.finish_recording();
        let mut recording = Recording::new(id, max, self.pace);
        let is_over = self
            .recent
            .unanswered()
            .is_some_and(|speech| recording.begin(&speech));
        self.recording = Some(recording);
        if is_over {
            noticed.extend(self.finish_recording());
        }
        noticed
    }

    /// Ends a recording with what it has.
    pub(super) fn stop_recording(&mut self, id: ActionId) -> Vec<Noticed> {
        if self
            .recording
            .as_ref()
            .is_some_and(|recording| recording.id() == id)
        {
            return self.finish_recording();
        }
        Vec::new()
    }

    fn finish_recording(&mut self) -> Vec<Noticed> {
        let Some(recording) = self.recording.take() else {
            return Vec::new();
        };
        // What was recorded is no answer to a later question.
        self.recent.answered();
        if matches!(self.turn, Turn::None)
            && let Some(endpoint) = recording.endpoint()
        {
            self.learn(endpoint);
        }
        vec![Noticed::Event(recording.finished())]
    }

    /// Hears 20 ms; `mouth_speaks` while an echo of the agent may be in it.
    pub(super) fn hear(&mut self, sound: Sound, mouth_speaks: bool) -> Vec<Noticed> {
        let verdict = if mouth_speaks {
            self.vad.push_while_speaking(sound.narrow())
        } else {
            self.vad.push(sound.narrow())
        };
        let mut noticed = Vec::new();
        if mouth_speaks {
            self.stopped = None;
        }
        if let Some(recording) = &mut self.recording
            && recording.push(sound.narrow(), verdict.speech, mouth_speaks)
        {
            noticed.extend(self.finish_recording());
        }
        let mut over = None;
        if let Turn::Running {
            session, endpoint, ..
        } = &mut self.turn
        {
            session.push(match &mut self.leveller {
                Some(leveller) => leveller.levelled(&sound, verdict.speech),
                None => sound.clone(),
            });
            over = endpoint.push(verdict.speech);
        }
        self.recent.push(sound, verdict.speech);
        if let Some(end) = over {
            self.end_turn(end);
        }
        noticed.extend(self.tell_partial());
        if let Some(VadEvent::SpeechStarted { at_ms }) = verdict.event {
            if !verdict.speech {
                self.recent.was_speech_since(at_ms);
            }
            self.recent.speech_started(at_ms);
            self.goes_on(at_ms);
            noticed.push(Noticed::Event(AgentEvent::SpeechStarted));
            if let Some(recording) = &mut self.recording
                && let Some(speech) = self.recent.unanswered()
                && recording.begin(&speech)
            {
                noticed.extend(self.finish_recording());
            }
            if self.listening.is_some()
                && matches!(self.turn, Turn::None)
                && let Some(speech) = self.recent.unanswered()
            {
                noticed.extend(self.begin_turn(&speech));
            }
        }
        noticed
    }

    /// Keeps what was heard of the caller's pauses in a turn that is over.
    fn learn(&mut self, endpoint: &Endpoint) {
        self.pace = endpoint.pace();
        let silent = endpoint.silence().as_millis() as u64 / FRAME_MS;
        self.stopped = Some(self.recent.heard().saturating_sub(silent));
    }

    /// The caller begins to speak: if his turn was over just now and nobody has answered him, that was a pause of his.
    fn goes_on(&mut self, at_ms: u64) {
        let Some(stopped) = self.stopped.take() else {
            return;
        };
        let pause = Duration::from_millis(at_ms.saturating_sub(stopped * FRAME_MS));
        if pause <= CUT_OFF {
            self.pace.paused(pause);
        }
    }

    /// Says whether somebody waits for a turn.
    pub(super) fn is_listening(&self) -> bool {
        self.listening.is_some()
    }

    /// Says whether the last frame held speech.
    pub(super) fn hears_speech(&self) -> bool {
        self.recent.ends_in_speech()
    }

    /// Says whether somebody wants the caller's very words: then each of them counts.
    pub(super) fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// Says whether a turn is being heard or understood.
    pub(super) fn is_in_a_turn(&self) -> bool {
        !matches!(self.turn, Turn::None)
    }

    /// Says whether a turn is over and the recogniser has not said yet what it was.
    pub(super) fn is_deciding(&self) -> bool {
        matches!(self.turn, Turn::Deciding { .. })
    }

    /// Waits for a model that finds speech, with sound that does not come at its own pace.
    pub(super) async fn settle(&mut self) {
        self.vad.settle().await;
    }

    /// Gives recognition up for the rest of the call, and says so once.
    fn deaf(&mut self, reason: String) -> Vec<Noticed> {
        self.turn = Turn::None;
        self.listening = None;
        self.recognition = None;
        if std::mem::replace(&mut self.told_that_deaf, true) {
            return Vec::new();
        }
        vec![Noticed::Event(AgentEvent::EngineFailed { reason })]
    }

    pub(super) fn recognition(&self) -> Option<&Recognition> {
        self.recognition.as_ref()
    }
}
