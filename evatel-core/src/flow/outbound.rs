//! A leg to somebody, or legs to several at once: ask the gate, ring, let the caller hear it, and say how it ended.

use std::time::Instant;

use super::{
    Setting,
    action::{Action, ActionId, Party, Piece},
    desk::{Desk, Event, Timer},
    input::{Decision, Input},
    prompt::Prompt,
    turn::{Round, Turn},
};
use crate::{
    calls::{Answerer, HangupCause, LegCause},
    policy::{Authoriser, Destination, Refusal},
};

/// How a leg failed, as people distinguish it; the later, the more of somebody there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    Unreachable,
    NoAnswer,
    Busy,
    Declined,
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

    /// Finds the words for it; `name` is whom they tell of.
    pub(super) fn spoken(self, name: String) -> Prompt {
        match self {
            Self::Busy => Prompt::OutcomeBusy { name },
            Self::Declined => Prompt::OutcomeDeclined { name },
            Self::NoAnswer => Prompt::OutcomeNoAnswer { name },
            Self::Unreachable => Prompt::OutcomeUnreachable { name },
        }
    }
}

/// What was found out of who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nobody who could take the call.
    Nobody(Failure),
    /// A machine, or somebody who talks on.
    PerhapsNobody,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Somebody answered, and nobody else is rung any more; the caller still hears ringback.
    Answered,
    /// Nobody answered.
    Failed(Failure),
    /// Nobody could be rung.
    Refused(Refusal),
}

/// Legs on their way.
#[derive(Debug)]
pub(super) struct Outbound {
    /// Those who may still answer.
    pending: Vec<Leg>,
    answered: Option<ActionId>,
    /// Those who were given up because another answered.
    elsewhere: Vec<Turn>,
    /// The most that was learnt from those who failed.
    failure: Option<Failure>,
    round: Round,
    is_ringing: bool,
    intro: Vec<Piece>,
    saying: Option<ActionId>,
    tone: Option<ActionId>,
}

/// A leg that was not answered yet.
#[derive(Debug)]
struct Leg {
    ring: ActionId,
    turn: Turn,
    rang: bool,
}

impl Outbound {
    /// Asks the gate; once it allows the leg, `intro` is said to the caller while it already rings.
    pub(super) fn start(
        authoriser: Authoriser,
        destination: Destination,
        cause: LegCause,
        intro: Vec<Piece>,
        desk: &mut Desk,
    ) -> Self {
        let turn = Turn {
            authoriser,
            destination,
            cause,
        };
        let round = Round {
            turns: vec![turn],
            ring_timeout: None,
        };
        Self::start_round(round, intro, desk)
    }

    /// Asks the gate for each of a round; once it allows one of them, `intro` is said to the caller.
    pub(super) fn start_round(round: Round, intro: Vec<Piece>, desk: &mut Desk) -> Self {
        let pending = round.turns.iter().map(|turn| {
            let ring = desk.new_id();
            desk.act(Action::Decide {
                id: ring,
                authoriser: turn.authoriser.clone(),
                destination: turn.destination.clone(),
                cause: turn.cause,
            });
            Leg {
                ring,
                turn: turn.clone(),
                rang: false,
            }
        });
        Self {
            pending: pending.collect(),
            answered: None,
            elsewhere: Vec::new(),
            failure: None,
            round,
            is_ringing: false,
            intro,
            saying: None,
            tone: None,
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
                let failure = self.failure.max(Some(Failure::NoAnswer));
                failure.map(Outcome::Failed)
            }
            Event::Happened(Input::Decided { id, decision }) => {
                let at = self.find(*id)?;
                match decision {
                    Decision::Allowed(_) => {
                        self.ring(*id, now, setting, desk);
                        None
                    }
                    Decision::Refused(refusal) => {
                        self.pending.remove(at);
                        self.pending.is_empty().then(|| match self.failure {
                            Some(failure) => self.failed(failure, desk),
                            None => Outcome::Refused(refusal.clone()),
                        })
                    }
                }
            }
            Event::Happened(Input::Spoken { id, .. }) if self.saying == Some(*id) => {
                self.saying = None;
                self.ringback(desk);
                None
            }
            Event::Happened(Input::Ringing { ring }) => {
                let at = self.find(*ring)?;
                self.pending[at].rang = true;
                None
            }
            Event::Happened(Input::CalleeAnswered { ring }) => {
                let at = self.find(*ring)?;
                self.answered = Some(self.pending.remove(at).ring);
                desk.clear(Timer::Ring);
                for Leg { ring, turn, .. } in self.pending.drain(..) {
                    let cause = HangupCause::AnsweredElsewhere;
                    desk.act(Action::CancelRing { ring, cause });
                    self.elsewhere.push(turn);
                }
                Some(Outcome::Answered)
            }
            Event::Happened(Input::CalleeEnded { ring, cause }) if self.answered == Some(*ring) => {
                self.quiet(desk);
                Some(Outcome::Failed(Failure::of(*cause, true)))
            }
            Event::Happened(Input::CalleeEnded { ring, cause }) => {
                let at = self.find(*ring)?;
                let failure = Failure::of(*cause, self.pending.remove(at).rang);
                let failure = self.failure.map_or(failure, |before| before.max(failure));
                self.failure = Some(failure);
                self.pending.is_empty().then(|| self.failed(failure, desk))
            }
            _ => None,
        }
    }

    /// Says whether an event tells that the callee is gone after he had answered.
    pub(super) fn callee_left(&self, event: &Event) -> bool {
        matches!(event, Event::Happened(Input::CalleeEnded { ring, .. }) if self.answered == Some(*ring))
    }

    /// Finds out who or what answered.
    pub(super) fn identify(&self, desk: &mut Desk) {
        if let Some(ring) = self.answered {
            desk.act(Action::Identify { ring });
        }
    }

    /// What an event tells of who or what answered: that nobody will take the call, and how that counts.
    pub(super) fn found(&self, event: &Event) -> Option<Found> {
        let (ring, found) = match event {
            Event::Happened(Input::AnsweredBy { ring, who }) => {
                let found = match who {
                    Answerer::Busy => Found::Nobody(Failure::Busy),
                    Answerer::Congestion | Answerer::Fax => Found::Nobody(Failure::Unreachable),
                    Answerer::Machine => Found::PerhapsNobody,
                    _ => return None,
                };
                (ring, found)
            }
            // What is said from here on would be kept as a message.
            Event::Happened(Input::Beeped { ring }) => (ring, Found::Nobody(Failure::NoAnswer)),
            _ => return None,
        };
        (self.answered == Some(*ring)).then_some(found)
    }

    /// Gives those who stopped ringing because another answered, to be rung again where he does not take the call.
    pub(super) fn others(&self) -> Option<Round> {
        (!self.elsewhere.is_empty()).then(|| Round {
            turns: self.elsewhere.clone(),
            ..self.round
        })
    }

    /// Takes the legs back, ringing or answered.
    pub(super) fn give_up(&mut self, cause: HangupCause, desk: &mut Desk) {
        self.quiet(desk);
        desk.clear(Timer::Ring);
        let pending = self.pending.drain(..).map(|leg| leg.ring);
        for ring in pending.chain(self.answered.take()) {
            desk.act(Action::CancelRing { ring, cause });
        }
    }

    /// Joins the two.
    pub(super) fn bridge(&mut self, record: bool, desk: &mut Desk) {
        self.quiet(desk);
        let id = desk.new_id();
        desk.act(Action::Bridge { id, record });
    }

    fn find(&self, ring: ActionId) -> Option<usize> {
        self.pending.iter().position(|leg| leg.ring == ring)
    }

    fn ring(&mut self, id: ActionId, now: Instant, setting: &Setting, desk: &mut Desk) {
        let timeout = self.round.ring_timeout.unwrap_or(setting.ring_timeout);
        desk.act(Action::Ring { id, timeout });
        // The first that rings begins the time of all.
        if std::mem::replace(&mut self.is_ringing, true) {
            return;
        }
        desk.set(Timer::Ring, timeout, now);
        if self.intro.is_empty() {
            self.ringback(desk);
        } else {
            self.saying = Some(desk.say(Party::Caller, std::mem::take(&mut self.intro), false));
        }
    }

    fn failed(&mut self, failure: Failure, desk: &mut Desk) -> Outcome {
        self.quiet(desk);
        desk.clear(Timer::Ring);
        Outcome::Failed(failure)
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
