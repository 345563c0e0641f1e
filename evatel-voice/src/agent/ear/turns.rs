//! Turns: what a recogniser hears of one, from its first frame on until it has said what it was.

use std::time::Duration;

use tokio::time::Instant;

use super::{Ear, Listening, Noticed, leveller::Leveller, recent::Speech};
use crate::{
    agent::{AgentEvent, HEARING_EVERY},
    endpoint::{EndOfTurn, Endpoint, EndpointRule, Outlook, Pace, Utterance},
    frame::FRAME_MS,
    transcribe::{Heard, Hints, Partial, PhoneToken, Session},
};

/// Where the ear is with turns.
pub(super) enum Turn {
    /// The caller speaks and a recogniser listens.
    Running {
        session: Session,
        endpoint: Endpoint,
        /// Its first frame.
        from: u64,
        hearing: Hearing,
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

/// What the recogniser has heard so far of a turn.
#[derive(Default)]
pub(super) struct Hearing {
    partial: Partial,
    /// There is more than was told.
    is_news: bool,
    /// The frame with which it was told last.
    told_at: Option<u64>,
    /// Which report it is.
    number: u64,
    /// Somebody was asked what may follow it.
    is_foreseen: bool,
}

impl Ear {
    pub(super) fn begin_turn(&mut self, speech: &Speech) -> Vec<Noticed> {
        let Some(listening) = &self.listening else {
            return Vec::new();
        };
        let Some(recognition) = &self.recognition else {
            return Vec::new();
        };
        let names = listening.contacts.spoken.iter();
        let names: Vec<&str> = names.map(|contact| contact.name.as_str()).collect();
        let hints = Hints {
            names: &names,
            band: speech.band(),
        };
        let mut session = match recognition.transcriber.open_for(listening.language, &hints) {
            Ok(session) => session,
            Err(error) => return self.deaf(error.to_string()),
        };
        if let (None, Some(range)) = (&self.leveller, recognition.transcriber.levels(listening.language)) {
            self.leveller = Some(Leveller::new(range));
        }
        if let Some(leveller) = &mut self.leveller {
            leveller.begin(&speech.frames);
        }
        let mut endpoint = Endpoint::new(EndpointRule::for_expect(listening.expect), self.pace);
        let mut over = None;
        for (sound, speech) in &speech.frames {
            session.push(match &self.leveller {
                Some(leveller) => leveller.apply(sound),
                None => sound.clone(),
            });
            over = endpoint.push(*speech);
        }
        let from = self.recent.heard() - speech.frames.len() as u64;
        self.turn = Turn::Running {
            session,
            endpoint,
            from,
            hearing: Hearing::default(),
        };
        if let Some(end) = over {
            self.end_turn(end);
        }
        Vec::new()
    }

    /// Tells what was heard so far, if there is more and nothing was told just now.
    pub(super) fn tell_partial(&mut self) -> Option<Noticed> {
        let listening = self.listening.as_ref()?;
        let Turn::Running { hearing, from, .. } = &mut self.turn else {
            return None;
        };
        let now = self.recent.heard();
        let frames = HEARING_EVERY.as_millis() as u64 / FRAME_MS;
        if !hearing.is_news || hearing.told_at.is_some_and(|told| now < told + frames) {
            return None;
        }
        hearing.is_news = false;
        hearing.told_at = Some(now);
        let event = AgentEvent::Hearing {
            id: listening.id,
            partial: hearing.partial.clone().starting_at((*from * FRAME_MS) as u32),
        };
        Some(Noticed::Event(event))
    }

    pub(super) fn end_turn(&mut self, end: EndOfTurn) {
        if let Turn::Running {
            mut session,
            endpoint,
            from,
            ..
        } = std::mem::replace(&mut self.turn, Turn::None)
        {
            session.finish();
            self.recent.answered();
            self.learn(&endpoint);
            let pause = endpoint.silence();
            let utterance = Utterance {
                from: Duration::from_millis(from * FRAME_MS),
                to: Duration::from_millis(self.recent.heard() * FRAME_MS),
                pause,
                end,
            };
            self.turn = Turn::Deciding {
                session,
                utterance,
                over: Instant::now(),
            };
        }
    }

    /// Gives what was heard of a turn in which the caller is silent now, and its number, once for each report: for somebody to say what
    /// may follow.
    pub(in crate::agent) fn unforeseen(&mut self) -> Option<(u64, &Listening, Vec<PhoneToken>)> {
        let listening = self.listening.as_ref()?;
        let Turn::Running {
            endpoint, hearing, ..
        } = &mut self.turn
        else {
            return None;
        };
        if hearing.is_foreseen || hearing.partial.tokens.is_empty() || endpoint.silence() < Pace::SHORTEST {
            return None;
        }
        hearing.is_foreseen = true;
        Some((hearing.number, listening, hearing.partial.tokens.clone()))
    }

    /// Gives what was heard so far of a turn that goes on, nothing included.
    pub(in crate::agent) fn so_far(&self) -> Option<(&Listening, &[PhoneToken])> {
        let Turn::Running { hearing, .. } = &self.turn else {
            return None;
        };
        Some((self.listening.as_ref()?, &hearing.partial.tokens))
    }

    /// Takes what may follow the report of this number, unless there is a newer one.
    pub(in crate::agent) fn foresee(&mut self, report: u64, outlook: Outlook) {
        if let Turn::Running {
            endpoint, hearing, ..
        } = &mut self.turn
            && hearing.number == report
        {
            endpoint.foresee(outlook);
            if let Some(recording) = &mut self.recording {
                recording.foresee(outlook);
            }
        }
    }

    /// Lets the recogniser catch up with sound that does not come at its own pace, once in so much of a turn, and says whether it shall
    /// be waited for: it reports [`Heard::CaughtUp`].
    pub(in crate::agent) fn catch_up(&mut self) -> bool {
        let frames = HEARING_EVERY.as_millis() as u64 / FRAME_MS;
        match &mut self.turn {
            Turn::Running { session, from, .. } if (self.recent.heard() - *from).is_multiple_of(frames) => {
                session.mark();
                true
            }
            _ => false,
        }
    }

    /// Waits for a recogniser's next report; forever where none is at work. Cancel safe.
    pub(in crate::agent) async fn report(&mut self) -> Option<Heard> {
        match &mut self.turn {
            Turn::Running { session, .. } | Turn::Deciding { session, .. } => session.next().await,
            Turn::None => std::future::pending().await,
        }
    }

    /// Makes sense of a recogniser's report.
    pub(in crate::agent) fn reported(&mut self, report: Option<Heard>) -> Vec<Noticed> {
        match report {
            Some(Heard::CaughtUp) => Vec::new(),
            Some(Heard::Partial(partial)) => {
                if let Turn::Running {
                    endpoint, hearing, ..
                } = &mut self.turn
                    && partial != hearing.partial
                {
                    self.reports += 1;
                    hearing.number = self.reports;
                    hearing.partial = partial;
                    hearing.is_news = true;
                    hearing.is_foreseen = false;
                    // What was foreseen was foreseen of less.
                    endpoint.foresee(Outlook::Open);
                    if let Some(recording) = &mut self.recording {
                        recording.foresee(Outlook::Open);
                    }
                }
                self.tell_partial().into_iter().collect()
            }
            Some(Heard::Replaced) => vec![Noticed::Replaced],
            Some(Heard::Final(tokens)) => {
                let Turn::Deciding { utterance, over, .. } = std::mem::replace(&mut self.turn, Turn::None)
                else {
                    return self.deaf("the recogniser gave its result before the turn was over".to_owned());
                };
                // A cough has no phones: the turn is still to come.
                if tokens.is_empty() {
                    return Vec::new();
                }
                let start_ms = utterance.from.as_millis() as u32;
                let tokens = tokens.into_iter().map(|token| token.starting_at(start_ms));
                let tokens = tokens.collect();
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
}
