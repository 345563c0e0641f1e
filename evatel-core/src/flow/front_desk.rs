//! A call from outside to a Smart Number: who is it, is the owner there, will he take it.

mod name;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use name::{AskName, Told};

use super::{
    Setting,
    action::{Action, ActionId, Expect, Keep, Party, Piece},
    ask::{Ask, Question, Reply},
    assistant::Assistant,
    desk::{Desk, Event},
    input::{Decision, Input},
    outbound::{Failure, Found, Outbound, Outcome},
    pin::{Pin, PinOutcome},
    prompt::Prompt,
    refusal,
    turn::Round,
};
use crate::{
    calls::{HangupCause, LegCause},
    intent::Intent,
    number::{Dialled, SpecialCode},
    policy::{Authoriser, Destination},
};

/// Longest message that a caller may leave.
const MAX_MESSAGE: Duration = Duration::from_secs(120);
/// How often a caller may have the owner tried again, and how often he may order what he may not.
const MAX_REPEATS: u8 = 3;

/// A call to a Smart Number.
#[derive(Debug)]
pub(super) struct FrontDesk {
    setting: Setting,
    name: Option<ActionId>,
    repeats: u8,
    wrong_pins: u8,
    rounds: Vec<Round>,
    /// Those that are still to be tried.
    left: VecDeque<Round>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    AfterFailure(Ask),
    Announcing { outbound: Outbound, ask: Ask },
    Answering(ActionId),
    Bridged(Outbound),
    Calling(Outbound),
    Deciding(ActionId),
    Leaving(ActionId),
    MessagePrompt(ActionId),
    Message(ActionId),
    Name(AskName),
    Over,
    Pin(Pin),
}

impl FrontDesk {
    pub(super) fn start(rounds: Vec<Round>, setting: Setting, desk: &mut Desk) -> Self {
        let id = desk.new_id();
        desk.act(Action::Answer { id });
        Self {
            setting,
            name: None,
            repeats: 0,
            wrong_pins: 0,
            rounds,
            left: VecDeque::new(),
            step: Step::Answering(id),
        }
    }

    /// Takes an event. Gives the assistant that takes the call over, once the caller proved to be the owner.
    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) -> Option<Assistant> {
        self.step = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Answering(id) => match event {
                Event::Happened(Input::Answered { id: answered }) if *answered == id => {
                    self.ask_name(self.greeting(), desk)
                }
                _ => Step::Answering(id),
            },
            Step::Name(mut ask) => match ask.handle(event, now, desk) {
                None => Step::Name(ask),
                Some(Told::Key('*')) => Step::Pin(Pin::start(self.wrong_pins, desk)),
                Some(Told::Key(_)) => self.find(desk),
                Some(Told::Name(recording)) => {
                    self.name = Some(recording);
                    self.find(desk)
                }
                Some(Told::Nothing) => self.find(desk),
                Some(Told::Order(intent)) => self.refuse_order(intent, desk),
            },
            Step::Deciding(id) => match event {
                Event::Happened(Input::Decided {
                    id: decided,
                    decision,
                }) if *decided == id => self.order_decided(decision, desk),
                _ => Step::Deciding(id),
            },
            Step::Pin(mut pin) => match pin.handle(event, now, &self.setting, desk) {
                None => Step::Pin(pin),
                Some(PinOutcome::Back) => {
                    self.wrong_pins = pin.attempts();
                    self.ask_name(vec![], desk)
                }
                Some(PinOutcome::Locked) => {
                    leave(vec![Prompt::PinLocked.into(), Prompt::Goodbye.into()], desk)
                }
                Some(PinOutcome::Right) => {
                    let authoriser = Authoriser::Pin {
                        user: self.setting.user.clone(),
                    };
                    return Some(Assistant::greet(authoriser, self.setting.clone(), desk));
                }
            },
            Step::Calling(mut outbound) => match outbound.handle(event, now, &self.setting, desk) {
                None => Step::Calling(outbound),
                Some(Outcome::Answered) => self.announce(outbound, desk),
                Some(Outcome::Failed(failure)) => self.next(failure, desk),
                Some(Outcome::Refused(_)) => self.next(Failure::Unreachable, desk),
            },
            Step::Announcing { outbound, ask } => self.announcing(outbound, ask, event, now, desk),
            Step::Bridged(outbound) => {
                if outbound.callee_left(event) {
                    desk.hang_up(HangupCause::Normal);
                }
                Step::Bridged(outbound)
            }
            Step::AfterFailure(mut ask) => match ask.handle(event, now, desk) {
                None => Step::AfterFailure(ask),
                Some(reply) => self.after_failure(reply, ask, desk),
            },
            Step::MessagePrompt(id) => match event {
                Event::Happened(Input::Spoken { id: said, .. }) if *said == id => {
                    let id = desk.new_id();
                    desk.act(Action::Record {
                        id,
                        max: MAX_MESSAGE,
                        keep: Keep::Message,
                    });
                    Step::Message(id)
                }
                _ => Step::MessagePrompt(id),
            },
            Step::Message(id) => match event {
                Event::Happened(Input::Digit {
                    party: Party::Caller,
                    digit: '#',
                }) => {
                    desk.act(Action::StopListening { id });
                    Step::Message(id)
                }
                Event::Happened(Input::Recorded { id: recorded, length }) if *recorded == id => {
                    let kept = if length.is_zero() {
                        Prompt::NothingHeard
                    } else {
                        Prompt::MessageKept
                    };
                    leave(vec![kept.into(), Prompt::Goodbye.into()], desk)
                }
                _ => Step::Message(id),
            },
            Step::Leaving(id) => {
                if matches!(event, Event::Happened(Input::Spoken { id: said, .. }) if *said == id) {
                    desk.hang_up(HangupCause::Normal);
                }
                Step::Leaving(id)
            }
            Step::Over => Step::Over,
        };
        None
    }

    fn greeting(&self) -> Vec<Piece> {
        let own = || Prompt::Greeting {
            owner: self.setting.user_name(),
        };
        let recorded = self.setting.greetings.front_desk.clone();
        let mut pieces = vec![recorded.map_or_else(|| own().into(), Piece::Sound)];
        if self.setting.records_calls {
            pieces.push(Prompt::RecordingNotice.into());
        }
        pieces
    }

    fn ask_name(&self, first: Vec<Piece>, desk: &mut Desk) -> Step {
        Step::Name(AskName::start(first, self.setting.user.clone(), desk))
    }

    /// An outside caller's order goes to the gate like any other, so that the refusal has its rule and its log entry.
    fn refuse_order(&mut self, intent: Intent, desk: &mut Desk) -> Step {
        let destination = match intent {
            Intent::CallContact(contact) | Intent::NotThatBut(contact) => Destination::Contact(contact),
            Intent::Digits(digits) => match Dialled::parse(&digits) {
                Ok(dialled) => Destination::Dialled(dialled),
                Err(_) => return self.refused(Prompt::RefusedNoAuthority, desk),
            },
            _ => Destination::Dialled(Dialled::Special(SpecialCode::Emergency)),
        };
        let id = desk.new_id();
        let authoriser = Authoriser::OutsideCaller;
        desk.act(Action::Decide {
            id,
            authoriser,
            destination,
            cause: LegCause::VoiceAssistant,
        });
        Step::Deciding(id)
    }

    fn order_decided(&mut self, decision: &Decision, desk: &mut Desk) -> Step {
        let reason = match decision {
            Decision::Refused(refusal) => refusal::spoken(refusal),
            Decision::Allowed(_) => Prompt::RefusedNoAuthority,
        };
        self.refused(reason, desk)
    }

    fn refused(&mut self, reason: Prompt, desk: &mut Desk) -> Step {
        self.repeats += 1;
        if self.repeats > MAX_REPEATS {
            return leave(vec![reason.into(), Prompt::Goodbye.into()], desk);
        }
        self.ask_name(vec![reason.into()], desk)
    }

    /// Begins with the first whom the number rings, or with the message where it rings nobody.
    fn find(&mut self, desk: &mut Desk) -> Step {
        self.left = self.rounds.iter().cloned().collect();
        let owner = self.setting.user_name();
        let intro = vec![Prompt::Hold { owner }.into()];
        match self.left.pop_front() {
            Some(first) => Step::Calling(Outbound::start_round(first, intro, desk)),
            None => take_message(desk),
        }
    }

    /// Goes on to the next whom the number rings; the caller is asked only after the last.
    fn next(&mut self, failure: Failure, desk: &mut Desk) -> Step {
        match self.left.pop_front() {
            Some(next) => Step::Calling(Outbound::start_round(next, Vec::new(), desk)),
            None => self.failed(failure, desk),
        }
    }

    /// Goes on after somebody, or something, answered and did not take the call: those who stopped ringing for it ring
    /// again.
    fn next_after(&mut self, outbound: &Outbound, failure: Failure, desk: &mut Desk) -> Step {
        if let Some(others) = outbound.others() {
            self.left.push_front(others);
        }
        self.next(failure, desk)
    }

    fn announce(&self, outbound: Outbound, desk: &mut Desk) -> Step {
        let mut pieces: Vec<Piece> = match self.name {
            Some(recording) => vec![Prompt::CallFrom.into(), Piece::Recording(recording)],
            None => vec![Prompt::CallFromUnknown.into()],
        };
        if self.setting.records_calls {
            pieces.push(Prompt::RecordingNotice.into());
        }
        pieces.push(Prompt::AcceptOrRefuse.into());
        outbound.identify(desk);
        let expect = Some(Expect::AcceptRefuse);
        let question = Question {
            party: Party::Callee,
            expect,
            contacts_of: None,
            pieces,
        };
        Step::Announcing {
            outbound,
            ask: Ask::start(question, vec![], desk),
        }
    }

    fn announcing(
        &mut self,
        mut outbound: Outbound,
        mut ask: Ask,
        event: &Event,
        now: Instant,
        desk: &mut Desk,
    ) -> Step {
        if outbound.callee_left(event) {
            ask.stop(desk);
            outbound.handle(event, now, &self.setting, desk);
            return self.next_after(&outbound, Failure::Declined, desk);
        }
        match outbound.found(event) {
            Some(Found::Nobody(failure)) => {
                ask.stop(desk);
                outbound.give_up(HangupCause::Normal, desk);
                return self.next_after(&outbound, failure, desk);
            }
            Some(Found::PerhapsNobody) => ask.is_last(),
            None => {}
        }
        match ask.handle(event, now, desk) {
            None => {
                // The words before the ringback may still be said while the callee is asked.
                outbound.handle(event, now, &self.setting, desk);
                Step::Announcing { outbound, ask }
            }
            Some(Reply::Key('1') | Reply::Meant(Intent::Accept | Intent::Yes)) => {
                outbound.bridge(self.setting.records_calls, desk);
                Step::Bridged(outbound)
            }
            Some(Reply::Key('2') | Reply::Meant(Intent::Refuse | Intent::No)) => {
                outbound.give_up(HangupCause::Normal, desk);
                self.failed(Failure::Declined, desk)
            }
            Some(Reply::Key(_) | Reply::Meant(_)) => {
                ask.repeat(vec![], desk);
                Step::Announcing { outbound, ask }
            }
            Some(Reply::Nothing | Reply::Puzzled) => {
                outbound.give_up(HangupCause::NoAnswer, desk);
                self.next_after(&outbound, Failure::NoAnswer, desk)
            }
        }
    }

    fn failed(&self, failure: Failure, desk: &mut Desk) -> Step {
        let question = Question {
            party: Party::Caller,
            expect: Some(Expect::AfterFailure),
            contacts_of: None,
            pieces: vec![Prompt::AfterFailureChoices.into()],
        };
        Step::AfterFailure(Ask::start(
            question,
            vec![failure.spoken(self.setting.user_name()).into()],
            desk,
        ))
    }

    fn after_failure(&mut self, reply: Reply, mut ask: Ask, desk: &mut Desk) -> Step {
        match reply {
            Reply::Key('1') | Reply::Meant(Intent::Message) => take_message(desk),
            Reply::Key('2') | Reply::Meant(Intent::TryAgain) if self.repeats < MAX_REPEATS => {
                self.repeats += 1;
                self.find(desk)
            }
            Reply::Key('2' | '3')
            | Reply::Meant(Intent::End | Intent::TryAgain)
            | Reply::Nothing
            | Reply::Puzzled => leave(vec![Prompt::Goodbye.into()], desk),
            Reply::Key(_) | Reply::Meant(_) => {
                ask.repeat(vec![], desk);
                Step::AfterFailure(ask)
            }
        }
    }
}

fn take_message(desk: &mut Desk) -> Step {
    let pieces = vec![Prompt::LeaveMessage.into(), Piece::Beep];
    Step::MessagePrompt(desk.say(Party::Caller, pieces, false))
}

fn leave(pieces: Vec<Piece>, desk: &mut Desk) -> Step {
    Step::Leaving(desk.say(Party::Caller, pieces, false))
}
