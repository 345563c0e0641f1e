//! The document as it is written, and the way from it to [`Skills`].

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{
    MOST_PHRASES, MOST_SKILLS, MOST_TAKEN, Ordered, Skill, Skills,
    error::{Fault, Malformed},
};
use crate::{
    account::Language,
    dialogue::{Dialogue, DialogueForm, Does, SlotKind, StepForm, is_name},
    money::{Currency, Money},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillsForm {
    skills: Vec<SkillForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkillForm {
    skill: String,
    price: Option<String>,
    #[serde(default)]
    takes: BTreeMap<String, SlotKind>,
    en: Option<OrderedForm>,
    fr: Option<OrderedForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderedForm {
    #[serde(default)]
    help: String,
    #[serde(default)]
    phrases: Vec<String>,
    operator: Option<String>,
    #[serde(default)]
    steps: Vec<StepForm>,
}

impl TryFrom<SkillsForm> for Skills {
    type Error = Malformed;

    fn try_from(form: SkillsForm) -> Result<Self, Malformed> {
        if form.skills.len() > MOST_SKILLS {
            let (what, most) = ("skills", MOST_SKILLS);
            let fault = Fault::Many { what, most };
            return Err(Malformed { skill: None, fault });
        }
        let mut skills: Vec<Skill> = Vec::new();
        for form in form.skills {
            let name = form.skill.clone();
            let at = |fault| Malformed {
                skill: Some(name.clone()),
                fault,
            };
            if skills.iter().any(|skill| skill.name == name) {
                let name = name.clone();
                return Err(at(Fault::Twice { name }));
            }
            skills.push(form.skill().map_err(at)?);
        }
        Ok(Self(skills))
    }
}

impl SkillForm {
    fn skill(self) -> Result<Skill, Fault> {
        if !is_name(&self.skill) {
            let name = self.skill.chars().take(40).collect();
            return Err(Fault::Name { name });
        }
        let price = self.price.map(|price| price.parse::<Money>());
        let price = price.transpose().map_err(Fault::Price)?;
        if price.is_some_and(|price| price.is_zero() || price.is_negative()) {
            return Err(Fault::NoPrice);
        }
        let is_said = |price: Money| price.currency() == Currency::CAD && price.payable() == Ok(price);
        if let Some(price) = price.filter(|price| !is_said(*price)) {
            return Err(Fault::Unsaid { price });
        }
        if self.takes.len() > MOST_TAKEN {
            let (what, most) = ("answers that it takes", MOST_TAKEN);
            return Err(Fault::Many { what, most });
        }
        if let Some((name, kind)) = self.takes.iter().find(|(_, kind)| kind.is_recorded()) {
            let (name, kind) = (name.clone(), *kind);
            return Err(Fault::Recording { name, kind });
        }
        let mut skill = Skill {
            name: self.skill,
            price,
            takes: self.takes.into_iter().collect(),
            orders: Vec::new(),
        };
        let written = [(Language::En, self.en), (Language::Fr, self.fr)];
        for (language, form) in written {
            if let Some(form) = form {
                let ordered = form.ordered(language, &skill)?;
                skill.orders.push(ordered);
            }
        }
        match skill.orders.is_empty() {
            true => Err(Fault::NoLanguage),
            false => Ok(skill),
        }
    }
}

impl OrderedForm {
    fn ordered(self, language: Language, skill: &Skill) -> Result<Ordered, Fault> {
        let in_language = language.word();
        let needed = [
            ("help", self.help.trim().is_empty()),
            ("phrases", self.phrases.is_empty()),
            ("steps", self.steps.is_empty()),
        ];
        if let Some((field, _)) = needed.iter().find(|(_, lacks)| *lacks) {
            let language = in_language;
            return Err(Fault::Needs { language, field });
        }
        if self.phrases.len() > MOST_PHRASES {
            let (what, most) = ("phrases", MOST_PHRASES);
            return Err(Fault::Many { what, most });
        }
        if self.phrases[0].contains(['(', '[', '{', '|']) {
            return Err(Fault::FirstPhrase {
                language: in_language,
                example: match language {
                    Language::En => "book a table",
                    Language::Fr => "réserve une table",
                },
            });
        }
        let form = DialogueForm {
            language,
            operator: self.operator,
            steps: self.steps,
        };
        let dialogue = Dialogue::try_from(form).map_err(|fault| Fault::Steps {
            language: in_language,
            fault,
        })?;
        if let Some((name, kind)) = skill.lacks(&dialogue.slots) {
            return Err(Fault::NotAsked {
                language: in_language,
                name: name.to_owned(),
                kind,
            });
        }
        let mut runs = dialogue.steps.iter().filter_map(|step| match &step.does {
            Does::Run { skill, .. } => Some(skill),
            _ => None,
        });
        let leads_to_itself = runs.next() == Some(&skill.name) && runs.all(|other| *other == skill.name);
        if !leads_to_itself {
            return Err(Fault::Runs {
                language: in_language,
                name: skill.name.clone(),
            });
        }
        Ok(Ordered {
            help: self.help.trim().to_owned(),
            phrases: self.phrases,
            dialogue: Arc::new(dialogue),
        })
    }
}
