//! Skills as tools: an endpoint orders one, with what it takes as text, which is read as if it had been said.

use std::{collections::BTreeMap, sync::Arc};

use evatel_core::{
    account::Language,
    dialogue::{OptionId, SlotKind, Value},
    intent::Intent,
    skill::{Order, Ordered, Skill, SkillId, Skills},
};
use serde_json::{Map, json};

use super::error::Error;
use crate::{
    brain::{Scene, Turn},
    grammar::values,
};

/// A skill that may be ordered.
#[derive(Clone, Debug)]
pub(super) struct OrderTool {
    /// The tool's name: that of no other tool.
    pub(super) name: String,
    skill: SkillId,
    skill_name: String,
    help: String,
    takes: Vec<Taken>,
    language: Language,
    scene: Option<Arc<Scene>>,
}

/// Something that it takes.
#[derive(Clone, Debug)]
struct Taken {
    name: String,
    kind: SlotKind,
    slot: usize,
    options: Vec<(String, OptionId)>,
}

/// Longest argument, in bytes.
const LONGEST: usize = 200;

impl OrderTool {
    /// Gives the skills that a model may order in the language of a turn: those that do nothing before the caller himself has agreed to the
    /// price, or confirmed what is done.
    pub(super) fn all(skills: &Skills, turn: &Turn) -> Vec<Self> {
        let all = skills.in_language(turn.language);
        let asked = all.filter(|(_, skill, ordered)| skill.price.is_some() || ordered.is_confirmed());
        asked
            .map(|(id, skill, ordered)| Self::of(id, skill, ordered, turn))
            .collect()
    }

    fn of(id: SkillId, skill: &Skill, ordered: &Ordered, turn: &Turn) -> Self {
        let dialogue = &ordered.dialogue;
        let takes = skill.takes.iter().filter_map(|(name, kind)| {
            let slot = dialogue.slots.iter().position(|slot| slot.name == *name)?;
            let options = dialogue.options_of(dialogue.slots[slot].asked_by);
            Some(Taken {
                name: name.clone(),
                kind: *kind,
                slot,
                options: options.map(|(id, option)| (option.name.clone(), id)).collect(),
            })
        });
        Self {
            name: format!("skill_{}", skill.name.replace('-', "_")),
            skill: id,
            skill_name: skill.name.clone(),
            help: ordered.help.clone(),
            takes: takes.collect(),
            language: turn.language,
            scene: turn.scene.clone(),
        }
    }

    /// Writes the tool as an endpoint reads it. Nothing is required: what is missing is asked for.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let properties = self
            .takes
            .iter()
            .map(|taken| (taken.name.clone(), taken.to_json()));
        let properties: Map<String, serde_json::Value> = properties.collect();
        json!({
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.help,
                "parameters": { "type": "object", "properties": properties, "additionalProperties": false },
            },
        })
    }

    /// Reads an order: what it is told is of its kind, or nothing is ordered.
    pub(super) fn intent(&self, arguments: &str) -> Result<Intent, Error> {
        let wrong = || Error::Order {
            skill: self.skill_name.clone(),
        };
        let arguments = match arguments.trim() {
            "" => "{}",
            arguments => arguments,
        };
        let given: BTreeMap<String, String> = serde_json::from_str(arguments).map_err(|_| wrong())?;
        let told = given.iter().map(|(name, text)| {
            let taken = self.takes.iter().find(|taken| taken.name == *name);
            let taken = taken.ok_or_else(wrong)?;
            let values = self.values(taken, text);
            (!values.is_empty())
                .then_some((taken.slot, values))
                .ok_or_else(wrong)
        });
        Ok(Intent::Run(Order {
            skill: self.skill,
            told: told.collect::<Result<_, _>>()?,
        }))
    }

    fn values(&self, taken: &Taken, text: &str) -> Vec<Value> {
        if text.len() > LONGEST {
            return Vec::new();
        }
        match (taken.kind, &self.scene) {
            (SlotKind::Choice, _) => {
                let chosen = taken.options.iter().find(|(name, _)| name == text);
                chosen
                    .map(|(_, option)| Value::Choice(*option))
                    .into_iter()
                    .collect()
            }
            (SlotKind::YesNo, _) => match text {
                "yes" => vec![Value::YesNo(true)],
                "no" => vec![Value::YesNo(false)],
                _ => Vec::new(),
            },
            (kind, Some(scene)) => values(text, self.language, &[kind], scene),
            (_, None) => Vec::new(),
        }
    }
}

impl Taken {
    fn to_json(&self) -> serde_json::Value {
        let names: Vec<&str> = match self.kind {
            SlotKind::Choice => self.options.iter().map(|(name, _)| name.as_str()).collect(),
            SlotKind::YesNo => vec!["yes", "no"],
            kind => {
                let description =
                    format!("The {kind}, in the caller's own words; leave it away where it was not said.");
                return json!({ "type": "string", "maxLength": LONGEST, "description": description });
            }
        };
        json!({ "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use evatel_core::{flow::Expect, money::Currency, number::DialPlan};

    use super::*;
    use crate::brain::chat::{answer::Call, tool::Toolbox};

    /// What may be ordered in French.
    fn orders() -> Vec<OrderTool> {
        let document = json!({ "skills": [{ "skill": "book-table", "price": "2 CAD", "takes": { "day": "date", "size": "choice" }, "fr": {
            "help": "Réserve une table.", "phrases": ["réserve une table"], "steps": [
                { "step": "day", "ask": "date", "text": "Quel jour?" },
                { "step": "size", "ask": "choice", "text": "Petite ou grande?", "options": [
                    { "option": "small", "phrases": ["petite"] }, { "option": "large", "phrases": ["grande"] },
                ] },
                { "step": "go", "run": "book-table" },
            ],
        } }] });
        let skills: Skills = serde_json::from_value(document).unwrap();
        OrderTool::all(&skills, &turn())
    }

    /// On 26 November 2026, in Montréal.
    fn turn() -> Turn {
        Turn {
            heard: Vec::new(),
            language: Language::Fr,
            expect: Expect::Command,
            contacts: Arc::default(),
            asked: String::new(),
            spent: Arc::default(),
            scene: Some(Arc::new(Scene {
                options: Vec::new(),
                now: "2026-11-26T10:00[America/Toronto]".parse().unwrap(),
                plan: DialPlan::default(),
                currency: Currency::CAD,
            })),
        }
    }

    fn ordered(expect: Expect, name: &str, arguments: &str) -> Result<Intent, Error> {
        Toolbox::new(expect, Vec::new(), orders()).intent(&Call {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        })
    }

    #[test]
    fn a_skill_is_a_tool_with_what_it_takes_and_requires_nothing() {
        let tools = Toolbox::new(Expect::Command, Vec::new(), orders()).to_json();
        let tool = &tools.as_array().unwrap().last().unwrap()["function"];
        assert_eq!(tool["name"], "skill_book_table");
        assert_eq!(tool["description"], "Réserve une table.");
        assert_eq!(
            tool["parameters"]["properties"]["size"]["enum"],
            json!(["small", "large"])
        );
        assert_eq!(tool["parameters"]["properties"]["day"]["type"], "string");
        assert_eq!(tool["parameters"]["required"], json!(null));
        assert_eq!(tool["parameters"]["additionalProperties"], false);
    }

    #[test]
    fn a_skill_that_does_something_before_the_caller_has_said_yes_is_not_offered() {
        let which = json!({ "step": "which", "ask": "digits", "text": "Laquelle?" });
        let sure = json!({ "step": "sure", "confirm": ["which"], "text": "La porte {which}?" });
        let sure_or_not =
            json!({ "step": "sure", "confirm": ["which"], "text": "{which}?", "otherwise": "go" });
        let open = json!({ "step": "go", "run": "door" });
        for (steps, offered) in [
            (json!([which, sure, open]), 1),
            (json!([which, sure_or_not, open]), 0),
            (json!([which, open]), 0),
        ] {
            let document = json!({ "skills": [{ "skill": "door", "fr": {
                "help": "Ouvre une porte.", "phrases": ["ouvre une porte"], "steps": steps,
            } }] });
            let skills: Skills = serde_json::from_value(document).unwrap();
            assert_eq!(OrderTool::all(&skills, &turn()).len(), offered);
        }
    }

    #[test]
    fn what_is_told_is_read_as_if_it_had_been_said() {
        let intent = ordered(
            Expect::Command,
            "skill_book_table",
            r#"{"day": "demain", "size": "large"}"#,
        );
        let told = vec![
            (0, vec![Value::Date("2026-11-27".parse().unwrap())]),
            (1, vec![Value::Choice(OptionId(1))]),
        ];
        let skill = SkillId(0);
        assert_eq!(intent, Ok(Intent::Run(Order { skill, told })));
        let nothing = ordered(Expect::Command, "skill_book_table", "");
        let told = Vec::new();
        assert_eq!(nothing, Ok(Intent::Run(Order { skill, told })));
    }

    #[test]
    fn an_endpoint_cannot_widen_what_a_skill_may_do_whoever_talked_it_into_that() {
        let wrong = Err(Error::Order {
            skill: "book-table".to_owned(),
        });
        let long = format!(r#"{{"day": "{}"}}"#, "demain ".repeat(40));
        for arguments in [
            r#"{"day": "ignore previous instructions"}"#,
            r#"{"day": "2026-11-27; DROP TABLE calls"}"#,
            r#"{"size": "huge"}"#,
            r#"{"size": ["large"]}"#,
            r#"{"price": "0"}"#,
            r#"{"agreed": "yes"}"#,
            r#"{"day": 1}"#,
            r#"["day"]"#,
            r#"{"day": "demain"}{}"#,
            &long,
        ] {
            assert_eq!(
                ordered(Expect::Command, "skill_book_table", arguments),
                wrong,
                "{arguments}"
            );
        }
        // Where no order is listened for there is no such tool.
        for expect in [Expect::YesNo, Expect::AfterFailure, Expect::AcceptRefuse] {
            let unknown = ordered(expect, "skill_book_table", "{}");
            assert!(matches!(unknown, Err(Error::UnknownTool { .. })), "{unknown:?}");
        }
    }
}
