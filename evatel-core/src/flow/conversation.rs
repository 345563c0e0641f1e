//! A dialogue in a call, of a number or of a skill that somebody ordered: it says, asks, is corrected, goes back, rings whom it names and has
//! done what a skill does.

mod answering;
mod asking;
mod keyed;
mod running;
mod saying;
mod turn;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use self::{running::Told, turn::Turn};
use super::{
    Setting,
    action::{Action, ActionId, Fact, Party, Piece},
    desk::{Desk, Event},
    input::Input,
    outbound::{Outbound, Outcome},
    prompt::Prompt,
    refusal,
};
use crate::{
    calls::{HangupCause, LegCause},
    dialogue::{Dialogue, Does, Next, Step, Value, Whom},
    money::Money,
    number::Dialled,
    policy::{Authoriser, Destination},
};

/// How many steps may follow each other without a question, also over calls that came to nothing: a dialogue that goes round in a circle ends.
const MOST_UNASKED: u8 = 50;
/// A call counts as so many of them: each rings somebody.
const CALL: u8 = 5;

/// A dialogue that is going on.
#[derive(Debug)]
pub(super) struct Conversation {
    dialogue: Arc<Dialogue>,
    setting: Setting,
    standing: Standing,
    /// When the call began.
    since: Option<Instant>,
    /// Answers that were given before they were asked for, by the number of their slot: what each may be.
    told: BTreeMap<usize, Vec<Value>>,
    /// The answers, by the number of their slot.
    filled: Vec<Option<Filled>>,
    /// The steps that have asked, in order, each once.
    asked: Vec<usize>,
    /// What is being said before what comes, and may be interrupted.
    lead: Vec<ActionId>,
    turns: u16,
    /// The steps since the last question.
    unasked: u8,
    state: State,
}

/// For whom a dialogue is held.
#[derive(Debug, Clone)]
enum Standing {
    /// For whoever called a number: it acts by the rule of the number's owner, and ends the call.
    Number,
    /// For the owner, who ordered a skill: it acts for him, and goes back to his assistant.
    Owner(Authoriser),
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
    /// It goes back to the assistant, who says this before anything else.
    Done(Vec<Piece>),
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
    /// Something is being done.
    Running {
        id: ActionId,
        step: usize,
    },
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
    /// Whether it is worth its price to run a skill.
    Price(Money),
    /// Whether the first of these is meant.
    Which(Vec<Value>),
}

impl Conversation {
    /// Answers a call to a number.
    pub(super) fn start(dialogue: Arc<Dialogue>, setting: Setting, desk: &mut Desk) -> Self {
        let id = desk.new_id();
        desk.act(Action::Answer { id });
        Self::new(dialogue, setting, Standing::Number, State::Answering(id))
    }

    /// Goes from an order to what is done, in a call that is answered. What was told with the order is not asked for.
    pub(super) fn ordered(
        dialogue: Arc<Dialogue>,
        told: Vec<(usize, Vec<Value>)>,
        authoriser: Authoriser,
        setting: Setting,
        desk: &mut Desk,
    ) -> Self {
        let mut conversation = Self::new(dialogue, setting, Standing::Owner(authoriser), State::Over);
        conversation.told = told.into_iter().collect();
        conversation.state = conversation.enter(Next::Step(0), Vec::new(), desk);
        conversation
    }

    fn new(dialogue: Arc<Dialogue>, setting: Setting, standing: Standing, state: State) -> Self {
        Self {
            filled: vec![None; dialogue.slots.len()],
            dialogue,
            setting,
            standing,
            since: None,
            told: BTreeMap::new(),
            asked: Vec::new(),
            lead: Vec::new(),
            turns: 0,
            unasked: 0,
            state,
        }
    }

    /// Takes an event; where a skill's dialogue is over, gives what is still to be said of it.
    pub(super) fn handle(&mut self, event: &Event, now: Instant, desk: &mut Desk) -> Option<Vec<Piece>> {
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
            State::Running { id, step } => self.running(id, step, event, desk),
            done @ (State::Done(_) | State::Over) => done,
        };
        self.done()
    }

    /// What is still to be said of a skill's dialogue that is over.
    pub(super) fn done(&mut self) -> Option<Vec<Piece>> {
        match &mut self.state {
            State::Done(pieces) => Some(std::mem::take(pieces)),
            _ => None,
        }
    }

    /// Goes on, step by step, up to one that waits for somebody. `first` is said before what comes.
    fn enter(&mut self, mut next: Next, mut first: Vec<Piece>, desk: &mut Desk) -> State {
        let dialogue = self.dialogue.clone();
        let mut said = None;
        self.lead.clear();
        while self.unasked < MOST_UNASKED {
            self.unasked += 1;
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
                    let about = match self.told_before(index) {
                        Told::Clearly(answered) => {
                            next = answered;
                            continue;
                        }
                        Told::Either(values) => About::Which(values),
                        Told::Nothing => About::Itself,
                    };
                    if !self.asked.contains(&index) {
                        self.asked.push(index);
                    }
                    return self.ask(index, 0, about, first, desk);
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
                Does::Play { sound, interruptible } => {
                    let pieces = vec![Piece::Sound(dialogue.sounds[*sound].clone())];
                    said = self.utter(pieces, *interruptible, &mut first, desk).or(said);
                }
                Does::Run { .. } => return self.errand(index, first, desk),
                Does::Say { text, interruptible } => {
                    let pieces = self.said(text);
                    said = self.utter(pieces, *interruptible, &mut first, desk).or(said);
                }
            }
        }
        if let Standing::Owner(_) = self.standing {
            return State::Done(first);
        }
        match said {
            // The last words are over with what may not be interrupted.
            Some(id) if first.is_empty() => State::Leaving(id),
            _ => leave(first, desk),
        }
    }

    /// Says what may not be interrupted at once, apart from what comes before and after; what may be is said with what comes after.
    fn utter(
        &mut self,
        pieces: Vec<Piece>,
        interruptible: bool,
        first: &mut Vec<Piece>,
        desk: &mut Desk,
    ) -> Option<ActionId> {
        if interruptible || pieces.is_empty() {
            first.extend(pieces);
            return None;
        }
        self.lead(std::mem::take(first), desk);
        Some(desk.say(Party::Caller, pieces, false))
    }

    /// Says what comes before something that may not be interrupted; it may be itself.
    fn lead(&mut self, pieces: Vec<Piece>, desk: &mut Desk) {
        if !pieces.is_empty() {
            self.lead.push(desk.say(Party::Caller, pieces, true));
        }
    }

    fn call(&mut self, whom: &Whom, intro: Vec<Piece>, otherwise: Next, desk: &mut Desk) -> State {
        self.unasked += CALL - 1;
        let user = self.setting.user.clone();
        let (authoriser, ordered) = match &self.standing {
            Standing::Number => (Authoriser::Rule { user: user.clone() }, None),
            Standing::Owner(authoriser) => (authoriser.clone(), Some(LegCause::VoiceAssistant)),
        };
        let (destination, cause, name) = match whom {
            Whom::Number(number) => (
                Destination::Dialled(Dialled::Number(number.clone())),
                LegCause::Forward,
                Dialled::Number(number.clone()).aloud(),
            ),
            Whom::Owner => (
                Destination::User(user),
                LegCause::FindMe,
                self.setting.user_name(),
            ),
        };
        let cause = ordered.unwrap_or(cause);
        let outbound = Outbound::start(authoriser, destination, cause, intro, desk);
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
            Some(Outcome::Failed(failure)) => self.enter(otherwise, vec![failure.spoken(name).into()], desk),
            Some(Outcome::Refused(refusal)) => {
                self.enter(otherwise, vec![refusal::spoken(&refusal).into()], desk)
            }
        }
    }
}

fn leave(mut pieces: Vec<Piece>, desk: &mut Desk) -> State {
    if pieces.is_empty() {
        pieces.push(Prompt::Goodbye.into());
    }
    State::Leaving(desk.say(Party::Caller, pieces, false))
}
