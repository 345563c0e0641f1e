//! A person and his assistant: an order, a confirmation, a leg.

use std::time::Instant;

use super::{
    Setting,
    action::{Action, ActionId, Expect, Party, Piece},
    ask::{Ask, Question, Reply},
    conversation::Conversation,
    desk::{Desk, Event},
    input::Input,
    keypad::{Chosen, Keypad},
    outbound::{Outbound, Outcome},
    pin::{Pin, PinOutcome},
    prompt::Prompt,
    refusal,
};
use crate::{
    calls::{HangupCause, LegCause},
    contact::Contact,
    dialogue::Bit,
    id::ContactId,
    intent::Intent,
    number::{Dialled, SpecialCode},
    policy::{Authoriser, Destination, Rule},
    skill::Order,
};

/// Who sound alike or share a name are asked about one by one if there are no more than these; of more the whole name is asked for.
const MOST_ASKED: usize = 3;
/// Who asks for help hears of so many skills.
const MOST_HELP: usize = 5;

/// A call to the assistant, from the user's device or after his PIN.
#[derive(Debug)]
pub(super) struct Assistant {
    authoriser: Authoriser,
    setting: Setting,
    wrong_pins: u8,
    step: Step,
}

/// Whom to call, with the name that is said.
#[derive(Debug, Clone)]
struct Target {
    destination: Destination,
    name: String,
}

impl Target {
    fn contact(contact: &Contact) -> Self {
        Self {
            destination: Destination::Contact(contact.id.clone()),
            name: contact.spoken_name().as_str().to_owned(),
        }
    }

    fn dialled(dialled: Dialled) -> Self {
        Self {
            name: dialled.aloud(),
            destination: Destination::Dialled(dialled),
        }
    }
}

#[derive(Debug)]
enum Step {
    Answering(ActionId),
    Bridged(Outbound),
    Calling {
        outbound: Outbound,
        target: Target,
    },
    Command(Ask),
    Confirm {
        ask: Ask,
        target: Target,
        /// Who else may have been meant.
        others: Vec<ContactId>,
    },
    Keypad(Keypad),
    Leaving(ActionId),
    /// The callee hears that the call is recorded, before anything else.
    Noticing {
        outbound: Outbound,
        notice: ActionId,
    },
    Over,
    /// What he ordered is done by a skill: its own dialogue goes on.
    Skill(Box<Conversation>),
    /// What he ordered needs the PIN.
    Pin {
        pin: Pin,
        target: Target,
    },
}

impl Assistant {
    /// Answers a call from the user's device.
    pub(super) fn answer(authoriser: Authoriser, setting: Setting, desk: &mut Desk) -> Self {
        let id = desk.new_id();
        desk.act(Action::Answer { id });
        Self {
            authoriser,
            setting,
            wrong_pins: 0,
            step: Step::Answering(id),
        }
    }

    /// Goes on with a caller who is answered and proved who he is.
    pub(super) fn greet(authoriser: Authoriser, setting: Setting, desk: &mut Desk) -> Self {
        let mut assistant = Self {
            authoriser,
            setting,
            wrong_pins: 0,
            step: Step::Over,
        };
        assistant.step = assistant.greeting(desk);
        assistant
    }

    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) {
        self.step = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Answering(id) => match event {
                Event::Happened(Input::Answered { id: answered }) if *answered == id => self.greeting(desk),
                _ => Step::Answering(id),
            },
            Step::Command(mut ask) => match ask.handle(event, now, desk) {
                // The question names no keys, so silence would be all that follows.
                None if ask.is_deaf() => {
                    ask.stop(desk);
                    Step::Keypad(Keypad::menu(Vec::new(), &self.setting, desk))
                }
                None => Step::Command(ask),
                Some(reply) => self.ordered(reply, ask, desk),
            },
            Step::Confirm {
                mut ask,
                target,
                others,
            } => match ask.handle(event, now, desk) {
                None => Step::Confirm { ask, target, others },
                Some(reply) => self.confirmed(reply, ask, target, others, desk),
            },
            Step::Keypad(mut keypad) => match keypad.handle(event, now, &self.setting, desk) {
                None => Step::Keypad(keypad),
                Some(Chosen::Back) => self.command(vec![], desk),
                Some(Chosen::Contact(contact)) => self.confirm_contact(&contact, desk),
                Some(Chosen::Nothing) => leave(Prompt::Goodbye, desk),
                Some(Chosen::Number(dialled)) => self.call(Target::dialled(dialled), desk),
                Some(Chosen::Skill(skill)) => {
                    let told = Vec::new();
                    self.skill(Order { skill, told }, desk)
                }
            },
            Step::Skill(mut conversation) => match conversation.handle(event, now, desk) {
                None => Step::Skill(conversation),
                Some(first) => self.command(first, desk),
            },
            Step::Calling { outbound, target } => self.calling(outbound, target, event, now, desk),
            Step::Pin { mut pin, target } => match pin.handle(event, now, &self.setting, desk) {
                None => Step::Pin { pin, target },
                Some(PinOutcome::Back) => {
                    self.wrong_pins = pin.attempts();
                    self.command(vec![], desk)
                }
                Some(PinOutcome::Locked) => leave(Prompt::PinLocked, desk),
                Some(PinOutcome::Right) => {
                    // It holds for the rest of the call.
                    self.authoriser = self.authoriser.with_pin().unwrap_or(self.authoriser.clone());
                    self.call(target, desk)
                }
            },
            Step::Noticing { mut outbound, notice } => match event {
                Event::Happened(Input::Spoken { id, .. }) if *id == notice => {
                    outbound.bridge(true, desk);
                    Step::Bridged(outbound)
                }
                _ if outbound.callee_left(event) => self.command(vec![], desk),
                _ => Step::Noticing { outbound, notice },
            },
            Step::Bridged(outbound) => {
                if outbound.callee_left(event) {
                    desk.hang_up(HangupCause::Normal);
                }
                Step::Bridged(outbound)
            }
            Step::Leaving(id) => {
                if matches!(event, Event::Happened(Input::Spoken { id: said, .. }) if *said == id) {
                    desk.hang_up(HangupCause::Normal);
                }
                Step::Leaving(id)
            }
            Step::Over => Step::Over,
        };
    }

    fn greeting(&self, desk: &mut Desk) -> Step {
        let notice = self
            .setting
            .records_calls
            .then_some(Prompt::RecordingNotice.into());
        let recorded = self.setting.greetings.assistant.clone();
        let greeting = recorded.map_or_else(|| Prompt::AssistantGreeting.into(), Piece::Sound);
        self.command([Some(greeting), notice].into_iter().flatten().collect(), desk)
    }

    fn command(&self, first: Vec<Piece>, desk: &mut Desk) -> Step {
        let question = Question {
            party: Party::Caller,
            expect: Some(Expect::Command),
            contacts_of: Some(self.setting.user.clone()),
            pieces: vec![Prompt::AskCommand.into()],
        };
        Step::Command(Ask::start(question, first, desk))
    }

    fn ordered(&self, reply: Reply, mut ask: Ask, desk: &mut Desk) -> Step {
        match reply {
            Reply::Key('1') => Step::Keypad(Keypad::spell(desk)),
            Reply::Key('2') => Step::Keypad(Keypad::number(desk)),
            Reply::Key('3') if Keypad::can_do_more(&self.setting) => {
                Step::Keypad(Keypad::skills(&self.setting, desk))
            }
            Reply::Key('0' | '*') | Reply::Meant(Intent::Repeat) => {
                ask.repeat(vec![], desk);
                Step::Command(ask)
            }
            Reply::Meant(Intent::CallContact(contact) | Intent::NotThatBut(contact)) => {
                self.confirm_contact(&contact, desk)
            }
            Reply::Meant(Intent::CallOneOf(contacts)) if contacts.len() > MOST_ASKED => {
                match ask.unclear(Prompt::WholeName, desk) {
                    None => Step::Command(ask),
                    Some(_) => Step::Keypad(Keypad::menu(vec![], &self.setting, desk)),
                }
            }
            Reply::Meant(Intent::CallOneOf(contacts)) => self.confirm_one_of(contacts, desk),
            Reply::Meant(Intent::CallEmergency) => {
                let target = Target::dialled(Dialled::Special(SpecialCode::Emergency));
                self.confirm(target, Prompt::ConfirmEmergency, vec![], desk)
            }
            Reply::Meant(Intent::Digits(digits)) => match self.read(&digits) {
                Some(Dialled::Special(SpecialCode::Emergency)) => {
                    self.ordered(Reply::Meant(Intent::CallEmergency), ask, desk)
                }
                Some(dialled) => self.confirm_number(dialled, desk),
                None => {
                    ask.repeat(vec![Prompt::KeypadNoNumber.into()], desk);
                    Step::Command(ask)
                }
            },
            Reply::Meant(Intent::Run(order)) => self.skill(order, desk),
            Reply::Meant(Intent::End) => leave(Prompt::Goodbye, desk),
            Reply::Key(_) | Reply::Meant(_) => {
                ask.repeat(self.help(), desk);
                Step::Command(ask)
            }
            Reply::Nothing | Reply::Puzzled => Step::Keypad(Keypad::menu(vec![], &self.setting, desk)),
        }
    }

    /// What can be said, and what skills are good for.
    fn help(&self) -> Vec<Piece> {
        let skills = self.setting.skills.in_language(self.setting.language);
        let told = skills.take(MOST_HELP).map(|(_, _, ordered)| {
            let help = Bit::Text(ordered.help.clone());
            Piece::Sentence(vec![help])
        });
        [Prompt::Help.into()].into_iter().chain(told).collect()
    }

    /// Goes from an order to what is done.
    fn skill(&self, order: Order, desk: &mut Desk) -> Step {
        let language = self.setting.language;
        let skill = self.setting.skills.get(order.skill);
        let Some(ordered) = skill.and_then(|skill| skill.ordered(language)) else {
            return self.command(vec![Prompt::NotUnderstood.into()], desk);
        };
        let (dialogue, setting) = (ordered.dialogue.clone(), self.setting.clone());
        let mut conversation =
            Conversation::ordered(dialogue, order.told, self.authoriser.clone(), setting, desk);
        match conversation.done() {
            None => Step::Skill(Box::new(conversation)),
            Some(first) => self.command(first, desk),
        }
    }

    fn confirm_contact(&self, contact: &ContactId, desk: &mut Desk) -> Step {
        let Some(contact) = self.setting.directory.contact(&self.setting.user, contact) else {
            return self.command(vec![Prompt::NotUnderstood.into()], desk);
        };
        let target = Target::contact(contact);
        let name = target.name.clone();
        self.confirm(target, Prompt::ConfirmCall { name }, vec![], desk)
    }

    /// Digits that were said, as if he had dialled them.
    fn read(&self, digits: &str) -> Option<Dialled> {
        let directory = &self.setting.directory;
        let account = directory.account_of(&self.setting.user);
        let plan = account.map(|account| directory.dial_plan(&account.id));
        plan.unwrap_or_default().read(digits).ok()
    }

    /// Digits that are misheard make another number, which may be anybody's: it is said back.
    fn confirm_number(&self, dialled: Dialled, desk: &mut Desk) -> Step {
        let number = dialled.aloud();
        self.confirm(
            Target::dialled(dialled),
            Prompt::ConfirmNumber { number },
            vec![],
            desk,
        )
    }

    /// Asks about the first of those who sound alike or share a name, by his number too; the others wait for a no.
    fn confirm_one_of(&self, contacts: Vec<ContactId>, desk: &mut Desk) -> Step {
        let mut contacts = contacts.into_iter();
        let known = |id| self.setting.directory.contact(&self.setting.user, &id);
        let Some(contact) = contacts.by_ref().find_map(known) else {
            return self.command(vec![Prompt::NotUnderstood.into()], desk);
        };
        let target = Target::contact(contact);
        let (name, number) = (target.name.clone(), contact.number.aloud());
        self.confirm(
            target,
            Prompt::ConfirmWhich { name, number },
            contacts.collect(),
            desk,
        )
    }

    fn confirm(&self, target: Target, prompt: Prompt, others: Vec<ContactId>, desk: &mut Desk) -> Step {
        let keys = desk.is_deaf_to(Party::Caller).then_some(Prompt::ConfirmKeys);
        let question = Question {
            party: Party::Caller,
            expect: Some(Expect::YesNo),
            contacts_of: Some(self.setting.user.clone()),
            pieces: [Some(prompt), keys]
                .into_iter()
                .flatten()
                .map(Piece::from)
                .collect(),
        };
        Step::Confirm {
            ask: Ask::start(question, vec![], desk),
            target,
            others,
        }
    }

    fn confirmed(
        &self,
        reply: Reply,
        mut ask: Ask,
        target: Target,
        others: Vec<ContactId>,
        desk: &mut Desk,
    ) -> Step {
        match reply {
            Reply::Key('1') | Reply::Meant(Intent::Yes) => self.call(target, desk),
            Reply::Key('2') | Reply::Meant(Intent::No) if !others.is_empty() => {
                self.confirm_one_of(others, desk)
            }
            Reply::Key('2' | '*') | Reply::Meant(Intent::No) => self.command(vec![], desk),
            Reply::Meant(Intent::CallOneOf(mut contacts)) => {
                // Whoever was asked about just now is not meant.
                contacts.retain(|contact| target.destination != Destination::Contact(contact.clone()));
                match contacts.len() {
                    0..=MOST_ASKED => self.confirm_one_of(contacts, desk),
                    _ => self.command(vec![Prompt::WholeName.into()], desk),
                }
            }
            Reply::Meant(Intent::CallContact(contact) | Intent::NotThatBut(contact)) => {
                self.confirm_contact(&contact, desk)
            }
            Reply::Key(_) | Reply::Meant(_) => {
                ask.repeat(vec![], desk);
                Step::Confirm { ask, target, others }
            }
            Reply::Nothing | Reply::Puzzled => Step::Keypad(Keypad::menu(vec![], &self.setting, desk)),
        }
    }

    fn call(&self, target: Target, desk: &mut Desk) -> Step {
        let intro = vec![
            Prompt::Calling {
                name: target.name.clone(),
            }
            .into(),
        ];
        let (authoriser, destination) = (self.authoriser.clone(), target.destination.clone());
        let outbound = Outbound::start(authoriser, destination, LegCause::VoiceAssistant, intro, desk);
        Step::Calling { outbound, target }
    }

    fn calling(
        &self,
        mut outbound: Outbound,
        target: Target,
        event: &Event,
        now: Instant,
        desk: &mut Desk,
    ) -> Step {
        if matches!(
            event,
            Event::Happened(Input::Digit {
                party: Party::Caller,
                digit: '*'
            })
        ) {
            outbound.give_up(HangupCause::Normal, desk);
            return self.command(vec![], desk);
        }
        match outbound.handle(event, now, &self.setting, desk) {
            None => Step::Calling { outbound, target },
            Some(Outcome::Answered) if self.setting.records_calls => {
                let notice = desk.say(Party::Callee, vec![Prompt::RecordingNotice.into()], false);
                Step::Noticing { outbound, notice }
            }
            Some(Outcome::Answered) => {
                outbound.bridge(false, desk);
                Step::Bridged(outbound)
            }
            Some(Outcome::Failed(failure)) => self.command(vec![failure.spoken(target.name).into()], desk),
            Some(Outcome::Refused(refusal))
                if matches!(refusal.rule, Rule::PinRequired(_)) && self.authoriser.with_pin().is_some() =>
            {
                let pin = Pin::start(self.wrong_pins, desk);
                Step::Pin { pin, target }
            }
            Some(Outcome::Refused(refusal)) => self.command(vec![refusal::spoken(&refusal).into()], desk),
        }
    }
}

fn leave(prompt: Prompt, desk: &mut Desk) -> Step {
    Step::Leaving(desk.say(Party::Caller, vec![prompt.into()], false))
}
