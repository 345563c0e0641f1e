//! What an assistant does beside calling somebody: skills of an integrator's, as data.
//!
//! [`Skills`] are read from a document (`docs/skills.md`): each has a name, the answers that it takes, by kind, a price where it costs
//! something, and, in either language or both, how it is ordered and the steps that lead to it, which are those of a
//! [`crate::dialogue`]. Nothing here does anything: [`crate::flow::Flow`] gives an [`Errand`] to whoever runs the call once all that it
//! takes is known, is of its kind, and its price was agreed to.

mod errand;
mod error;
mod form;

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;

pub use errand::{Argument, Errand, InvalidSaying, Outcome, Saying, Unfit};
pub use error::{Fault, Malformed};

use crate::{
    account::Language,
    dialogue::{self, Dialogue, Does, Next, Slot, SlotKind, Value},
    money::Money,
};

/// All that an assistant can be ordered to do; nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "form::SkillsForm")]
pub struct Skills(Vec<Skill>);

/// Which of the skills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkillId(pub u16);

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its name: 1 to 40 of `a-z`, `0-9` and `-`.
    pub name: String,
    /// What it costs whoever orders it; more than nothing. It is said and agreed to before anything is done.
    pub price: Option<Money>,
    /// What it takes, by name, in the order of the names; none is recorded.
    pub takes: Vec<(String, SlotKind)>,
    /// How it is ordered in each language; in one at least.
    orders: Vec<Ordered>,
}

/// How a skill is ordered in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// What it is good for, as a caller who asks for help hears it and a language model reads it.
    pub help: String,
    /// What is said to order it: phrases as in a file of them, with `{name}` of an answer in at most one place. The first is the one that we say: it has
    /// no brackets.
    pub phrases: Vec<String>,
    /// The steps from the order to what is done; the answers that were in the order are not asked for again.
    pub dialogue: Arc<Dialogue>,
}

/// Somebody wants a skill to do what it can.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Order {
    /// Which.
    pub skill: SkillId,
    /// What was said with it, by the slot of its dialogue in the language of the call: what it may be, the likelier first.
    pub told: Vec<(usize, Vec<Value>)>,
}

impl Skills {
    /// Says whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives one.
    #[must_use]
    pub fn get(&self, skill: SkillId) -> Option<&Skill> {
        self.0.get(usize::from(skill.0))
    }

    /// Gives the one of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Skill> {
        self.0.iter().find(|skill| skill.name == name)
    }

    /// Gives those that can be ordered in a language, in the order of the document.
    pub fn in_language(&self, language: Language) -> impl Iterator<Item = (SkillId, &Skill, &Ordered)> {
        let all = (0..).map(SkillId).zip(&self.0);
        all.filter_map(move |(id, skill)| Some((id, skill, skill.ordered(language)?)))
    }

    /// Gives all their dialogues.
    pub fn dialogues(&self) -> impl Iterator<Item = &Arc<Dialogue>> {
        let orders = self.0.iter().flat_map(|skill| &skill.orders);
        orders.map(|ordered| &ordered.dialogue)
    }

    /// Gives all their dialogues, to have their sound files read.
    pub fn dialogues_mut(&mut self) -> impl Iterator<Item = (&str, &mut Dialogue)> {
        self.0.iter_mut().flat_map(|skill| {
            let name = skill.name.as_str();
            let orders = skill.orders.iter_mut();
            orders.map(move |ordered| (name, Arc::make_mut(&mut ordered.dialogue)))
        })
    }

    /// Checks that each skill that a number's dialogue runs is there, is given what it takes, and costs nothing: whoever calls a number
    /// cannot agree to a price that somebody else pays.
    ///
    /// # Errors
    /// With the step that runs what cannot be run.
    pub fn check(&self, dialogue: &Dialogue) -> Result<(), dialogue::Malformed> {
        for step in &dialogue.steps {
            let Does::Run { skill: name, .. } = &step.does else {
                continue;
            };
            let at = |fault| dialogue::Malformed {
                step: Some(step.name.clone()),
                fault,
            };
            let Some(skill) = self.named(name) else {
                let name = name.clone();
                return Err(at(dialogue::Fault::NoSkill { name }));
            };
            if skill.price.is_some() {
                let name = name.clone();
                return Err(at(dialogue::Fault::Priced { name }));
            }
            if let Some((answer, kind)) = skill.lacks(&dialogue.slots) {
                let (skill, answer) = (name.clone(), answer.to_owned());
                return Err(at(dialogue::Fault::Takes { skill, answer, kind }));
            }
        }
        Ok(())
    }
}

impl Ordered {
    /// Says whether nothing is done before the caller has confirmed something: no way through the steps runs the skill without.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        let steps = &self.dialogue.steps;
        let (mut next, mut seen) = (vec![Next::Step(0)], HashSet::new());
        while let Some(at) = next.pop() {
            let Next::Step(index) = at else {
                continue;
            };
            if !seen.insert(index) {
                continue;
            }
            let then = steps[index].then;
            match &steps[index].does {
                Does::Run { .. } => return false,
                // Only a yes goes on with what comes then.
                Does::Confirm { question, .. } => next.push(question.otherwise),
                Does::Ask(ask) => {
                    next.extend([then, ask.question.otherwise]);
                    let options = self.dialogue.options_of(index);
                    next.extend(options.filter_map(|(_, option)| option.then));
                }
                Does::Branch { when, otherwise, .. } => {
                    next.extend(when.iter().map(|(_, next)| *next));
                    next.push(*otherwise);
                }
                Does::Call { otherwise, .. } => next.extend([then, *otherwise]),
                Does::Note(_) | Does::Play { .. } | Does::Say { .. } => next.push(then),
            }
        }
        true
    }
}

impl Skill {
    /// How it is ordered in a language, where it can be.
    #[must_use]
    pub fn ordered(&self, language: Language) -> Option<&Ordered> {
        self.orders
            .iter()
            .find(|ordered| ordered.dialogue.language == language)
    }

    /// The first of what it takes that is none of these answers.
    fn lacks(&self, slots: &[Slot]) -> Option<(&str, SlotKind)> {
        let is_there = |(name, kind): &&(String, SlotKind)| {
            let mut there = slots.iter();
            there.any(|slot| slot.name == *name && slot.kind == *kind)
        };
        let lacking = self.takes.iter().find(|taken| !is_there(taken));
        lacking.map(|(name, kind)| (name.as_str(), *kind))
    }
}

/// Largest document, in bytes.
pub const LARGEST: usize = 256 * 1024;
/// Most skills.
pub const MOST_SKILLS: usize = 50;
/// Most phrases of a skill in a language.
pub const MOST_PHRASES: usize = 50;
/// Most of what a skill takes.
pub const MOST_TAKEN: usize = 10;

#[cfg(test)]
mod tests;
