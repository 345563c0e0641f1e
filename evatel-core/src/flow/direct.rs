//! A number that a person keyed at his own device: the gate, then the leg, and the assistant only where it is refused.

use std::time::Instant;

use super::{
    Setting,
    action::{Action, ActionId, Party},
    desk::{Desk, Event},
    input::Input,
    outbound::{Outbound, Outcome},
    prompt::Prompt,
    refusal,
};
use crate::{
    calls::{HangupCause, LegCause},
    number::Dialled,
    policy::{Authoriser, Destination},
};

/// A keyed call.
#[derive(Debug)]
pub(super) struct Direct {
    setting: Option<Setting>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Answering {
        id: ActionId,
        outbound: Outbound,
    },
    Bridged(Outbound),
    Calling {
        outbound: Outbound,
        failed_with: HangupCause,
    },
    Excusing {
        answer: ActionId,
        prompt: Prompt,
    },
    Leaving(ActionId),
    Over,
}

impl Direct {
    pub(super) fn start(authoriser: Authoriser, dialled: Dialled, setting: Setting, desk: &mut Desk) -> Self {
        let outbound = Outbound::start(
            authoriser,
            Destination::Dialled(dialled),
            LegCause::Dial,
            Vec::new(),
            desk,
        );
        Self {
            setting: Some(setting),
            step: Step::Calling {
                outbound,
                failed_with: HangupCause::Unspecified,
            },
        }
    }

    /// A call that was refused before it began.
    pub(super) fn over() -> Self {
        Self {
            setting: None,
            step: Step::Over,
        }
    }

    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) {
        let Some(setting) = &self.setting else { return };
        self.step = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Calling {
                mut outbound,
                mut failed_with,
            } => {
                if let Event::Happened(Input::CalleeEnded { cause, .. }) = event {
                    failed_with = *cause;
                }
                match outbound.handle(event, now, setting, desk) {
                    None => Step::Calling {
                        outbound,
                        failed_with,
                    },
                    Some(Outcome::Answered) => {
                        let id = desk.new_id();
                        desk.act(Action::Answer { id });
                        Step::Answering { id, outbound }
                    }
                    Some(Outcome::Failed(_)) => {
                        desk.hang_up(failed_with);
                        Step::Over
                    }
                    Some(Outcome::Refused(refusal)) => {
                        let answer = desk.new_id();
                        desk.act(Action::Answer { id: answer });
                        Step::Excusing {
                            answer,
                            prompt: refusal::spoken(&refusal),
                        }
                    }
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
            Step::Bridged(outbound) => {
                if outbound.callee_left(event) {
                    desk.hang_up(HangupCause::Normal);
                }
                Step::Bridged(outbound)
            }
            Step::Excusing { answer, prompt } => match event {
                Event::Happened(Input::Answered { id }) if *id == answer => {
                    let pieces = vec![prompt.into(), Prompt::Goodbye.into()];
                    Step::Leaving(desk.say(Party::Caller, pieces, false))
                }
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
