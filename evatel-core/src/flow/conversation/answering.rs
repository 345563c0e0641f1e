//! What the caller answered: a value, a correction, or a wish about the dialogue itself.

use std::time::{Duration, Instant};

use super::{About, Asking, Conversation, Filled, Standing, State, keyed::Pad, leave, turn::Reply};
use crate::{
    dialogue::{Choice, Does, Next, OptionId, Question, SlotKind, Value},
    flow::{
        action::{Action, ActionId, Party},
        desk::Desk,
        prompt::Prompt,
    },
    intent::Intent,
    money::Currency,
};

/// An answer as it was given.
enum Answer {
    Recording(ActionId),
    Values(Vec<Value>),
}

impl Conversation {
    pub(super) fn replied(&mut self, reply: Reply, asking: &Asking, now: Instant, desk: &mut Desk) -> State {
        let Asking { step, failed, .. } = *asking;
        let reply = match reply {
            Reply::Meant(Intent::Told(values)) => {
                let known: Vec<Value> = values.into_iter().filter(|value| self.is_known(value)).collect();
                match known.is_empty() {
                    true => Reply::Puzzled,
                    false => Reply::Meant(Intent::Told(known)),
                }
            }
            reply => reply,
        };
        if let About::Price(price) = asking.about {
            return self.agreed(reply, price, asking, desk);
        }
        let again = asking.about.clone();
        match reply {
            Reply::Meant(Intent::End) => leave(Vec::new(), desk),
            Reply::Meant(Intent::Repeat) | Reply::Key('#') => self.ask(step, failed, again, Vec::new(), desk),
            Reply::Meant(Intent::Slower) => {
                let party = Party::Caller;
                desk.act(Action::SpeakSlower { party });
                self.ask(step, failed, again, Vec::new(), desk)
            }
            Reply::Meant(Intent::Help) => {
                let mut help = self.said(&self.question(step).help);
                help.extend(self.keys_of(step));
                self.ask(step, failed, again, help, desk)
            }
            Reply::Meant(Intent::Back) | Reply::Key('*') => match again {
                About::Itself => self.back(step, desk),
                _ => self.ask(step, 0, About::Itself, Vec::new(), desk),
            },
            Reply::Meant(Intent::Operator) | Reply::Key('0') if self.dialogue.operator.is_some() => {
                let whom = self.dialogue.operator.clone().expect("there is one");
                // Who cannot be reached leads back to what was asked.
                self.call(&whom, vec![Prompt::Connecting.into()], Next::Step(step), desk)
            }
            Reply::Nothing => self.failed(asking, Prompt::NothingHeard, desk),
            reply => match (&asking.about, &self.dialogue.steps[step].does) {
                (About::Which(left), _) => self.which(reply, left.clone(), asking, desk),
                (_, Does::Ask(_)) => match self.answer(reply, step, now) {
                    Some(Answer::Values(values)) => self.told(values, asking, desk),
                    Some(Answer::Recording(id)) => self.fill(step, Filled::Recording(id), desk),
                    None => self.failed(asking, Prompt::NotUnderstood, desk),
                },
                (about, _) => match (reply, about) {
                    (Reply::Meant(Intent::Yes) | Reply::Key('1'), About::Itself) => {
                        self.enter(self.dialogue.steps[step].then, Vec::new(), desk)
                    }
                    (Reply::Meant(Intent::No) | Reply::Key('2'), About::Itself) => {
                        self.ask(step, 0, About::Change, Vec::new(), desk)
                    }
                    (Reply::Meant(Intent::No) | Reply::Key('2'), _) => self.all_again(step, desk),
                    (Reply::Meant(Intent::Told(values)), _) => self.told(values, asking, desk),
                    _ => self.failed(asking, Prompt::NotUnderstood, desk),
                },
            },
        }
    }

    /// Says whether a value can be an answer here, whoever thought of it: an option is one of the dialogue's.
    fn is_known(&self, value: &Value) -> bool {
        match value {
            Value::Choice(OptionId(id)) => usize::from(*id) < self.dialogue.options.len(),
            _ => true,
        }
    }

    /// Reads an answer to a step that asks for one.
    fn answer(&self, reply: Reply, step: usize, now: Instant) -> Option<Answer> {
        let Does::Ask(ask) = &self.dialogue.steps[step].does else {
            return None;
        };
        let kind = self.dialogue.slots[ask.slot].kind;
        let value = match (reply, kind) {
            (Reply::Meant(Intent::Told(values)), _) => {
                let values: Vec<Value> = values.into_iter().filter(|value| ask.takes(value)).collect();
                return (!values.is_empty()).then_some(Answer::Values(values));
            }
            (Reply::Recorded(id), _) => return Some(Answer::Recording(id)),
            (Reply::Meant(Intent::Yes) | Reply::Key('1'), SlotKind::YesNo) => Value::YesNo(true),
            (Reply::Meant(Intent::No) | Reply::Key('2'), SlotKind::YesNo) => Value::YesNo(false),
            (Reply::Key(key), SlotKind::Choice) => {
                let is_it = |option: &Choice| option.step == step && option.key == key;
                let found = self.dialogue.options.iter().position(is_it)?;
                Value::Choice(OptionId(u16::try_from(found).ok()?))
            }
            (Reply::Keyed(digits), kind) => self.pad(now).read(&digits, kind, ask.digits)?,
            _ => return None,
        };
        Some(Answer::Values(vec![value]))
    }

    /// Takes what was told, or asks which of several is meant.
    fn told(&mut self, mut values: Vec<Value>, asking: &Asking, desk: &mut Desk) -> State {
        if values.len() > 1 {
            return self.ask(asking.step, 0, About::Which(values), Vec::new(), desk);
        }
        match values.pop() {
            Some(value) => self.fill(asking.step, Filled::Value(value), desk),
            None => self.failed(asking, Prompt::NotUnderstood, desk),
        }
    }

    /// Takes an answer to whether the first of several is meant.
    fn which(&mut self, reply: Reply, mut left: Vec<Value>, asking: &Asking, desk: &mut Desk) -> State {
        match reply {
            Reply::Meant(Intent::Yes) | Reply::Key('1') => {
                let value = left.swap_remove(0);
                self.fill(asking.step, Filled::Value(value), desk)
            }
            Reply::Meant(Intent::No) | Reply::Key('2') => {
                left.remove(0);
                if left.is_empty() {
                    return self.ask(asking.step, 0, About::Itself, Vec::new(), desk);
                }
                self.ask(asking.step, 0, About::Which(left), Vec::new(), desk)
            }
            Reply::Meant(Intent::Told(values)) => self.told(values, asking, desk),
            _ => self.failed(asking, Prompt::NotUnderstood, desk),
        }
    }

    /// Keeps an answer and goes on; a correction is confirmed again.
    fn fill(&mut self, step: usize, filled: Filled, desk: &mut Desk) -> State {
        let dialogue = self.dialogue.clone();
        match &dialogue.steps[step].does {
            Does::Ask(ask) => {
                let chosen = match &filled {
                    Filled::Value(Value::Choice(OptionId(id))) => dialogue.options[usize::from(*id)].then,
                    _ => None,
                };
                self.filled[ask.slot] = Some(filled);
                self.enter(chosen.unwrap_or(dialogue.steps[step].then), Vec::new(), desk)
            }
            Does::Confirm { slots, .. } => {
                if let Filled::Value(value) = filled {
                    self.correct(slots, value);
                }
                self.ask(step, 0, About::Itself, Vec::new(), desk)
            }
            _ => unreachable!("only steps that ask are answered"),
        }
    }

    /// Puts another answer in the place of the one that it corrects.
    fn correct(&mut self, slots: &[usize], value: Value) {
        let dialogue = self.dialogue.clone();
        let is_its = |slot: &&usize| {
            let slot = &dialogue.slots[**slot];
            match &value {
                Value::Choice(OptionId(id)) => dialogue.options[usize::from(*id)].step == slot.asked_by,
                value => slot.kind == value.kind(),
            }
        };
        if let Some(slot) = slots.iter().find(is_its) {
            self.filled[*slot] = Some(Filled::Value(value));
            return;
        }
        let moment = slots
            .iter()
            .find(|slot| dialogue.slots[**slot].kind == SlotKind::Moment);
        let Some(Filled::Value(Value::Moment(then))) = moment.and_then(|slot| self.filled[*slot].as_mut())
        else {
            return;
        };
        let (date, time) = match value {
            Value::Date(date) => (date, then.time()),
            Value::Time(time) => (then.date(), time),
            _ => return,
        };
        if let Ok(moved) = date.to_datetime(time).to_zoned(then.time_zone().clone()) {
            *then = moved;
        }
    }

    /// Asks all that was to be confirmed again.
    fn all_again(&mut self, step: usize, desk: &mut Desk) -> State {
        let Does::Confirm { slots, .. } = &self.dialogue.steps[step].does else {
            return self.ask(step, 0, About::Itself, Vec::new(), desk);
        };
        let first = self.dialogue.slots[slots[0]].asked_by;
        self.enter(Next::Step(first), Vec::new(), desk)
    }

    /// Goes back to the question before.
    fn back(&mut self, step: usize, desk: &mut Desk) -> State {
        let at = self.asked.iter().position(|asked| *asked == step);
        if at == Some(0) && matches!(self.standing, Standing::Owner(_)) {
            // Before the first question was the order.
            return State::Done(Vec::new());
        }
        if let Some(at) = at {
            self.asked.truncate(at.max(1));
        }
        let before = self.asked.last().copied().unwrap_or(step);
        self.ask(before, 0, About::Itself, Vec::new(), desk)
    }

    fn failed(&mut self, asking: &Asking, because: Prompt, desk: &mut Desk) -> State {
        let Question { tries, otherwise, .. } = self.question(asking.step);
        let (tries, otherwise) = (*tries, *otherwise);
        let failed = asking.failed + 1;
        if failed >= tries {
            return self.enter(otherwise, Vec::new(), desk);
        }
        self.ask(
            asking.step,
            failed,
            asking.about.clone(),
            vec![because.into()],
            desk,
        )
    }

    fn pad(&self, now: Instant) -> Pad {
        let passed = self.since.map_or(Duration::ZERO, |since| now - since);
        let today = self
            .setting
            .began
            .saturating_add(jiff::SignedDuration::try_from(passed).unwrap_or_default());
        let account = self.setting.directory.account_of(&self.setting.user);
        let plan = account.map(|account| self.setting.directory.dial_plan(&account.id));
        Pad {
            today: today.date(),
            zone: self.setting.began.time_zone().clone(),
            plan: plan.unwrap_or_default(),
            currency: Currency::CAD,
        }
    }
}
