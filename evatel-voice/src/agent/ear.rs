//! The ear: every frame is heard, whether somebody waits for it or not; turns and recordings are cut out of the stream.

mod recent;
mod recording;

use std::{sync::Arc, time::Duration};

use evatel_core::{
    account::Language,
    flow::{ActionId, Expect},
};
use tokio::time::Instant;

use self::recent::{Recent, Speech};
use self::recording::Recording;
use super::{AgentEvent, Recognition};
use crate::{
    brain::Scene,
    endpoint::{EndOfTurn, Endpoint, EndpointRule, Utterance},
    frame::{FRAME_MS, Frame8k},
    lexicon::Contacts,
    transcribe::{Heard, PhoneToken, Session},
    vad::{Vad, VadConfig, VadEvent},
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
}

/// A `Listen` that waits for its turn.
pub(super) struct Listening {
    pub(super) id: ActionId,
    pub(super) expect: Expect,
    pub(super) contacts: Arc<Contacts>,
    pub(super) language: Language,
    pub(super) scene: Option<Arc<Scene>>,
}

enum Turn {
    /// The caller speaks and a recogniser listens.
    Running {
        session: Session,
        endpoint: Endpoint,
        /// Its first frame.
        from: u64,
    },
    /// The caller has finished; the recogniser will say what it was.
    Deciding {
        session: Session,
        utterance: Utterance,
        over: Instant,
    },
    /// Nobody speaks, or nobody listens.
    None,
}

/// What the ear made of a frame or of a recogniser's report.
pub(super) enum Noticed {
    Event(AgentEvent),
    /// A turn is over since then: these phones answer this `Listen`.
    Turn(Listening, Vec<PhoneToken>, Utterance, Instant),
}

impl Ear {
    pub(super) fn new(vad: VadConfig, recognition: Option<Recognition>) -> Self {
        Self {
            vad: Vad::new(vad),
            recent: Recent::default(),
            recognition,
            listening: None,
            turn: Turn::None,
            recording: None,
            told_that_deaf: false,
        }
    }

    /// Waits for the next turn, the one that is being spoken or was just spoken included.
    pub(super) fn listen(&mut self, listening: Listening) -> Vec<Noticed> {
        self.turn = Turn::None;
        let Some(recognition) = &self.recognition else {
            return self.deaf("no speech recognition is configured".to_owned());
        };
        if let Err(error) = recognition.transcriber.admit() {
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
        let mut recording = Recording::new(id, max);
        if let Some(speech) = self.recent.unanswered()
            && recording.begin(&speech)
        {
            noticed.push(Noticed::Event(recording.finished()));
            return noticed;
        }
        self.recording = Some(recording);
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
        vec![Noticed::Event(recording.finished())]
    }

    /// Hears 20 ms; `mouth_speaks` while an echo of the agent may be in it.
    pub(super) fn hear(&mut self, frame: Frame8k, mouth_speaks: bool) -> Vec<Noticed> {
        let verdict = if mouth_speaks {
            self.vad.push_while_speaking(&frame)
        } else {
            self.vad.push(&frame)
        };
        let mut noticed = Vec::new();
        if let Some(recording) = &mut self.recording
            && recording.push(&frame, verdict.speech, mouth_speaks)
        {
            noticed.extend(self.finish_recording());
        }
        let mut over = None;
        if let Turn::Running {
            session, endpoint, ..
        } = &mut self.turn
        {
            session.push(frame.clone());
            over = endpoint.push(verdict.speech);
        }
        self.recent.push(frame, verdict.speech);
        if let Some(end) = over {
            self.end_turn(end);
        }
        if let Some(VadEvent::SpeechStarted { at_ms }) = verdict.event {
            self.recent.speech_started(at_ms);
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

    fn begin_turn(&mut self, speech: &Speech) -> Vec<Noticed> {
        let Some(listening) = &self.listening else {
            return Vec::new();
        };
        let Some(recognition) = &self.recognition else {
            return Vec::new();
        };
        let mut session = match recognition.transcriber.open(listening.language) {
            Ok(session) => session,
            Err(error) => return self.deaf(error.to_string()),
        };
        let mut endpoint = Endpoint::new(EndpointRule::for_expect(listening.expect));
        let mut over = None;
        for (frame, speech) in &speech.frames {
            session.push(frame.clone());
            over = endpoint.push(*speech);
        }
        let from = self.recent.heard() - speech.frames.len() as u64;
        self.turn = Turn::Running {
            session,
            endpoint,
            from,
        };
        if let Some(end) = over {
            self.end_turn(end);
        }
        Vec::new()
    }

    fn end_turn(&mut self, end: EndOfTurn) {
        if let Turn::Running {
            mut session, from, ..
        } = std::mem::replace(&mut self.turn, Turn::None)
        {
            session.finish();
            self.recent.answered();
            let utterance = Utterance {
                from: Duration::from_millis(from * FRAME_MS),
                to: Duration::from_millis(self.recent.heard() * FRAME_MS),
                end,
            };
            self.turn = Turn::Deciding {
                session,
                utterance,
                over: Instant::now(),
            };
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

    /// Waits until the recogniser has room for a frame: for sound that does not come at its own pace. Cancel safe.
    pub(super) async fn has_room(&self) {
        if let Turn::Running { session, .. } = &self.turn {
            session.has_room().await;
        }
    }

    /// Waits for a recogniser's next report; forever where none is at work. Cancel safe.
    pub(super) async fn report(&mut self) -> Option<Heard> {
        match &mut self.turn {
            Turn::Running { session, .. } | Turn::Deciding { session, .. } => session.next().await,
            Turn::None => std::future::pending().await,
        }
    }

    /// Makes sense of a recogniser's report.
    pub(super) fn reported(&mut self, report: Option<Heard>) -> Vec<Noticed> {
        match report {
            Some(Heard::Partial(_)) => Vec::new(),
            Some(Heard::Final(tokens)) => {
                let Turn::Deciding { utterance, over, .. } = std::mem::replace(&mut self.turn, Turn::None)
                else {
                    return self.deaf("the recogniser gave its result before the turn was over".to_owned());
                };
                // A cough has no phones: the turn is still to come.
                if tokens.is_empty() {
                    return Vec::new();
                }
                self.listening
                    .take()
                    .map(|listening| Noticed::Turn(listening, tokens, utterance, over))
                    .into_iter()
                    .collect()
            }
            Some(Heard::Failed { reason }) => self.deaf(reason),
            None => self.deaf("the recogniser ended without a result".to_owned()),
        }
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
