//! A leg without many words. A number that a person keyed at his own device: the gate, then the leg, and the assistant only
//! where it is refused. Or a call from outside that rings a telephone and says nothing at all.

use std::time::Instant;

use super::{
    Setting,
    action::{Action, ActionId, Party},
    desk::{Desk, Event},
    input::Input,
    outbound::{Outbound, Outcome},
    pin::{Pin, PinOutcome},
    prompt::Prompt,
    refusal,
    turn::{Round, Turn},
};
use crate::{
    calls::{HangupCause, LegCause},
    number::Dialled,
    policy::{Authoriser, Destination, Refusal, Rule},
};

/// A call with one leg.
#[derive(Debug)]
pub(super) struct Direct {
    wanted: Option<Wanted>,
    step: Step,
}

/// Which leg, for whom.
#[derive(Debug, Clone)]
struct Wanted {
    turn: Turn,
    setting: Setting,
}

#[derive(Debug)]
enum Step {
    Answering {
        id: ActionId,
        outbound: Outbound,
    },
    /// The caller is answered to be asked for his PIN.
    AskingPin(ActionId),
    Bridged(Outbound),
    Calling {
        outbound: Outbound,
        failed_with: HangupCause,
    },
    /// The same, after the PIN: the caller is answered already.
    CallingWithPin(Outbound),
    Excusing {
        answer: ActionId,
        prompt: Prompt,
    },
    Leaving(ActionId),
    Over,
    Pin(Pin),
}

impl Direct {
    pub(super) fn start(authoriser: Authoriser, dialled: Dialled, setting: Setting, desk: &mut Desk) -> Self {
        let turn = Turn {
            authoriser,
            destination: Destination::Dialled(dialled),
            cause: LegCause::Dial,
        };
        Self::begin(Wanted { turn, setting }, desk)
    }

    /// Rings the telephone of the setting's user for a caller from outside.
    pub(super) fn to_owner(setting: Setting, desk: &mut Desk) -> Self {
        let turn = Turn::owner(&setting.user);
        Self::begin(Wanted { turn, setting }, desk)
    }

    fn begin(wanted: Wanted, desk: &mut Desk) -> Self {
        let outbound = wanted.call(desk);
        Self {
            wanted: Some(wanted),
            step: Step::Calling {
                outbound,
                failed_with: HangupCause::Unspecified,
            },
        }
    }

    /// A call that was refused before it began.
    pub(super) fn over() -> Self {
        Self {
            wanted: None,
            step: Step::Over,
        }
    }

    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) {
        let Some(wanted) = &mut self.wanted else { return };
        self.step = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Calling {
                mut outbound,
                mut failed_with,
            } => {
                if let Event::Happened(Input::CalleeEnded { cause, .. }) = event {
                    failed_with = *cause;
                }
                match outbound.handle(event, now, &wanted.setting, desk) {
                    None => Step::Calling {
                        outbound,
                        failed_with,
                    },
                    Some(Outcome::Answered) => {
                        let id = answer(desk);
                        Step::Answering { id, outbound }
                    }
                    Some(Outcome::Failed(_)) => {
                        desk.hang_up(failed_with);
                        Step::Over
                    }
                    Some(Outcome::Refused(refusal)) if !wanted.is_keyed() => {
                        desk.hang_up(refusal.cause());
                        Step::Over
                    }
                    Some(Outcome::Refused(refusal)) if wanted.may_give_pin(&refusal) => {
                        Step::AskingPin(answer(desk))
                    }
                    Some(Outcome::Refused(refusal)) => Step::Excusing {
                        answer: answer(desk),
                        prompt: refusal::spoken(&refusal),
                    },
                }
            }
            Step::Answering { id, mut outbound } => match event {
                Event::Happened(Input::Answered { id: answered }) if *answered == id => {
                    outbound.bridge(false, desk);
                    Step::Bridged(outbound)
                }
                _ if outbound.callee_left(event) => {
                    desk.hang_up(HangupCause::Normal);
                    Step::Over
                }
                _ => Step::Answering { id, outbound },
            },
            Step::AskingPin(id) => match event {
                Event::Happened(Input::Answered { id: answered }) if *answered == id => {
                    Step::Pin(Pin::start(0, desk))
                }
                _ => Step::AskingPin(id),
            },
            Step::Pin(mut pin) => match pin.handle(event, now, &wanted.setting, desk) {
                None => Step::Pin(pin),
                Some(PinOutcome::Back) => leave(vec![], desk),
                Some(PinOutcome::Locked) => leave(vec![Prompt::PinLocked], desk),
                Some(PinOutcome::Right) => {
                    if let Some(with_pin) = wanted.turn.authoriser.with_pin() {
                        wanted.turn.authoriser = with_pin;
                    }
                    Step::CallingWithPin(wanted.call(desk))
                }
            },
            Step::CallingWithPin(mut outbound) => match outbound.handle(event, now, &wanted.setting, desk) {
                None => Step::CallingWithPin(outbound),
                Some(Outcome::Answered) => {
                    outbound.bridge(false, desk);
                    Step::Bridged(outbound)
                }
                Some(Outcome::Failed(failure)) => leave(vec![failure.spoken(wanted.shown())], desk),
                Some(Outcome::Refused(refusal)) => leave(vec![refusal::spoken(&refusal)], desk),
            },
            Step::Bridged(outbound) => {
                if outbound.callee_left(event) {
                    desk.hang_up(HangupCause::Normal);
                }
                Step::Bridged(outbound)
            }
            Step::Excusing { answer, prompt } => match event {
                Event::Happened(Input::Answered { id }) if *id == answer => leave(vec![prompt], desk),
                _ => Step::Excusing { answer, prompt },
            },
            Step::Leaving(id) => {
                if matches!(event, Event::Happened(Input::Spoken { id: said, .. }) if *said == id) {
                    desk.hang_up(HangupCause::Rejected);
                }
                Step::Leaving(id)
            }
            Step::Over => Step::Over,
        };
    }
}

impl Wanted {
    fn call(&self, desk: &mut Desk) -> Outbound {
        let round = Round {
            turns: vec![self.turn.clone()],
            ring_timeout: None,
        };
        Outbound::start_round(round, Vec::new(), desk)
    }

    /// Says whether a person of the house keyed it, who may be spoken to and asked for his PIN.
    fn is_keyed(&self) -> bool {
        self.turn.cause == LegCause::Dial
    }

    /// Says whether the PIN may open what was refused.
    fn may_give_pin(&self, refusal: &Refusal) -> bool {
        matches!(refusal.rule, Rule::PinRequired(_)) && self.turn.authoriser.with_pin().is_some()
    }

    /// Gives what was keyed, as people read it.
    fn shown(&self) -> String {
        match &self.turn.destination {
            Destination::Dialled(dialled) => dialled.shown().into_owned(),
            _ => self.setting.user_name(),
        }
    }
}

fn answer(desk: &mut Desk) -> ActionId {
    let id = desk.new_id();
    desk.act(Action::Answer { id });
    id
}

fn leave(first: Vec<Prompt>, desk: &mut Desk) -> Step {
    let pieces = first
        .into_iter()
        .chain([Prompt::Goodbye])
        .map(Into::into)
        .collect();
    Step::Leaving(desk.say(Party::Caller, pieces, false))
}
