//! Digits keyed one after the other, ended by `#` or by a pause.

use std::time::{Duration, Instant};

use super::{
    action::{ActionId, Party, Piece},
    desk::{Desk, Event, Timer},
    input::Input,
};

/// Longest pause between two keys.
pub(super) const KEYPAD_GAP: Duration = Duration::from_secs(4);
/// How long we wait for the first key once the question was said.
const FIRST_KEY: Duration = Duration::from_secs(8);
/// Most keys that are taken; more than any number or PIN has.
const MAX_KEYS: usize = 24;

/// What was keyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keyed {
    /// `*`: back.
    Back,
    /// Digits, at least one.
    Digits(String),
    /// Nothing.
    Nothing,
}

/// Digits that are being keyed by the caller.
#[derive(Debug)]
pub(super) struct Collect {
    digits: String,
    saying: Option<ActionId>,
}

impl Collect {
    pub(super) fn start(pieces: Vec<Piece>, desk: &mut Desk) -> Self {
        Self {
            digits: String::new(),
            saying: Some(desk.say(Party::Caller, pieces, false)),
        }
    }

    /// Takes an event; anything keyed to its end comes back.
    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) -> Option<Keyed> {
        match event {
            Event::Due(Timer::KeypadGap) => Some(self.done()),
            Event::Happened(Input::Digit {
                party: Party::Caller,
                digit,
            }) => {
                desk.stop_saying(&mut self.saying);
                desk.clear(Timer::KeypadGap);
                match digit {
                    '*' => return Some(Keyed::Back),
                    '#' => return Some(self.done()),
                    '0'..='9' => self.digits.push(*digit),
                    _ => {}
                }
                if self.digits.len() == MAX_KEYS {
                    return Some(self.done());
                }
                desk.set(Timer::KeypadGap, KEYPAD_GAP, now);
                None
            }
            Event::Happened(Input::Spoken { id, .. }) if self.saying == Some(*id) => {
                self.saying = None;
                desk.set(Timer::KeypadGap, FIRST_KEY, now);
                None
            }
            _ => None,
        }
    }

    fn done(&mut self) -> Keyed {
        match std::mem::take(&mut self.digits) {
            digits if digits.is_empty() => Keyed::Nothing,
            digits => Keyed::Digits(digits),
        }
    }
}
