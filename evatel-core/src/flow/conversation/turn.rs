//! One turn of a conversation: a question, and what comes of it: words, keys, a recording, nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    flow::{
        action::{Action, ActionId, Expect, Fact, Keep, Party, Piece, SpokenOption},
        ask::{LONGEST_TURN, NO_INPUT},
        collect::KEYPAD_GAP,
        desk::{Desk, Event, Timer},
        input::Input,
    },
    intent::Intent,
};

/// What came of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// One key, where digits are not asked for; or `*`, `#` without digits, and `0` where it is no digit.
    Key(char),
    /// Digits.
    Keyed(String),
    /// Something was said that fits.
    Meant(Intent),
    /// Nothing was said or keyed.
    Nothing,
    /// Something was said that does not fit.
    Puzzled,
    /// Something was recorded.
    Recorded(ActionId),
}

/// How keys are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Digits, complete with so many, with `#` or after a pause.
    Digits(usize),
    /// Each by itself.
    One,
    /// Each by itself, but a yes (1) only once the question was said: nobody agrees to what he did not hear.
    OneOnceHeard,
}

/// What is asked, and what is listened for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// What is being said before, and may be interrupted.
    pub(super) lead: Vec<ActionId>,
    pub(super) pieces: Vec<Piece>,
    /// The caller may interrupt the question. Where not, words are listened for once it was said.
    pub(super) interruptible: bool,
    pub(super) expect: Listening,
    pub(super) keys: Keys,
}

/// What is listened for.
#[derive(Debug, Clone)]
pub(super) enum Listening {
    /// A recording of at most this length, once the question was said.
    Recording(Keep, Duration),
    /// Words.
    Words(Expect, Arc<[SpokenOption]>),
}

/// A turn that is going on.
#[derive(Debug)]
pub(super) struct Turn {
    interruptible: bool,
    keys: Keys,
    keyed: String,
    /// What is listened for once the question was said.
    later: Option<(Expect, Arc<[SpokenOption]>)>,
    lead: Vec<ActionId>,
    listening: Option<ActionId>,
    record: Option<(Keep, Duration)>,
    saying: Option<ActionId>,
}

impl Turn {
    pub(super) fn start(asked: Asked, desk: &mut Desk) -> Self {
        let mut turn = Self {
            interruptible: asked.interruptible,
            keys: asked.keys,
            keyed: String::new(),
            later: None,
            lead: asked.lead,
            listening: None,
            record: None,
            saying: Some(desk.say(Party::Caller, asked.pieces, asked.interruptible)),
        };
        match asked.expect {
            Listening::Recording(keep, longest) => turn.record = Some((keep, longest)),
            Listening::Words(expect, options) => turn.later = Some((expect, options)),
        }
        if turn.interruptible {
            turn.listen(desk);
        }
        turn
    }

    /// Listens for words, where that is still to be done.
    fn listen(&mut self, desk: &mut Desk) {
        let Some((expect, options)) = self.later.take() else {
            return;
        };
        if desk.is_deaf_to(Party::Caller) {
            return;
        }
        let id = desk.new_id();
        desk.act(Action::Listen {
            id,
            party: Party::Caller,
            expect,
            contacts_of: None,
            options,
        });
        self.listening = Some(id);
    }

    /// Takes an event; a reply ends the turn.
    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) -> Option<Reply> {
        let reply = match event {
            Event::Due(Timer::NoInput) => Some(Reply::Nothing),
            Event::Due(Timer::KeypadGap) => Some(Reply::Keyed(std::mem::take(&mut self.keyed))),
            Event::Happened(Input::Digit {
                party: Party::Caller,
                digit,
            }) => self.keyed(*digit, now, desk),
            Event::Happened(Input::EarFailed { party: Party::Caller }) => {
                self.listening = None;
                self.later = None;
                if self.saying.is_none() {
                    desk.set(Timer::NoInput, NO_INPUT, now);
                }
                None
            }
            Event::Happened(Input::Heard { id, intent }) if self.listening == Some(*id) => {
                self.listening = None;
                Some(match intent {
                    Intent::NotUnderstood => Reply::Puzzled,
                    intent => Reply::Meant(intent.clone()),
                })
            }
            Event::Happened(Input::Recorded { id, length }) if self.listening == Some(*id) => {
                self.listening = None;
                Some(if length.is_zero() {
                    Reply::Nothing
                } else {
                    Reply::Recorded(*id)
                })
            }
            // What is said over a question that may not be interrupted is no answer yet.
            Event::Happened(Input::SpeechStarted { party: Party::Caller })
                if self.interruptible || self.saying.is_none() =>
            {
                let longest = self
                    .record
                    .map_or(LONGEST_TURN, |(_, longest)| longest + LONGEST_TURN);
                if self.keyed.is_empty() {
                    desk.set(Timer::NoInput, longest, now);
                }
                None
            }
            Event::Happened(Input::Spoken { id, .. }) if self.lead.contains(id) => {
                self.lead.retain(|lead| lead != id);
                None
            }
            Event::Happened(Input::Spoken { id, interrupted }) if self.saying == Some(*id) => {
                self.saying = None;
                self.said(*interrupted, now, desk);
                None
            }
            _ => None,
        };
        if reply.is_some() {
            self.stop(desk);
        }
        reply
    }

    /// The question was said: silence counts from here, or the recording begins.
    fn said(&mut self, interrupted: bool, now: Instant, desk: &mut Desk) {
        if let Some((keep, max)) = self.record {
            let id = desk.new_id();
            desk.act(Action::Record { id, max, keep });
            self.listening = Some(id);
        }
        self.listen(desk);
        let answers = interrupted && self.listening.is_some();
        if self.keyed.is_empty() && !answers {
            desk.set(Timer::NoInput, NO_INPUT, now);
        }
    }

    fn keyed(&mut self, digit: char, now: Instant, desk: &mut Desk) -> Option<Reply> {
        if self.keys == Keys::OneOnceHeard && digit == '1' && self.saying.is_some() {
            return None;
        }
        self.hush(desk);
        if let Some(recording) = self.listening
            && self.record.is_some()
        {
            // Any key ends a recording with what it has; `*` throws it away.
            if digit == '*' {
                desk.act(Action::Discard { id: recording });
                return Some(Reply::Key('*'));
            }
            desk.act(Action::StopListening { id: recording });
            return None;
        }
        let Keys::Digits(most) = self.keys else {
            desk.act(Action::Note(Fact::Keyed {
                party: Party::Caller,
                digit,
            }));
            return Some(Reply::Key(digit));
        };
        desk.stop_listening(&mut self.listening);
        self.later = None;
        desk.clear(Timer::NoInput);
        match digit {
            '0'..='9' => self.keyed.push(digit),
            '#' if !self.keyed.is_empty() => return Some(Reply::Keyed(std::mem::take(&mut self.keyed))),
            '*' | '#' => return Some(Reply::Key(digit)),
            _ => {}
        }
        if self.keyed.len() >= most {
            return Some(Reply::Keyed(std::mem::take(&mut self.keyed)));
        }
        desk.set(Timer::KeypadGap, KEYPAD_GAP, now);
        None
    }

    /// Falls silent, but for what may not be interrupted.
    fn hush(&mut self, desk: &mut Desk) {
        for id in self.lead.drain(..) {
            desk.stop_saying(&mut Some(id));
        }
        if self.interruptible {
            desk.stop_saying(&mut self.saying);
        }
    }

    fn stop(&mut self, desk: &mut Desk) {
        self.hush(desk);
        desk.stop_listening(&mut self.listening);
        desk.clear(Timer::NoInput);
        desk.clear(Timer::KeypadGap);
    }
}
