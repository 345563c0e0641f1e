//! What a step of a dialogue asks, and what it listens for.

use std::{sync::Arc, time::Duration};

use super::{
    About, Asking, Conversation, State,
    keyed::complete,
    leave,
    turn::{Asked, Keys, Listening, Turn},
};
use crate::{
    dialogue::{Choice, Does, OptionId, Question, SlotKind, SlotKinds},
    flow::{
        action::{Expect, Keep, Party, Piece, SpokenOption},
        desk::Desk,
        prompt::Prompt,
    },
};

/// Longest recorded name.
const MAX_NAME: Duration = Duration::from_secs(10);
/// Longest message.
const MAX_MESSAGE: Duration = Duration::from_secs(120);
/// How many turns a caller may take.
const MOST_TURNS: u16 = 200;

impl Conversation {
    /// Asks what a step asks. `failed` is how often that was in vain; then help and keys are told.
    pub(super) fn ask(
        &mut self,
        step: usize,
        failed: u8,
        about: About,
        mut first: Vec<Piece>,
        desk: &mut Desk,
    ) -> State {
        self.turns += 1;
        self.unasked = 0;
        if self.turns > MOST_TURNS {
            return leave(Vec::new(), desk);
        }
        let kinds = |kind| SlotKinds::default().with(kind);
        let interruptible = !matches!(about, About::Itself | About::Price(_)) || self.is_interruptible(step);
        if !interruptible {
            self.lead(std::mem::take(&mut first), desk);
        }
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
            About::Price(price) => {
                first.extend([
                    Prompt::SkillPrice.into(),
                    self.priced(*price),
                    Prompt::SkillAgree.into(),
                ]);
                if failed > 0 || desk.is_deaf_to(Party::Caller) {
                    first.push(Prompt::ConfirmKeys.into());
                }
                let expect = Expect::Confirm(SlotKinds::default());
                (Listening::Words(expect, Arc::default()), Keys::OneOnceHeard)
            }
        };
        let asked = Asked {
            lead: std::mem::take(&mut self.lead),
            pieces: first,
            interruptible,
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
    pub(super) fn keys_of(&self, step: usize) -> Vec<Piece> {
        let Does::Ask(ask) = &self.dialogue.steps[step].does else {
            return vec![Prompt::ConfirmKeys.into()];
        };
        let prompt = match self.dialogue.slots[ask.slot].kind {
            SlotKind::Amount => Prompt::KeysAmount,
            SlotKind::Choice => {
                let options = self.dialogue.options_of(step);
                let pick = |option: &Choice| Prompt::KeypadPick {
                    digit: option.key,
                    name: option.phrases[0].clone(),
                };
                return options.map(|(_, option)| pick(option).into()).collect();
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

    /// Says whether what a step asks may be interrupted; a price is heard to its end.
    fn is_interruptible(&self, step: usize) -> bool {
        match &self.dialogue.steps[step].does {
            Does::Run { .. } => false,
            _ => self.question(step).interruptible,
        }
    }

    pub(super) fn question(&self, step: usize) -> &Question {
        match &self.dialogue.steps[step].does {
            Does::Ask(ask) => &ask.question,
            Does::Confirm { question, .. } => question,
            _ => unreachable!("only steps that ask have a question"),
        }
    }
}
