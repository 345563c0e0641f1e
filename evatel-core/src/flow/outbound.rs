//! A leg to somebody: ask the gate, ring, let the caller hear it, and say how it ended.

use std::time::{Duration, Instant};

use super::{
    Setting,
    action::{Action, ActionId, Party, Piece},
    desk::{Desk, Event, Timer},
    input::{Decision, Input},
};
use crate::{
    calls::{HangupCause, LegCause},
    policy::{Authoriser, Destination, Refusal},
};

/// How a leg failed, as people distinguish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    Busy,
    Declined,
    NoAnswer,
    Unreachable,
}

impl Failure {
    /// A SIP 480 comes as `NoAnswer`, rung or not: a telephone that never rang was not reached.
    fn of(cause: HangupCause, rang: bool) -> Self {
        match cause {
            HangupCause::Busy => Self::Busy,
            HangupCause::Rejected => Self::Declined,
            HangupCause::NoAnswer if rang => Self::NoAnswer,
            _ => Self::Unreachable,
        }
    }
}

/// What came of a leg.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The callee answered; the caller still hears ringback.
    Answered,
    Failed(Failure),
    Refused(Refusal),
}

/// A leg on its way.
#[derive(Debug)]
pub(super) struct Outbound {
    ring: ActionId,
    intro: Vec<Piece>,
    saying: Option<ActionId>,
    tone: Option<ActionId>,
    rang: bool,
    ring_timeout: Option<Duration>,
}

impl Outbound {
    /// Rings that long in place of [`Setting::ring_timeout`].
    pub(super) fn ringing_for(self, ring_timeout: Option<Duration>) -> Self {
        Self { ring_timeout, ..self }
    }

    /// Asks the gate; once it allows the leg, `intro` is said to the caller while it already rings.
    pub(super) fn start(
        authoriser: Authoriser,
        destination: Destination,
        cause: LegCause,
        intro: Vec<Piece>,
        desk: &mut Desk,
    ) -> Self {
        let ring = desk.new_id();
        desk.act(Action::Decide {
            id: ring,
            authoriser,
            destination,
            cause,
        });
        Self {
            ring,
            intro,
            saying: None,
            tone: None,
            rang: false,
            ring_timeout: None,
        }
    }

    pub(super) fn handle(
        &mut self,
        event: &Event,
        now: Instant,
        setting: &Setting,
        desk: &mut Desk,
    ) -> Option<Outcome> {
        match event {
            Event::Due(Timer::Ring) => {
                self.give_up(HangupCause::NoAnswer, desk);
                Some(Outcome::Failed(Failure::NoAnswer))
            }
            Event::Happened(Input::Decided { id, decision }) if *id == self.ring => match decision {
                Decision::Allowed(_) => {
                    let timeout = self.ring_timeout.unwrap_or(setting.ring_timeout);
                    desk.act(Action::Ring {
                        id: self.ring,
                        timeout,
                    });
                    desk.set(Timer::Ring, timeout, now);
                    if self.intro.is_empty() {
                        self.ringback(desk);
                    } else {
                        self.saying = Some(desk.say(Party::Caller, std::mem::take(&mut self.intro), false));
                    }
                    None
                }
                Decision::Refused(refusal) => Some(Outcome::Refused(refusal.clone())),
            },
            Event::Happened(Input::Spoken { id, .. }) if self.saying == Some(*id) => {
                self.saying = None;
                self.ringback(desk);
                None
            }
            Event::Happened(Input::Ringing { ring }) if *ring == self.ring => {
                self.rang = true;
                None
            }
            Event::Happened(Input::CalleeAnswered { ring }) if *ring == self.ring => {
                desk.clear(Timer::Ring);
                Some(Outcome::Answered)
            }
            Event::Happened(Input::CalleeEnded { ring, cause }) if *ring == self.ring => {
                self.quiet(desk);
                desk.clear(Timer::Ring);
                Some(Outcome::Failed(Failure::of(*cause, self.rang)))
            }
            _ => None,
        }
    }

    /// Says whether an event tells that this leg's callee is gone after it had answered.
    pub(super) fn callee_left(&self, event: &Event) -> bool {
        matches!(event, Event::Happened(Input::CalleeEnded { ring, .. }) if *ring == self.ring)
    }

    /// Takes the leg back, ringing or answered.
    pub(super) fn give_up(&mut self, cause: HangupCause, desk: &mut Desk) {
        self.quiet(desk);
        desk.clear(Timer::Ring);
        desk.act(Action::CancelRing {
            ring: self.ring,
            cause,
        });
    }

    /// Joins the two.
    pub(super) fn bridge(&mut self, record: bool, desk: &mut Desk) {
        self.quiet(desk);
        let id = desk.new_id();
        desk.act(Action::Bridge { id, record });
    }

    fn ringback(&mut self, desk: &mut Desk) {
        let id = desk.new_id();
        desk.act(Action::Ringback { id });
        self.tone = Some(id);
    }

    fn quiet(&mut self, desk: &mut Desk) {
        desk.stop_saying(&mut self.saying);
        desk.stop_saying(&mut self.tone);
    }
}
