//! The document as it is written, and the way from it to a [`Dialogue`].

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Ask, Choice, Dialogue, Does, MOST_OPTIONS, MOST_PHRASES, MOST_SOUNDS, MOST_STEPS, Next, OptionId, Part,
    Question, Slot, SlotKind, Sound, Step, Template, USUAL_TRIES, Value, Whom,
    error::{Fault, Malformed},
};
use crate::account::Language;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DialogueForm {
    pub(crate) language: Language,
    #[serde(default)]
    pub(crate) operator: Option<String>,
    pub(crate) steps: Vec<StepForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct StepForm {
    step: String,
    say: Option<String>,
    play: Option<String>,
    ask: Option<SlotKind>,
    confirm: Option<Vec<String>>,
    branch: Option<String>,
    call: Option<String>,
    note: Option<String>,
    run: Option<String>,
    text: Option<String>,
    help: Option<String>,
    slot: Option<String>,
    digits: Option<u8>,
    options: Option<Vec<OptionForm>>,
    when: Option<BTreeMap<String, String>>,
    tries: Option<u8>,
    interruptible: Option<bool>,
    otherwise: Option<String>,
    then: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OptionForm {
    option: String,
    phrases: Vec<String>,
    key: Option<String>,
    then: Option<String>,
}

impl TryFrom<DialogueForm> for Dialogue {
    type Error = Malformed;

    fn try_from(form: DialogueForm) -> Result<Self, Malformed> {
        let whole = |fault| Malformed { step: None, fault };
        if form.steps.is_empty() {
            return Err(whole(Fault::NoSteps));
        }
        if form.steps.len() > MOST_STEPS {
            let (what, most) = ("steps", MOST_STEPS);
            return Err(whole(Fault::Many { what, most }));
        }
        let operator = form.operator.as_deref().map(whom).transpose().map_err(whole)?;
        let mut frame = Frame {
            names: Vec::new(),
            slots: Vec::new(),
            options: Vec::new(),
            sounds: Vec::new(),
            has_operator: operator.is_some(),
        };
        for step in &form.steps {
            let at = |fault| Malformed {
                step: Some(step.step.clone()),
                fault,
            };
            frame.learn(step).map_err(at)?;
        }
        for (index, step) in form.steps.iter().enumerate() {
            for option in step.options.iter().flatten() {
                frame.option(index, option.clone()).map_err(|fault| Malformed {
                    step: Some(step.step.clone()),
                    fault,
                })?;
            }
        }
        let mut steps = Vec::new();
        for (index, step) in form.steps.into_iter().enumerate() {
            let name = step.step.clone();
            steps.push(frame.step(index, step).map_err(|fault| Malformed {
                step: Some(name),
                fault,
            })?);
        }
        Ok(Self {
            language: form.language,
            operator,
            steps,
            slots: frame.slots,
            options: frame.options,
            sounds: frame.sounds,
        })
    }
}

/// What the steps refer to.
struct Frame {
    names: Vec<String>,
    slots: Vec<Slot>,
    options: Vec<Choice>,
    sounds: Vec<Sound>,
    has_operator: bool,
}

impl Frame {
    /// Takes up the names of a step, before any step is read.
    fn learn(&mut self, form: &StepForm) -> Result<(), Fault> {
        named(&form.step)?;
        if self.names.contains(&form.step) {
            let (what, name) = ("step", form.step.clone());
            return Err(Fault::Twice { what, name });
        }
        if let Some(kind) = form.ask {
            let name = form.slot.clone().unwrap_or_else(|| form.step.clone());
            named(&name)?;
            if self.slots.iter().any(|slot| slot.name == name) {
                return Err(Fault::Twice { what: "answer", name });
            }
            self.slots.push(Slot {
                name,
                kind,
                asked_by: self.names.len(),
            });
        }
        if let Some(name) = &form.play
            && !self.sounds.iter().any(|sound| sound.name() == name)
        {
            if self.sounds.len() >= MOST_SOUNDS {
                let (what, most) = ("sound files", MOST_SOUNDS);
                return Err(Fault::Many { what, most });
            }
            self.sounds.push(Sound::named(name)?);
        }
        self.names.push(form.step.clone());
        Ok(())
    }

    fn step(&self, index: usize, form: StepForm) -> Result<Step, Fault> {
        let verbs = [
            ("say", form.say.is_some()),
            ("play", form.play.is_some()),
            ("ask", form.ask.is_some()),
            ("confirm", form.confirm.is_some()),
            ("branch", form.branch.is_some()),
            ("call", form.call.is_some()),
            ("note", form.note.is_some()),
            ("run", form.run.is_some()),
        ];
        let mut there = verbs.iter().filter(|(_, there)| *there);
        let (Some((verb, _)), 0) = (there.next(), there.count()) else {
            let count = verbs.iter().filter(|(_, there)| *there).count();
            return Err(Fault::Verbs { count });
        };
        self.check(verb, &form)?;
        let then = match &form.then {
            Some(name) => self.next(name)?,
            None if index + 1 < self.names.len() => Next::Step(index + 1),
            None => Next::End,
        };
        let otherwise = match &form.otherwise {
            Some(name) => self.next(name)?,
            None if matches!(*verb, "branch" | "call" | "run") => then,
            None if self.has_operator => Next::Operator,
            None => Next::End,
        };
        let name = form.step.clone();
        let does = match *verb {
            "say" => Does::Say {
                text: self.text(form.say.as_deref())?,
                interruptible: form.interruptible.unwrap_or(true),
            },
            "play" => Does::Play {
                sound: self
                    .sounds
                    .iter()
                    .position(|sound| Some(sound.name()) == form.play.as_deref())
                    .expect("each file was taken up"),
                interruptible: form.interruptible.unwrap_or(true),
            },
            "note" => Does::Note(self.written(form.note.as_deref())?),
            "call" => Does::Call {
                whom: whom(form.call.as_deref().unwrap_or_default())?,
                text: self.text(form.text.as_deref())?,
                otherwise,
            },
            "branch" => self.branch(&form, otherwise)?,
            "run" => Does::Run {
                skill: form.run.unwrap_or_default(),
                otherwise,
            },
            "confirm" => Does::Confirm {
                slots: self.confirmed(form.confirm.as_deref().unwrap_or_default())?,
                question: self.question(&form, otherwise)?,
            },
            _ => {
                let question = self.question(&form, otherwise)?;
                let slot = self.slots.iter().position(|slot| slot.asked_by == index);
                let slot = slot.expect("each step that asks was taken up");
                Does::Ask(Ask {
                    slot,
                    digits: form.digits,
                    question,
                })
            }
        };
        Ok(Step { name, does, then })
    }

    /// Refuses what such a step has no use for, or lacks.
    fn check(&self, verb: &'static str, form: &StepForm) -> Result<(), Fault> {
        let asks = matches!(verb, "ask" | "confirm");
        let is_choice = form.ask == Some(SlotKind::Choice);
        for (field, there, useful) in [
            ("text", form.text.is_some(), asks || verb == "call"),
            ("help", form.help.is_some(), asks),
            ("tries", form.tries.is_some(), asks),
            (
                "interruptible",
                form.interruptible.is_some(),
                asks || matches!(verb, "say" | "play"),
            ),
            ("slot", form.slot.is_some(), verb == "ask"),
            (
                "digits",
                form.digits.is_some(),
                form.ask == Some(SlotKind::Digits),
            ),
            ("options", form.options.is_some(), is_choice),
            ("when", form.when.is_some(), verb == "branch"),
            (
                "otherwise",
                form.otherwise.is_some(),
                asks || matches!(verb, "branch" | "call" | "run"),
            ),
        ] {
            if there && !useful {
                return Err(Fault::Useless { field, verb });
            }
        }
        for (field, there, needed) in [
            ("text", form.text.is_some(), asks),
            (
                "options",
                form.options.as_ref().is_some_and(|options| !options.is_empty()),
                is_choice,
            ),
            ("when", form.when.is_some(), verb == "branch"),
        ] {
            if needed && !there {
                return Err(Fault::Needs { field, verb });
            }
        }
        if form.digits.is_some_and(|digits| !(1..=20).contains(&digits)) {
            return Err(Fault::Range {
                field: "digits",
                least: 1,
                most: 20,
            });
        }
        if form.tries.is_some_and(|tries| !(1..=5).contains(&tries)) {
            return Err(Fault::Range {
                field: "tries",
                least: 1,
                most: 5,
            });
        }
        Ok(())
    }

    fn question(&self, form: &StepForm, otherwise: Next) -> Result<Question, Fault> {
        Ok(Question {
            text: self.text(form.text.as_deref())?,
            help: self.text(form.help.as_deref())?,
            tries: form.tries.unwrap_or(USUAL_TRIES),
            otherwise,
            interruptible: form.interruptible.unwrap_or(true),
        })
    }

    fn option(&mut self, step: usize, form: OptionForm) -> Result<(), Fault> {
        named(&form.option)?;
        let of_step: Vec<&Choice> = self.options.iter().filter(|known| known.step == step).collect();
        if of_step.iter().any(|known| known.name == form.option) {
            let (what, name) = ("option", form.option);
            return Err(Fault::Twice { what, name });
        }
        if self.options.len() >= MOST_OPTIONS {
            let (what, most) = ("options", MOST_OPTIONS);
            return Err(Fault::Many { what, most });
        }
        if form.phrases.is_empty() {
            let (field, verb) = ("phrases", "option");
            return Err(Fault::Needs { field, verb });
        }
        if form.phrases.len() > MOST_PHRASES {
            let (what, most) = ("phrases of an option", MOST_PHRASES);
            return Err(Fault::Many { what, most });
        }
        let written = form.key.unwrap_or_else(|| (of_step.len() + 1).to_string());
        let key = match written.parse::<char>() {
            Ok(key @ '1'..='9') if of_step.iter().all(|known| known.key != key) => key,
            _ => return Err(Fault::Key { key: written }),
        };
        let then = form.then.as_deref().map(|name| self.next(name)).transpose()?;
        self.options.push(Choice {
            name: form.option,
            step,
            phrases: form.phrases,
            key,
            then,
        });
        Ok(())
    }

    fn branch(&self, form: &StepForm, otherwise: Next) -> Result<Does, Fault> {
        let slot = self.slot(form.branch.as_deref().unwrap_or_default())?;
        let mut when = Vec::new();
        for (answer, next) in form.when.iter().flatten() {
            when.push((self.answer(slot, answer)?, self.next(next)?));
        }
        Ok(Does::Branch {
            slot,
            when,
            otherwise,
        })
    }

    /// An answer to branch by.
    fn answer(&self, slot: usize, answer: &str) -> Result<Value, Fault> {
        let Slot { name, kind, asked_by } = &self.slots[slot];
        let none = |known: String| Fault::NoAnswer {
            answer: answer.to_owned(),
            slot: name.clone(),
            known,
        };
        match kind {
            SlotKind::YesNo => match answer {
                "yes" => Ok(Value::YesNo(true)),
                "no" => Ok(Value::YesNo(false)),
                _ => Err(none("`yes`, `no`".to_owned())),
            },
            SlotKind::Choice => {
                let found = self
                    .options
                    .iter()
                    .position(|option| option.step == *asked_by && option.name == answer);
                let options = self.options.iter().filter(|option| option.step == *asked_by);
                let known: Vec<String> = options.map(|option| format!("`{}`", option.name)).collect();
                let found = found.ok_or_else(|| none(known.join(", ")))?;
                let id = u16::try_from(found).expect("there are few options");
                Ok(Value::Choice(OptionId(id)))
            }
            _ => Err(Fault::NoBranch { slot: name.clone() }),
        }
    }

    fn confirmed(&self, names: &[String]) -> Result<Vec<usize>, Fault> {
        if names.is_empty() {
            let (field, verb) = ("an answer", "confirm");
            return Err(Fault::Needs { field, verb });
        }
        let mut slots: Vec<usize> = Vec::new();
        for name in names {
            let slot = self.slot(name)?;
            let kind = self.slots[slot].kind;
            if kind.is_recorded() {
                let (name, verb) = (name.clone(), "corrected in words: ask for it again");
                return Err(Fault::Recording { name, verb });
            }
            let same = |other: &&usize| self.slots[**other].kind == kind && kind != SlotKind::Choice;
            if let Some(other) = slots.iter().find(same) {
                let (one, other) = (self.slots[*other].name.clone(), name.clone());
                return Err(Fault::SameKind { one, other });
            }
            slots.push(slot);
        }
        Ok(slots)
    }

    fn slot(&self, name: &str) -> Result<usize, Fault> {
        let found = self.slots.iter().position(|slot| slot.name == name);
        found.ok_or_else(|| Fault::NoSlot {
            name: name.to_owned(),
        })
    }

    /// A text that is said.
    fn text(&self, text: Option<&str>) -> Result<Template, Fault> {
        let text = Template::parse(text.unwrap_or_default(), |name| self.slot(name))?;
        let recorded = text.parts.iter().find_map(|part| match part {
            Part::Slot(slot) if text.is_marked => {
                Some(&self.slots[*slot]).filter(|slot| slot.kind.is_recorded())
            }
            _ => None,
        });
        match recorded {
            Some(slot) => Err(Fault::Marks {
                name: slot.name.clone(),
            }),
            None => Ok(text),
        }
    }

    /// A text that is only read.
    fn written(&self, text: Option<&str>) -> Result<Template, Fault> {
        let text = Template::parse(text.unwrap_or_default(), |name| self.slot(name))?;
        Ok(Template {
            is_marked: false,
            ..text
        })
    }

    fn next(&self, name: &str) -> Result<Next, Fault> {
        match name {
            "end" => Ok(Next::End),
            "operator" if self.has_operator => Ok(Next::Operator),
            "operator" => Err(Fault::NoOperator),
            _ => {
                let found = self.names.iter().position(|known| known == name);
                found.map(Next::Step).ok_or_else(|| Fault::NoStep {
                    name: name.to_owned(),
                })
            }
        }
    }
}

fn whom(text: &str) -> Result<Whom, Fault> {
    match text {
        "owner" => Ok(Whom::Owner),
        number => number.parse().map(Whom::Number).map_err(Fault::Number),
    }
}

fn named(name: &str) -> Result<(), Fault> {
    if is_name(name) && !matches!(name, "end" | "operator") {
        return Ok(());
    }
    let name = name.chars().take(40).collect();
    Err(Fault::Name { name })
}

/// Says whether something may have this name: 1 to 40 of `a-z`, `0-9` and `-`.
pub(crate) fn is_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (1..=40).contains(&name.len()) && name.chars().all(is_letter)
}
