//! What holds on every path: random calls, seeded, on virtual time.

use super::{bench::Bench, front_desk::at_once};
use crate::{
    calls::{Answerer, HangupCause},
    flow::*,
    intent::Intent,
};

/// A small generator (xorshift64*): the same seed is the same call.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn input(&mut self, call: &Bench) -> Input {
        let ids: Vec<u64> = (1..=60).collect();
        // Often the id of something recent, sometimes of something long given up or never begun.
        let recent = call.done.iter().rev().filter_map(id_of).nth(self.below(4));
        let id = recent
            .filter(|_| self.below(8) > 0)
            .unwrap_or(ActionId(ids[self.below(ids.len())]));
        let party = [Party::Caller, Party::Callee][self.below(2)];
        let intents = [
            Intent::CallContact("marie".parse().unwrap()),
            Intent::CallContact("pierre".parse().unwrap()),
            Intent::NotThatBut("mario".parse().unwrap()),
            Intent::Yes,
            Intent::No,
            Intent::Accept,
            Intent::Refuse,
            Intent::NotUnderstood,
            Intent::Message,
            Intent::TryAgain,
            Intent::End,
            Intent::Help,
            Intent::Repeat,
            Intent::CallEmergency,
        ];
        match self.below(14) {
            0 | 1 => Input::Heard {
                id,
                intent: intents[self.below(intents.len())].clone(),
            },
            2 | 3 => Input::Spoken {
                id,
                interrupted: self.below(2) == 0,
            },
            4 => Input::Digit {
                party,
                digit: "0123456789*#".as_bytes()[self.below(12)] as char,
            },
            5 => Input::Recorded {
                id,
                length: Duration::from_millis(100 * self.below(30) as u64),
            },
            6 => Input::CalleeAnswered { ring: id },
            7 => Input::CalleeEnded {
                ring: id,
                cause: HangupCause::from_q850(self.below(128) as u8),
            },
            8 => Input::SpeechStarted { party },
            9 => Input::PinChecked {
                id,
                verdict: [PinVerdict::Right, PinVerdict::Wrong][self.below(2)],
            },
            10 if self.below(30) == 0 => Input::EarFailed { party },
            12 => Input::AnsweredBy {
                ring: id,
                who: [Answerer::Human, Answerer::Machine, Answerer::Fax][self.below(3)],
            },
            13 => Input::Beeped { ring: id },
            11 if self.below(60) == 0 => Input::CallerHungUp {
                cause: HangupCause::Normal,
            },
            _ => Input::TimeReached,
        }
    }
}

fn id_of(action: &Action) -> Option<ActionId> {
    match action {
        Action::Listen { id, .. }
        | Action::Say { id, .. }
        | Action::Record { id, .. }
        | Action::Ring { id, .. }
        | Action::CheckPin { id, .. } => Some(*id),
        _ => None,
    }
}

fn random_call(seed: u64) -> Bench {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let setting = Bench::setting(seed.is_multiple_of(3));
    let flow = match seed % 4 {
        0 => Flow::front_desk(setting),
        2 => Flow::front_desk_ringing(at_once(), setting),
        _ => Flow::assistant("phone".parse().unwrap(), setting),
    };
    let mut call = Bench::new(flow);
    for _ in 0..400 {
        let input = random.input(&call);
        if input == Input::TimeReached
            && let Some((at, _)) = call.flow.next_timeout()
        {
            call.now = at;
        }
        call.tell(input);
        if call.flow.is_over() {
            break;
        }
    }
    call
}

#[test]
fn on_every_path_there_is_one_end_and_nothing_after_it() {
    for seed in 0..2_000 {
        let mut call = random_call(seed);
        call.tell(Input::CallerHungUp {
            cause: HangupCause::Normal,
        });
        let ends = call.count(|action| matches!(action, Action::HangUp { .. } | Action::Reject { .. }));
        assert_eq!(ends, 1, "seed {seed}");
        assert!(call.hung_up(), "seed {seed}: {:?}", call.done.last());
        assert_eq!(call.flow.next_timeout(), None, "seed {seed}");
    }
}

#[test]
fn on_every_path_a_leg_is_rung_only_after_the_gate_allowed_that_very_one() {
    for seed in 0..2_000 {
        let call = random_call(seed);
        for (at, action) in call.done.iter().enumerate() {
            let Action::Ring { id, .. } = action else { continue };
            let decided = call.done[..at].iter().find_map(|earlier| match earlier {
                Action::Decide {
                    id: decide,
                    authoriser,
                    destination,
                    cause,
                } if decide == id => Some(crate::policy::authorize_leg(
                    &crate::policy::LegRequest::new(
                        authoriser,
                        destination,
                        *cause,
                        jiff::Timestamp::UNIX_EPOCH,
                    ),
                    &call.directory,
                )),
                _ => None,
            });
            assert!(
                matches!(decided, Some(Ok(_))),
                "seed {seed}: rang {id:?} on {decided:?}"
            );
        }
    }
}

#[test]
fn with_nobody_speaking_or_answering_every_call_comes_to_its_end_by_itself() {
    for mut call in [Bench::front_desk(), Bench::assistant()] {
        for _ in 0..60 {
            if call.flow.is_over() {
                break;
            }
            // Everything is said to its end; then only the deadlines are left.
            let said: Vec<_> = call
                .done
                .iter()
                .filter_map(|action| match action {
                    Action::Say { id, .. } => Some(*id),
                    _ => None,
                })
                .collect();
            for id in said.into_iter().rev().take(2) {
                call.tell(Input::Spoken {
                    id,
                    interrupted: false,
                });
            }
            if call.flow.next_timeout().is_some() {
                call.wait();
            }
        }
        assert!(call.hung_up(), "still there: {:?}", call.done.last());
    }
}
