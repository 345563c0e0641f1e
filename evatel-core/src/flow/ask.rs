//! A question: say it, listen, take a key, ask again, give up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    action::{Action, ActionId, Expect, Fact, Party, Piece},
    desk::{Desk, Event, Timer},
    input::Input,
    prompt::Prompt,
};
use crate::{id::UserId, intent::Intent};

/// How long we wait for an answer once the question was said.
pub(super) const NO_INPUT: Duration = Duration::from_secs(6);
/// How long a turn may last before we ask again; longer than the ear's own limit, for an ear that fails silently.
pub(super) const LONGEST_TURN: Duration = Duration::from_secs(15);
/// How often a question is asked again before it is given up.
pub(super) const ASKED_AGAIN: u8 = 2;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// A key was pressed.
    Key(char),
    /// Something was said that fits.
    Meant(Intent),
    /// Nothing was said, each time.
    Nothing,
    /// Something was said that did not fit, each time.
    Puzzled,
}

/// Who is asked, and what he may say; without `expect` only keys count.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) party: Party,
    pub(super) expect: Option<Expect>,
    pub(super) contacts_of: Option<UserId>,
    pub(super) pieces: Vec<Piece>,
}

/// A question that is being asked.
#[derive(Debug)]
pub(super) struct Ask {
    question: Question,
    saying: Option<ActionId>,
    listening: Option<ActionId>,
    asked_again: u8,
    ear_failed: bool,
}

impl Ask {
    /// Asks for the first time. `first` is said before the question, once.
    pub(super) fn start(question: Question, first: Vec<Piece>, desk: &mut Desk) -> Self {
        let mut ask = Self {
            ear_failed: desk.is_deaf_to(question.party),
            question,
            saying: None,
            listening: None,
            asked_again: 0,
        };
        ask.ask(first, desk);
        ask
    }

    /// Asks the same again because it was wished; that is no failure.
    pub(super) fn repeat(&mut self, first: Vec<Piece>, desk: &mut Desk) {
        self.stop(desk);
        self.ask(first, desk);
    }

    /// Asks this time and not again: nobody is there who could answer.
    pub(super) fn is_last(&mut self) {
        self.asked_again = ASKED_AGAIN;
    }

    fn ask(&mut self, mut pieces: Vec<Piece>, desk: &mut Desk) {
        pieces.extend(self.question.pieces.iter().cloned());
        self.saying = Some(desk.say(self.question.party, pieces, true));
        self.listen(desk);
    }

    fn listen(&mut self, desk: &mut Desk) {
        let Some(expect) = self.question.expect.filter(|_| !self.ear_failed) else {
            return;
        };
        let id = desk.new_id();
        let contacts_of = self.question.contacts_of.clone();
        desk.act(Action::Listen {
            id,
            party: self.question.party,
            expect,
            contacts_of,
            options: Arc::default(),
        });
        self.listening = Some(id);
    }

    /// Whether the question was said to its end and nobody will ever hear an answer in words.
    pub(super) fn is_deaf(&self) -> bool {
        self.ear_failed && self.saying.is_none()
    }

    /// Gives the question up.
    pub(super) fn stop(&mut self, desk: &mut Desk) {
        desk.stop_saying(&mut self.saying);
        desk.stop_listening(&mut self.listening);
        desk.clear(Timer::NoInput);
    }

    /// Takes an event; a reply ends the question.
    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) -> Option<Reply> {
        match event {
            Event::Due(Timer::NoInput) => self.again(Prompt::NothingHeard, Reply::Nothing, desk),
            Event::Happened(Input::Digit { party, digit }) if *party == self.question.party => {
                self.stop(desk);
                desk.act(Action::Note(Fact::Keyed {
                    party: *party,
                    digit: *digit,
                }));
                Some(Reply::Key(*digit))
            }
            Event::Happened(Input::EarFailed { party }) if *party == self.question.party => {
                self.ear_failed = true;
                self.listening = None;
                None
            }
            Event::Happened(Input::Heard { id, intent }) if self.listening == Some(*id) => {
                self.listening = None;
                if *intent == Intent::NotUnderstood {
                    return self.again(Prompt::NotUnderstood, Reply::Puzzled, desk);
                }
                self.stop(desk);
                Some(Reply::Meant(intent.clone()))
            }
            Event::Happened(Input::SpeechStarted { party }) if *party == self.question.party => {
                desk.set(Timer::NoInput, LONGEST_TURN, now);
                None
            }
            Event::Happened(Input::Spoken { id, interrupted }) if self.saying == Some(*id) => {
                self.saying = None;
                // Who interrupts is speaking; silence counts from the question's end.
                if !interrupted || self.listening.is_none() {
                    desk.set(Timer::NoInput, NO_INPUT, now);
                }
                None
            }
            _ => None,
        }
    }

    /// Says `because` and asks again what was asked, as often as if nothing had been understood; then it gives up.
    pub(super) fn unclear(&mut self, because: Prompt, desk: &mut Desk) -> Option<Reply> {
        self.again(because, Reply::Puzzled, desk)
    }

    fn again(&mut self, because: Prompt, given_up: Reply, desk: &mut Desk) -> Option<Reply> {
        self.stop(desk);
        if self.asked_again == ASKED_AGAIN {
            return Some(given_up);
        }
        self.asked_again += 1;
        self.ask(vec![because.into()], desk);
        None
    }
}
