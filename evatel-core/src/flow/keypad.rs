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
use crate::{contact::Contact, id::ContactId, number::Dialled, skill::SkillId};

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
    /// Something that is done by a skill.
    Skill(SkillId),
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
    Skills { ask: Ask, skills: Vec<SkillId> },
    Spell(Collect),
}

impl Keypad {
    /// Begins with the menu; `first` is said before it.
    pub(super) fn menu(first: Vec<Piece>, setting: &Setting, desk: &mut Desk) -> Self {
        let skills = Self::can_do_more(setting).then_some(Prompt::KeypadSkills);
        let pieces = skills.into_iter().chain([Prompt::KeypadMenu]);
        let question = keys_only(pieces.map(Piece::from).collect());
        Self {
            step: Step::Menu(Ask::start(question, first, desk)),
        }
    }

    /// Says whether there is something to do beside calling somebody.
    pub(super) fn can_do_more(setting: &Setting) -> bool {
        setting.skills.in_language(setting.language).next().is_some()
    }

    /// Begins where something is chosen that is to be done: the first nine.
    pub(super) fn skills(setting: &Setting, desk: &mut Desk) -> Self {
        let named = ('1'..='9').zip(setting.skills.in_language(setting.language));
        let named = named.map(|(digit, (skill, _, ordered))| {
            let name = ordered.phrases[0].clone();
            (skill, Prompt::KeypadPick { digit, name }.into())
        });
        let (skills, pieces) = named.unzip();
        let ask = Ask::start(keys_only(pieces), Vec::new(), desk);
        Self {
            step: Step::Skills { ask, skills },
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
                Reply::Key('3') if Self::can_do_more(setting) => self.go(Self::skills(setting, desk)),
                Reply::Key('*') => Some(Chosen::Back),
                Reply::Key('0') => self.go(Self::menu(Vec::new(), setting, desk)),
                Reply::Key(_) => self.go(Self::menu(vec![Prompt::NotUnderstood.into()], setting, desk)),
                Reply::Meant(_) | Reply::Nothing | Reply::Puzzled => Some(Chosen::Nothing),
            },
            Step::Spell(collect) => match collect.handle(event, now, desk)? {
                Keyed::Back | Keyed::Nothing => self.go(Self::menu(Vec::new(), setting, desk)),
                Keyed::Digits(keys) => match setting
                    .directory
                    .contacts_spelled(&setting.user, &keys)
                    .as_slice()
                {
                    [] => self.go(Self::menu(vec![Prompt::KeypadNoMatch.into()], setting, desk)),
                    [only] => Some(Chosen::Contact(only.id.clone())),
                    several => self.go(Self::pick(several, desk)),
                },
            },
            Step::Pick { ask, contacts } => match picked(ask, event, now, desk)? {
                Picked::Back => self.go(Self::menu(Vec::new(), setting, desk)),
                Picked::Nothing => Some(Chosen::Nothing),
                Picked::One(place) => match contacts.get(place) {
                    Some(contact) => Some(Chosen::Contact(contact.clone())),
                    None => not_offered(ask, desk),
                },
            },
            Step::Skills { ask, skills } => match picked(ask, event, now, desk)? {
                Picked::Back => self.go(Self::menu(Vec::new(), setting, desk)),
                Picked::Nothing => Some(Chosen::Nothing),
                Picked::One(place) => match skills.get(place) {
                    Some(skill) => Some(Chosen::Skill(*skill)),
                    None => not_offered(ask, desk),
                },
            },
            Step::Number(collect) => match collect.handle(event, now, desk)? {
                Keyed::Back | Keyed::Nothing => self.go(Self::menu(Vec::new(), setting, desk)),
                Keyed::Digits(digits) => match Dialled::parse(&digits) {
                    Ok(dialled) => Some(Chosen::Number(dialled)),
                    Err(_) => self.go(Self::menu(vec![Prompt::KeypadNoNumber.into()], setting, desk)),
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

/// What was keyed where one of nine is picked.
enum Picked {
    Back,
    Nothing,
    /// The one at this place, which may not be there.
    One(usize),
}

fn picked(ask: &mut Ask, event: &Event, now: Instant, desk: &mut Desk) -> Option<Picked> {
    match ask.handle(event, now, desk)? {
        Reply::Key(key @ '1'..='9') => Some(Picked::One(key as usize - '1' as usize)),
        Reply::Key('*') => Some(Picked::Back),
        Reply::Key('0') => {
            ask.repeat(Vec::new(), desk);
            None
        }
        Reply::Key(_) => {
            _ = not_offered(ask, desk);
            None
        }
        Reply::Meant(_) | Reply::Nothing | Reply::Puzzled => Some(Picked::Nothing),
    }
}

fn not_offered(ask: &mut Ask, desk: &mut Desk) -> Option<Chosen> {
    ask.repeat(vec![Prompt::NotUnderstood.into()], desk);
    None
}

fn keys_only(pieces: Vec<Piece>) -> Question {
    Question {
        party: Party::Caller,
        expect: None,
        contacts_of: None,
        pieces,
    }
}
