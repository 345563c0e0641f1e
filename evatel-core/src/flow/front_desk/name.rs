//! Asking who calls: the name is recorded, and an order to call somebody is told apart from a name.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    flow::{
        action::{Action, ActionId, Expect, Keep, Party, Piece},
        ask::{ASKED_AGAIN, LONGEST_TURN, NO_INPUT},
        desk::{Desk, Event, Timer},
        input::Input,
        prompt::Prompt,
    },
    id::UserId,
    intent::Intent,
};

/// Longest name that is kept: somebody may spell it.
const MAX_NAME: Duration = Duration::from_secs(12);
/// Shorter than this is a click, not a name.
const MIN_NAME: Duration = Duration::from_millis(100);
/// Shorter than this, and nothing that the ear understands as speech, is a cough.
const SURELY_A_NAME: Duration = Duration::from_millis(500);
/// How long the recogniser may take to say whether a recorded name was an order.
const VERDICT: Duration = Duration::from_millis(800);

/// What the caller told.
#[derive(Debug)]
pub(super) enum Told {
    Key(char),
    Name(ActionId),
    Nothing,
    Order(Intent),
}

/// A recording that is a name, unless the ear says that it is an order, or no speech at all.
#[derive(Debug, Clone, Copy)]
struct Name {
    id: ActionId,
    length: Duration,
}

/// The question for the caller's name.
#[derive(Debug)]
pub(super) struct AskName {
    owner: UserId,
    saying: Option<ActionId>,
    recording: Option<ActionId>,
    recorded: Option<Name>,
    listening: Option<ActionId>,
    asked_again: u8,
}

impl AskName {
    pub(super) fn start(first: Vec<Piece>, owner: UserId, desk: &mut Desk) -> Self {
        let mut ask = Self {
            owner,
            saying: None,
            recording: None,
            recorded: None,
            listening: None,
            asked_again: 0,
        };
        ask.ask(first, desk);
        ask
    }

    fn ask(&mut self, mut pieces: Vec<Piece>, desk: &mut Desk) {
        pieces.push(Prompt::AskName.into());
        self.recorded = None;
        self.saying = Some(desk.say(Party::Caller, pieces, true));
        let record = desk.new_id();
        desk.act(Action::Record {
            id: record,
            max: MAX_NAME,
            keep: Keep::Name,
        });
        self.recording = Some(record);
        if desk.is_deaf_to(Party::Caller) {
            return;
        }
        let listen = desk.new_id();
        let contacts_of = Some(self.owner.clone());
        desk.act(Action::Listen {
            id: listen,
            party: Party::Caller,
            expect: Expect::Name,
            contacts_of,
            options: Arc::default(),
        });
        self.listening = Some(listen);
    }

    fn stop(&mut self, desk: &mut Desk) {
        desk.stop_saying(&mut self.saying);
        desk.stop_listening(&mut self.recording);
        desk.stop_listening(&mut self.listening);
        desk.clear(Timer::NoInput);
        desk.clear(Timer::Verdict);
    }

    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) -> Option<Told> {
        match event {
            Event::Due(Timer::NoInput) => self.nothing(desk),
            Event::Due(Timer::Verdict) => {
                let a_cough = |name: Name| name.length < SURELY_A_NAME;
                if self.listening.is_some() && self.recorded.is_some_and(a_cough) {
                    return self.nothing(desk);
                }
                self.name(desk)
            }
            Event::Happened(Input::Digit {
                party: Party::Caller,
                digit: digit @ ('*' | '#'),
            }) => {
                self.stop(desk);
                Some(Told::Key(*digit))
            }
            Event::Happened(Input::EarFailed { party: Party::Caller }) => {
                self.listening = None;
                self.recorded.and_then(|_| self.name(desk))
            }
            Event::Happened(Input::Heard { id, intent }) if self.listening == Some(*id) => {
                self.listening = None;
                if matches!(
                    intent,
                    Intent::CallContact(_)
                        | Intent::NotThatBut(_)
                        | Intent::CallEmergency
                        | Intent::Digits(_)
                ) {
                    self.stop(desk);
                    return Some(Told::Order(intent.clone()));
                }
                self.recorded.and_then(|_| self.name(desk))
            }
            Event::Happened(Input::Recorded { id, length }) if self.recording == Some(*id) => {
                self.recording = None;
                if *length < MIN_NAME {
                    return self.nothing(desk);
                }
                desk.clear(Timer::NoInput);
                self.recorded = Some(Name {
                    id: *id,
                    length: *length,
                });
                if self.listening.is_none() {
                    return self.name(desk);
                }
                desk.set(Timer::Verdict, VERDICT, now);
                None
            }
            Event::Happened(Input::SpeechStarted { party: Party::Caller }) => {
                desk.set(Timer::NoInput, LONGEST_TURN, now);
                None
            }
            Event::Happened(Input::Spoken { id, interrupted }) if self.saying == Some(*id) => {
                self.saying = None;
                if !interrupted && self.recorded.is_none() {
                    desk.set(Timer::NoInput, NO_INPUT, now);
                }
                None
            }
            _ => None,
        }
    }

    fn name(&mut self, desk: &mut Desk) -> Option<Told> {
        let recorded = self.recorded.take()?;
        self.stop(desk);
        Some(Told::Name(recorded.id))
    }

    fn nothing(&mut self, desk: &mut Desk) -> Option<Told> {
        self.stop(desk);
        if self.asked_again == ASKED_AGAIN {
            return Some(Told::Nothing);
        }
        self.asked_again += 1;
        self.ask(vec![Prompt::NothingHeard.into()], desk);
        None
    }
}
