//! The keypad's way to a call: always there, whatever the ear does.

use std::time::Instant;

use super::{
    Setting,
    action::{Party, Piece},
    ask::{Ask, Question, Reply},
    collect::{Collect, Keyed},
    desk::{Desk, Event},
    prompt::Prompt,
};
use crate::{contact::Contact, id::ContactId, number::Dialled};

/// What was chosen with keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    /// Back to speaking.
    Back,
    /// A contact, still to be confirmed.
    Contact(ContactId),
    /// Nothing, each time.
    Nothing,
    /// A number, keyed digit by digit.
    Number(Dialled),
}

/// The keypad's menu and what is below it.
#[derive(Debug)]
pub(super) struct Keypad {
    step: Step,
}

#[derive(Debug)]
enum Step {
    Menu(Ask),
    Number(Collect),
    Pick { ask: Ask, contacts: Vec<ContactId> },
    Spell(Collect),
}

impl Keypad {
    /// Begins with the menu; `first` is said before it.
    pub(super) fn menu(first: Vec<Piece>, desk: &mut Desk) -> Self {
        Self {
            step: Step::Menu(Ask::start(
                keys_only(vec![Prompt::KeypadMenu.into()]),
                first,
                desk,
            )),
        }
    }

    /// Begins where a name is spelled.
    pub(super) fn spell(desk: &mut Desk) -> Self {
        Self {
            step: Step::Spell(Collect::start(vec![Prompt::KeypadSpell.into()], desk)),
        }
    }

    /// Begins where a number is keyed.
    pub(super) fn number(desk: &mut Desk) -> Self {
        Self {
            step: Step::Number(Collect::start(vec![Prompt::KeypadNumber.into()], desk)),
        }
    }

    pub(super) fn handle(
        &mut self,
        event: &Event,
        now: Instant,
        setting: &Setting,
        desk: &mut Desk,
    ) -> Option<Chosen> {
        match &mut self.step {
            Step::Menu(ask) => match ask.handle(event, now, desk)? {
                Reply::Key('1') => self.go(Self::spell(desk)),
                Reply::Key('2') => self.go(Self::number(desk)),
                Reply::Key('*') => Some(Chosen::Back),
                Reply::Key('0') => self.go(Self::menu(Vec::new(), desk)),
                Reply::Key(_) => self.go(Self::menu(vec![Prompt::NotUnderstood.into()], desk)),
                Reply::Meant(_) | Reply::Nothing | Reply::Puzzled => Some(Chosen::Nothing),
            },
            Step::Spell(collect) => match collect.handle(event, now, desk)? {
                Keyed::Back | Keyed::Nothing => self.go(Self::menu(Vec::new(), desk)),
                Keyed::Digits(keys) => match setting
                    .directory
                    .contacts_spelled(&setting.user, &keys)
                    .as_slice()
                {
                    [] => self.go(Self::menu(vec![Prompt::KeypadNoMatch.into()], desk)),
                    [only] => Some(Chosen::Contact(only.id.clone())),
                    several => self.go(Self::pick(several, desk)),
                },
            },
            Step::Pick { ask, contacts } => match ask.handle(event, now, desk)? {
                Reply::Key(key @ '1'..='9') if (key as usize - '1' as usize) < contacts.len() => {
                    Some(Chosen::Contact(contacts[key as usize - '1' as usize].clone()))
                }
                Reply::Key('*') => self.go(Self::menu(Vec::new(), desk)),
                Reply::Key('0') => {
                    ask.repeat(Vec::new(), desk);
                    None
                }
                Reply::Key(_) => {
                    ask.repeat(vec![Prompt::NotUnderstood.into()], desk);
                    None
                }
                Reply::Meant(_) | Reply::Nothing | Reply::Puzzled => Some(Chosen::Nothing),
            },
            Step::Number(collect) => match collect.handle(event, now, desk)? {
                Keyed::Back | Keyed::Nothing => self.go(Self::menu(Vec::new(), desk)),
                Keyed::Digits(digits) => match Dialled::parse(&digits) {
                    Ok(dialled) => Some(Chosen::Number(dialled)),
                    Err(_) => self.go(Self::menu(vec![Prompt::KeypadNoNumber.into()], desk)),
                },
            },
        }
    }

    /// Offers the first nine; who has more namesakes spells further.
    fn pick(contacts: &[&Contact], desk: &mut Desk) -> Self {
        let named = ('1'..='9').zip(contacts);
        let pieces = named.clone().map(|(digit, contact)| {
            Piece::Prompt(Prompt::KeypadPick {
                digit,
                name: contact.name.as_str().to_owned(),
            })
        });
        let ask = Ask::start(keys_only(pieces.collect()), Vec::new(), desk);
        Self {
            step: Step::Pick {
                ask,
                contacts: named.map(|(_, contact)| contact.id.clone()).collect(),
            },
        }
    }

    fn go(&mut self, next: Self) -> Option<Chosen> {
        *self = next;
        None
    }
}

fn keys_only(pieces: Vec<Piece>) -> Question {
    Question {
        party: Party::Caller,
        expect: None,
        contacts_of: None,
        pieces,
    }
}
