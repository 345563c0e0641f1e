//! What a skill does: its price is agreed to, it is done, and the caller hears what came of it.

use super::{About, Asking, Conversation, Filled, Standing, State, leave, turn::Reply};
use crate::{
    dialogue::{Bit, Does, Next, OptionId, USUAL_TRIES, Value},
    flow::{
        action::{Action, ActionId, Fact, Party, Piece},
        desk::{Desk, Event},
        input::Input,
        prompt::Prompt,
    },
    intent::Intent,
    money::Money,
    skill::{Argument, Errand, Outcome, Saying},
};

/// What was told of a step before it asked.
pub(super) enum Told {
    /// The answer: it goes on there.
    Clearly(Next),
    /// One of these.
    Either(Vec<Value>),
    Nothing,
}

impl Conversation {
    /// Takes what was told with the order as the answer of the step that asks for it.
    pub(super) fn told_before(&mut self, step: usize) -> Told {
        let dialogue = self.dialogue.clone();
        let Does::Ask(ask) = &dialogue.steps[step].does else {
            return Told::Nothing;
        };
        let kind = dialogue.slots[ask.slot].kind;
        let mut values = self.told.remove(&ask.slot).unwrap_or_default();
        let is_of_step = |value: &Value| match value {
            Value::Choice(OptionId(id)) => {
                let option = dialogue.options.get(usize::from(*id));
                option.is_some_and(|option| option.step == step)
            }
            _ => true,
        };
        values.retain(|value| value.kind() == kind && ask.takes(value) && is_of_step(value));
        match values.len() {
            0 => Told::Nothing,
            1 => {
                let value = values.remove(0);
                let chosen = match &value {
                    Value::Choice(OptionId(id)) => dialogue.options.get(usize::from(*id)),
                    _ => None,
                };
                let then = chosen.and_then(|option| option.then);
                self.filled[ask.slot] = Some(Filled::Value(value));
                Told::Clearly(then.unwrap_or(dialogue.steps[step].then))
            }
            _ => Told::Either(values),
        }
    }

    /// Comes to a step that runs a skill: it is done at once where it costs nothing.
    pub(super) fn errand(&mut self, step: usize, first: Vec<Piece>, desk: &mut Desk) -> State {
        match (self.price(step), &self.standing) {
            (None, _) => self.run(step, None, first, desk),
            (Some(price), Standing::Owner(_)) => self.ask(step, 0, About::Price(price), first, desk),
            // Whoever calls a number spends nobody's money.
            (Some(_), Standing::Number) => {
                self.not_done(step, first, Some(Prompt::SkillRefused.into()), desk)
            }
        }
    }

    fn price(&self, step: usize) -> Option<Money> {
        let Does::Run { skill, .. } = &self.dialogue.steps[step].does else {
            return None;
        };
        self.setting.skills.named(skill)?.price
    }

    /// Takes an answer to whether something is worth its price.
    pub(super) fn agreed(&mut self, reply: Reply, price: Money, asking: &Asking, desk: &mut Desk) -> State {
        let step = asking.step;
        let again = About::Price(price);
        let because = match reply {
            Reply::Meant(Intent::Yes) | Reply::Key('1') => {
                desk.act(Action::Note(Fact::Agreed(price)));
                return self.run(step, Some(price), Vec::new(), desk);
            }
            Reply::Meant(Intent::No | Intent::Back) | Reply::Key('2' | '*') => {
                return self.not_done(step, Vec::new(), None, desk);
            }
            Reply::Meant(Intent::End) => return leave(Vec::new(), desk),
            Reply::Meant(Intent::Slower) => {
                let party = Party::Caller;
                desk.act(Action::SpeakSlower { party });
                return self.ask(step, asking.failed, again, Vec::new(), desk);
            }
            Reply::Meant(Intent::Help | Intent::Repeat) | Reply::Key('#') => {
                return self.ask(step, asking.failed, again, Vec::new(), desk);
            }
            Reply::Nothing => Prompt::NothingHeard,
            _ => Prompt::NotUnderstood,
        };
        match asking.failed + 1 {
            failed if failed >= USUAL_TRIES => self.not_done(step, Vec::new(), None, desk),
            failed => self.ask(step, failed, again, vec![because.into()], desk),
        }
    }

    fn run(&mut self, step: usize, agreed: Option<Money>, first: Vec<Piece>, desk: &mut Desk) -> State {
        let Does::Run { skill, .. } = &self.dialogue.steps[step].does else {
            unreachable!("only a step that runs a skill is run");
        };
        let skill = self.setting.skills.named(skill);
        let errand = skill.and_then(|skill| Errand::new(skill, |name| self.argument(name), agreed).ok());
        let Some(errand) = errand else {
            return self.not_done(step, first, Some(Prompt::SkillFailed.into()), desk);
        };
        if !first.is_empty() {
            desk.say(Party::Caller, first, false);
        }
        let id = desk.new_id();
        desk.act(Action::Run { id, errand });
        State::Running { id, step }
    }

    /// What was answered under a name, as whoever does an errand reads it.
    fn argument(&self, name: &str) -> Option<Argument> {
        let slot = self.dialogue.slots.iter().position(|slot| slot.name == name)?;
        match self.filled[slot].as_ref()? {
            Filled::Value(Value::Choice(OptionId(id))) => {
                let option = self.dialogue.options.get(usize::from(*id))?;
                Some(Argument::Choice(option.name.clone()))
            }
            Filled::Value(value) => Some(Argument::Value(value.clone())),
            Filled::Recording(_) => None,
        }
    }

    /// Waits for what comes of an errand. What is said or keyed meanwhile changes nothing: it is being done.
    pub(super) fn running(&mut self, id: ActionId, step: usize, event: &Event, desk: &mut Desk) -> State {
        match event {
            Event::Happened(Input::Ran { id: ran, outcome }) if *ran == id => {
                self.ran(step, outcome.clone(), desk)
            }
            _ => State::Running { id, step },
        }
    }

    fn ran(&mut self, step: usize, outcome: Outcome, desk: &mut Desk) -> State {
        let said = |saying: Option<Saying>, prompt: Prompt| match saying {
            Some(saying) => Piece::Sentence(vec![Bit::Text(saying.to_string())]),
            None => prompt.into(),
        };
        match outcome {
            Outcome::Done(saying) => {
                let first = vec![said(saying, Prompt::SkillDone)];
                self.enter(self.dialogue.steps[step].then, first, desk)
            }
            Outcome::Failed(_) => self.not_done(step, Vec::new(), Some(Prompt::SkillFailed.into()), desk),
            Outcome::Refused(saying) => {
                let because = said(saying, Prompt::SkillRefused);
                self.not_done(step, Vec::new(), Some(because), desk)
            }
        }
    }

    /// Goes on where nothing was done; `first` is said before the reason.
    fn not_done(
        &mut self,
        step: usize,
        mut first: Vec<Piece>,
        because: Option<Piece>,
        desk: &mut Desk,
    ) -> State {
        let Does::Run { otherwise, .. } = &self.dialogue.steps[step].does else {
            unreachable!("only a step that runs a skill is not run");
        };
        let otherwise = *otherwise;
        first.extend(because);
        self.enter(otherwise, first, desk)
    }
}
