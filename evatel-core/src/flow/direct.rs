//! A number that a person keyed at his own device: the gate, then the leg, and the assistant only where it is refused.

use std::time::Instant;

use super::{
    Setting,
    action::{Action, ActionId, Party},
    assistant::said,
    desk::{Desk, Event},
    input::Input,
    outbound::{Outbound, Outcome},
    pin::{Pin, PinOutcome},
    prompt::Prompt,
    refusal,
};
use crate::{
    calls::{HangupCause, LegCause},
    number::Dialled,
    policy::{Authoriser, Destination, Refusal, Rule},
};

/// A keyed call.
#[derive(Debug)]
pub(super) struct Direct {
    keyed: Option<Keyed>,
    step: Step,
}

/// Who keyed what.
#[derive(Debug, Clone)]
struct Keyed {
    authoriser: Authoriser,
    dialled: Dialled,
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
        let keyed = Keyed {
            authoriser,
            dialled,
            setting,
        };
        let outbound = keyed.call(desk);
        Self {
            keyed: Some(keyed),
            step: Step::Calling {
                outbound,
                failed_with: HangupCause::Unspecified,
            },
        }
    }

    /// A call that was refused before it began.
    pub(super) fn over() -> Self {
        Self {
            keyed: None,
            step: Step::Over,
        }
    }

    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) {
        let Some(keyed) = &mut self.keyed else { return };
        self.step = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Calling {
                mut outbound,
                mut failed_with,
            } => {
                if let Event::Happened(Input::CalleeEnded { cause, .. }) = event {
                    failed_with = *cause;
                }
                match outbound.handle(event, now, &keyed.setting, desk) {
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
                    Some(Outcome::Refused(refusal)) if keyed.may_give_pin(&refusal) => {
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
            Step::Pin(mut pin) => match pin.handle(event, now, &keyed.setting, desk) {
                None => Step::Pin(pin),
                Some(PinOutcome::Back) => leave(vec![], desk),
                Some(PinOutcome::Locked) => leave(vec![Prompt::PinLocked], desk),
                Some(PinOutcome::Right) => {
                    keyed.authoriser = keyed.authoriser.with_pin().unwrap_or(keyed.authoriser.clone());
                    Step::CallingWithPin(keyed.call(desk))
                }
            },
            Step::CallingWithPin(mut outbound) => match outbound.handle(event, now, &keyed.setting, desk) {
                None => Step::CallingWithPin(outbound),
                Some(Outcome::Answered) => {
                    outbound.bridge(false, desk);
                    Step::Bridged(outbound)
                }
                Some(Outcome::Failed(failure)) => {
                    leave(vec![said(failure, keyed.dialled.shown().into_owned())], desk)
                }
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

impl Keyed {
    fn call(&self, desk: &mut Desk) -> Outbound {
        let (authoriser, dialled) = (self.authoriser.clone(), self.dialled.clone());
        Outbound::start(
            authoriser,
            Destination::Dialled(dialled),
            LegCause::Dial,
            Vec::new(),
            desk,
        )
    }

    /// Says whether the PIN may open what was refused.
    fn may_give_pin(&self, refusal: &Refusal) -> bool {
        matches!(refusal.rule, Rule::PinRequired(_)) && self.authoriser.with_pin().is_some()
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
