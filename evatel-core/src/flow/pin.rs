//! A PIN: keyed, checked, tried again a few times. Its digits are never shown, said or logged.

use std::time::Instant;

use super::{
    Setting,
    action::{Action, ActionId, Fact, Piece},
    collect::{Collect, Keyed},
    desk::{Desk, Event},
    input::{Input, PinVerdict},
    prompt::Prompt,
};

/// How often a PIN may be tried in one call; the store counts over calls as well.
pub(super) const PIN_ATTEMPTS: u8 = 3;

/// What came of asking for the PIN.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PinOutcome {
    /// The caller went back, or keyed nothing.
    Back,
    /// No more attempts.
    Locked,
    /// He is who he says.
    Right,
}

/// A PIN that is asked for.
#[derive(Debug)]
pub(super) struct Pin {
    attempts: u8,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Checking(ActionId),
    Keying(Collect),
}

impl Pin {
    /// Asks for it; `attempts` were wrong before in this call, for who goes back and comes again.
    pub(super) fn start(attempts: u8, desk: &mut Desk) -> Self {
        Self {
            attempts,
            step: Step::Keying(Collect::start(vec![Prompt::AskPin.into()], desk)),
        }
    }

    /// Says how many were wrong so far.
    pub(super) fn attempts(&self) -> u8 {
        self.attempts
    }

    pub(super) fn handle(
        &mut self,
        event: &Event,
        now: Instant,
        setting: &Setting,
        desk: &mut Desk,
    ) -> Option<PinOutcome> {
        match &mut self.step {
            Step::Keying(collect) => match collect.handle(event, now, desk)? {
                Keyed::Back | Keyed::Nothing => Some(PinOutcome::Back),
                Keyed::Digits(digits) => {
                    desk.act(Action::Note(Fact::KeyedSecret { count: digits.len() }));
                    let id = desk.new_id();
                    desk.act(Action::CheckPin {
                        id,
                        user: setting.user.clone(),
                        digits: digits.into(),
                    });
                    self.step = Step::Checking(id);
                    None
                }
            },
            Step::Checking(id) => {
                let Event::Happened(Input::PinChecked { id: checked, verdict }) = event else {
                    return None;
                };
                if checked != id {
                    return None;
                }
                self.attempts += 1;
                match verdict {
                    PinVerdict::Right => {
                        desk.act(Action::Note(Fact::PinAccepted));
                        Some(PinOutcome::Right)
                    }
                    PinVerdict::Wrong if self.attempts < PIN_ATTEMPTS => {
                        desk.act(Action::Note(Fact::PinRefused));
                        let pieces: Vec<Piece> = vec![Prompt::PinWrong.into(), Prompt::AskPin.into()];
                        self.step = Step::Keying(Collect::start(pieces, desk));
                        None
                    }
                    PinVerdict::Wrong | PinVerdict::Locked => {
                        desk.act(Action::Note(Fact::PinRefused));
                        Some(PinOutcome::Locked)
                    }
                }
            }
        }
    }
}
