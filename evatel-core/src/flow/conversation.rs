//! An operator's dialogue in a call: it says, asks, is corrected, goes back, and rings whom the dialogue names.

mod keyed;
mod turn;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Zoned;

use self::{
    keyed::{Pad, complete},
    turn::{Asked, Keys, Listening, Reply, Turn},
};
use super::{
    Setting,
    action::{Action, ActionId, Expect, Fact, Keep, Party, Piece, SpokenOption},
    assistant::said,
    desk::{Desk, Event},
    input::Input,
    outbound::{Outbound, Outcome},
    prompt::Prompt,
    refusal,
};
use crate::{
    calls::{HangupCause, LegCause},
    dialogue::{
        Bit, Dialogue, Does, Next, OptionId, Part, Question, SlotKind, SlotKinds, Step, Template, Value, Whom,
    },
    intent::Intent,
    money::Currency,
    number::Dialled,
    policy::{Authoriser, Destination},
};

/// Longest recorded name.
const MAX_NAME: Duration = Duration::from_secs(10);
/// Longest message.
const MAX_MESSAGE: Duration = Duration::from_secs(120);
/// How many steps may follow each other without a question: a dialogue that goes round in a circle ends.
const MOST_UNASKED: u8 = 50;
/// How many turns a caller may take.
const MOST_TURNS: u16 = 200;

/// A dialogue that is going on.
#[derive(Debug)]
pub(super) struct Conversation {
    dialogue: Arc<Dialogue>,
    setting: Setting,
    /// When the call began, on the clock of whoever is called.
    began: Zoned,
    since: Option<Instant>,
    /// The answers, by the number of their slot.
    filled: Vec<Option<Filled>>,
    /// The steps that have asked, in order, each once.
    asked: Vec<usize>,
    turns: u16,
    state: State,
}

/// An answer as it is kept.
#[derive(Debug, Clone)]
enum Filled {
    Recording(ActionId),
    Value(Value),
}

#[derive(Debug)]
enum State {
    Answering(ActionId),
    Asking(Asking),
    Bridged(Outbound),
    Calling {
        outbound: Outbound,
        name: String,
        otherwise: Next,
    },
    Leaving(ActionId),
    /// The callee hears that the call is recorded, before anything else.
    Noticing {
        outbound: Outbound,
        notice: ActionId,
        otherwise: Next,
    },
    Over,
}

/// A question that waits for its answer.
#[derive(Debug)]
struct Asking {
    step: usize,
    /// How often it was asked in vain.
    failed: u8,
    about: About,
    turn: Turn,
}

/// What is asked right now.
#[derive(Debug, Clone)]
enum About {
    /// What the step asks.
    Itself,
    /// What is to be changed of what was to be confirmed.
    Change,
    /// Whether the first of these is meant.
    Which(Vec<Value>),
}

impl Conversation {
    pub(super) fn start(dialogue: Arc<Dialogue>, setting: Setting, began: Zoned, desk: &mut Desk) -> Self {
        let id = desk.new_id();
        desk.act(Action::Answer { id });
        Self {
            filled: vec![None; dialogue.slots.len()],
            dialogue,
            setting,
            began,
            since: None,
            asked: Vec::new(),
            turns: 0,
            state: State::Answering(id),
        }
    }

    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) {
        self.since.get_or_insert(now);
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Answering(id) => match event {
                Event::Happened(Input::Answered { id: answered }) if *answered == id => {
                    let notice = self
                        .setting
                        .records_calls
                        .then_some(Prompt::RecordingNotice.into());
                    self.enter(Next::Step(0), notice.into_iter().collect(), desk)
                }
                _ => State::Answering(id),
            },
            State::Asking(mut asking) => match asking.turn.handle(event, now, desk) {
                None => State::Asking(asking),
                Some(reply) => self.replied(reply, &asking, now, desk),
            },
            State::Calling {
                outbound,
                name,
                otherwise,
            } => self.calling(outbound, name, otherwise, event, now, desk),
            State::Noticing {
                mut outbound,
                notice,
                otherwise,
            } => match event {
                Event::Happened(Input::Spoken { id, .. }) if *id == notice => {
                    outbound.bridge(true, desk);
                    State::Bridged(outbound)
                }
                _ if outbound.callee_left(event) => self.enter(otherwise, Vec::new(), desk),
                _ => State::Noticing {
                    outbound,
                    notice,
                    otherwise,
                },
            },
            State::Bridged(outbound) => {
                if outbound.callee_left(event) {
                    desk.hang_up(HangupCause::Normal);
                }
                State::Bridged(outbound)
            }
            State::Leaving(id) => {
                if matches!(event, Event::Happened(Input::Spoken { id: said, .. }) if *said == id) {
                    desk.hang_up(HangupCause::Normal);
                }
                State::Leaving(id)
            }
            State::Over => State::Over,
        };
    }

    /// Goes on, step by step, up to one that waits for somebody. `first` is said before what comes.
    fn enter(&mut self, mut next: Next, mut first: Vec<Piece>, desk: &mut Desk) -> State {
        let dialogue = self.dialogue.clone();
        for _ in 0..MOST_UNASKED {
            let index = match next {
                Next::End => break,
                Next::Operator => match &dialogue.operator {
                    Some(whom) => {
                        first.push(Prompt::Connecting.into());
                        return self.call(whom, first, Next::End, desk);
                    }
                    None => break,
                },
                Next::Step(index) => index,
            };
            let Step { does, then, .. } = &dialogue.steps[index];
            next = *then;
            match does {
                Does::Ask(_) | Does::Confirm { .. } => {
                    if !self.asked.contains(&index) {
                        self.asked.push(index);
                    }
                    return self.ask(index, 0, About::Itself, first, desk);
                }
                Does::Branch {
                    slot,
                    when,
                    otherwise,
                } => {
                    let answered = match &self.filled[*slot] {
                        Some(Filled::Value(value)) => when.iter().find(|(answer, _)| answer == value),
                        _ => None,
                    };
                    next = answered.map_or(*otherwise, |(_, next)| *next);
                }
                Does::Call {
                    whom,
                    text,
                    otherwise,
                } => {
                    first.extend(self.said(text));
                    return self.call(whom, first, *otherwise, desk);
                }
                Does::Note(text) => {
                    let bits = self.said(text).into_iter().flat_map(|piece| match piece {
                        Piece::Sentence(bits) => bits,
                        _ => Vec::new(),
                    });
                    desk.act(Action::Note(Fact::Noted(bits.collect())));
                }
                Does::Say(text) => first.extend(self.said(text)),
            }
        }
        leave(first, desk)
    }

    /// Asks what a step asks. `failed` is how often that was in vain; then help and keys are told.
    fn ask(
        &mut self,
        step: usize,
        failed: u8,
        about: About,
        mut first: Vec<Piece>,
        desk: &mut Desk,
    ) -> State {
        self.turns += 1;
        if self.turns > MOST_TURNS {
            return leave(Vec::new(), desk);
        }
        let kinds = |kind| SlotKinds::default().with(kind);
        let (expect, keys) = match &about {
            About::Itself => {
                first.extend(self.said(&self.question(step).text));
                if failed > 0 || desk.is_deaf_to(Party::Caller) {
                    first.extend(self.keys_of(step));
                }
                if failed == 1 {
                    first.extend(self.said(&self.question(step).help));
                }
                self.wanted(step, &mut first)
            }
            About::Change => {
                first.push(Prompt::WhatToChange.into());
                self.wanted(step, &mut first)
            }
            About::Which(left) => {
                first.push(Prompt::DidYouMean.into());
                first.push(self.meant(&left[0]));
                if failed > 0 || desk.is_deaf_to(Party::Caller) {
                    first.push(Prompt::ConfirmKeys.into());
                }
                let expect = Expect::Confirm(kinds(left[0].kind()));
                (Listening::Words(expect, self.options(step)), Keys::One)
            }
        };
        let asked = Asked {
            pieces: first,
            expect,
            keys,
        };
        State::Asking(Asking {
            step,
            failed,
            about,
            turn: Turn::start(asked, desk),
        })
    }

    /// What a step listens for.
    fn wanted(&self, step: usize, pieces: &mut Vec<Piece>) -> (Listening, Keys) {
        match &self.dialogue.steps[step].does {
            Does::Ask(ask) => {
                let kind = self.dialogue.slots[ask.slot].kind;
                let keys = match kind {
                    SlotKind::Choice | SlotKind::YesNo | SlotKind::Message | SlotKind::Name => Keys::One,
                    _ => Keys::Digits(complete(kind, ask.digits)),
                };
                let listening = match kind {
                    SlotKind::Message => {
                        pieces.push(Piece::Beep);
                        Listening::Recording(Keep::Message, MAX_MESSAGE)
                    }
                    SlotKind::Name => Listening::Recording(Keep::Name, MAX_NAME),
                    _ => Listening::Words(Expect::Slot(kind), self.options(step)),
                };
                (listening, keys)
            }
            Does::Confirm { slots, .. } => {
                let mut kinds: SlotKinds = slots.iter().map(|slot| self.dialogue.slots[*slot].kind).collect();
                // Of a moment, the day or the time alone may be corrected.
                if kinds.has(SlotKind::Moment) {
                    kinds = kinds.with(SlotKind::Date).with(SlotKind::Time);
                }
                (
                    Listening::Words(Expect::Confirm(kinds), self.options(step)),
                    Keys::One,
                )
            }
            _ => unreachable!("only steps that ask are asked"),
        }
    }

    /// The options that may be said at a step.
    fn options(&self, step: usize) -> Arc<[SpokenOption]> {
        let steps: Vec<usize> = match &self.dialogue.steps[step].does {
            Does::Confirm { slots, .. } => {
                let slots = slots.iter().map(|slot| self.dialogue.slots[*slot].asked_by);
                slots.collect()
            }
            _ => vec![step],
        };
        let options = (0..).zip(&self.dialogue.options);
        let here = options.filter(|(_, option)| steps.contains(&option.step));
        here.map(|(id, option)| SpokenOption {
            id: OptionId(id),
            phrases: option.phrases.clone(),
        })
        .collect()
    }

    /// How a step is answered with keys.
    fn keys_of(&self, step: usize) -> Vec<Piece> {
        let Does::Ask(ask) = &self.dialogue.steps[step].does else {
            return vec![Prompt::ConfirmKeys.into()];
        };
        let prompt = match self.dialogue.slots[ask.slot].kind {
            SlotKind::Amount => Prompt::KeysAmount,
            SlotKind::Choice => {
                let options = self.dialogue.options.iter().filter(|option| option.step == step);
                let pick = |option: &crate::dialogue::Choice| Prompt::KeypadPick {
                    digit: option.key,
                    name: option.phrases[0].clone(),
                };
                return options.map(|option| pick(option).into()).collect();
            }
            SlotKind::Date => Prompt::KeysDate,
            SlotKind::Digits => Prompt::KeysDigits,
            SlotKind::Duration => Prompt::KeysDuration,
            SlotKind::Message | SlotKind::Name => return Vec::new(),
            SlotKind::Moment => Prompt::KeysMoment,
            SlotKind::Number => Prompt::KeypadNumber,
            SlotKind::Time => Prompt::KeysTime,
            SlotKind::YesNo => Prompt::ConfirmKeys,
        };
        vec![prompt.into()]
    }

    fn replied(&mut self, reply: Reply, asking: &Asking, now: Instant, desk: &mut Desk) -> State {
        let Asking { step, failed, .. } = *asking;
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
                About::Change | About::Which(_) => self.ask(step, 0, About::Itself, Vec::new(), desk),
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

    /// Reads an answer to a step that asks for one.
    fn answer(&self, reply: Reply, step: usize, now: Instant) -> Option<Answer> {
        let Does::Ask(ask) = &self.dialogue.steps[step].does else {
            return None;
        };
        let kind = self.dialogue.slots[ask.slot].kind;
        let value = match (reply, kind) {
            (Reply::Meant(Intent::Told(values)), _) => {
                let fits = |value: &Value| match (value, ask.digits) {
                    (Value::Digits(digits), Some(wanted)) => digits.len() == usize::from(wanted),
                    _ => true,
                };
                let values: Vec<Value> = values.into_iter().filter(fits).collect();
                return (!values.is_empty()).then_some(Answer::Values(values));
            }
            (Reply::Recorded(id), _) => return Some(Answer::Recording(id)),
            (Reply::Meant(Intent::Yes) | Reply::Key('1'), SlotKind::YesNo) => Value::YesNo(true),
            (Reply::Meant(Intent::No) | Reply::Key('2'), SlotKind::YesNo) => Value::YesNo(false),
            (Reply::Key(key), SlotKind::Choice) => {
                let is_it = |option: &crate::dialogue::Choice| option.step == step && option.key == key;
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
        if let Some(at) = self.asked.iter().position(|asked| *asked == step) {
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

    fn question(&self, step: usize) -> &Question {
        match &self.dialogue.steps[step].does {
            Does::Ask(ask) => &ask.question,
            Does::Confirm { question, .. } => question,
            _ => unreachable!("only steps that ask have a question"),
        }
    }

    fn call(&mut self, whom: &Whom, intro: Vec<Piece>, otherwise: Next, desk: &mut Desk) -> State {
        let user = self.setting.user.clone();
        let (destination, cause, name) = match whom {
            Whom::Number(number) => (
                Destination::Dialled(Dialled::Number(number.clone())),
                LegCause::Forward,
                number.to_string(),
            ),
            Whom::Owner => (
                Destination::User(user.clone()),
                LegCause::FindMe,
                self.setting.user_name(),
            ),
        };
        let outbound = Outbound::start(Authoriser::Rule { user }, destination, cause, intro, desk);
        State::Calling {
            outbound,
            name,
            otherwise,
        }
    }

    fn calling(
        &mut self,
        mut outbound: Outbound,
        name: String,
        otherwise: Next,
        event: &Event,
        now: Instant,
        desk: &mut Desk,
    ) -> State {
        let gives_up = Input::Digit {
            party: Party::Caller,
            digit: '*',
        };
        if matches!(event, Event::Happened(input) if *input == gives_up) {
            outbound.give_up(HangupCause::Normal, desk);
            return self.enter(otherwise, Vec::new(), desk);
        }
        match outbound.handle(event, now, &self.setting, desk) {
            None => State::Calling {
                outbound,
                name,
                otherwise,
            },
            Some(Outcome::Answered) if self.setting.records_calls => {
                let notice = desk.say(Party::Callee, vec![Prompt::RecordingNotice.into()], false);
                State::Noticing {
                    outbound,
                    notice,
                    otherwise,
                }
            }
            Some(Outcome::Answered) => {
                outbound.bridge(false, desk);
                State::Bridged(outbound)
            }
            Some(Outcome::Failed(failure)) => self.enter(otherwise, vec![said(failure, name).into()], desk),
            Some(Outcome::Refused(refusal)) => {
                self.enter(otherwise, vec![refusal::spoken(&refusal).into()], desk)
            }
        }
    }

    /// A text with the answers in it; what was not answered yet is left out.
    fn said(&self, template: &Template) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut bits = Vec::new();
        for part in &template.0 {
            match part {
                Part::Text(text) => bits.push(Bit::Text(text.clone())),
                Part::Slot(slot) => match &self.filled[*slot] {
                    Some(Filled::Value(value)) => bits.push(self.bit(value)),
                    Some(Filled::Recording(id)) => {
                        if !bits.is_empty() {
                            pieces.push(Piece::Sentence(std::mem::take(&mut bits)));
                        }
                        pieces.push(Piece::Recording(*id));
                    }
                    None => {}
                },
            }
        }
        if !bits.is_empty() {
            pieces.push(Piece::Sentence(bits));
        }
        pieces
    }

    fn meant(&self, value: &Value) -> Piece {
        Piece::Sentence(vec![self.bit(value), Bit::Text("?".to_owned())])
    }

    /// An option is said by its first phrase.
    fn bit(&self, value: &Value) -> Bit {
        match value {
            Value::Choice(OptionId(id)) => {
                Bit::Text(self.dialogue.options[usize::from(*id)].phrases[0].clone())
            }
            value => Bit::Value(value.clone()),
        }
    }

    fn pad(&self, now: Instant) -> Pad {
        let passed = self.since.map_or(Duration::ZERO, |since| now - since);
        let today = self
            .began
            .saturating_add(jiff::SignedDuration::try_from(passed).unwrap_or_default());
        let account = self.setting.directory.account_of(&self.setting.user);
        let plan = account.map(|account| self.setting.directory.dial_plan(&account.id));
        Pad {
            today: today.date(),
            zone: self.began.time_zone().clone(),
            plan: plan.unwrap_or_default(),
            currency: Currency::CAD,
        }
    }
}

/// An answer as it was given.
enum Answer {
    Recording(ActionId),
    Values(Vec<Value>),
}

fn leave(mut pieces: Vec<Piece>, desk: &mut Desk) -> State {
    if pieces.is_empty() {
        pieces.push(Prompt::Goodbye.into());
    }
    State::Leaving(desk.say(Party::Caller, pieces, false))
}
