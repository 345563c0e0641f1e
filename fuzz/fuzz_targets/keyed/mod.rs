//! A flow that is led to its end with keys and silence alone.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_core::{
    account::Language,
    calls::HangupCause,
    directory::Directory,
    flow::{Action, Decision, Fact, Flow, Greetings, Input, Party, Setting},
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
    skill::Outcome,
};

/// No call takes more steps: 200 turns, each with a few; a skill's dialogue goes back to its assistant.
const MOST: usize = 20_000;

/// Keys what these bytes say, then waits. Nothing is rung that the gate did not allow, and nothing that costs something is done before its
/// price was agreed to.
pub fn to_its_end(mut flow: Flow, keys: &str, is_authoriser: fn(&Authoriser) -> bool) {
    let mut keys = keys
        .bytes()
        .map(|key| char::from(b"0123456789*#"[usize::from(key % 12)]));
    let mut now = Instant::now();
    let mut agreed = None;
    for _ in 0..MOST {
        while let Some(action) = flow.poll_action() {
            let input = match action {
                Action::Answer { id } => Input::Answered { id },
                Action::Say { id, .. } => Input::Spoken {
                    id,
                    interrupted: false,
                },
                Action::Record { id, .. } => Input::Recorded {
                    id,
                    length: Duration::from_secs(1),
                },
                Action::Decide {
                    id,
                    authoriser,
                    destination,
                    cause,
                } => {
                    assert!(
                        is_authoriser(&authoriser),
                        "{authoriser:?} authorises nothing here"
                    );
                    assert!(matches!(
                        destination,
                        Destination::User(_) | Destination::Dialled(_)
                    ));
                    let request =
                        LegRequest::new(&authoriser, &destination, cause, jiff::Timestamp::UNIX_EPOCH);
                    let refusal =
                        authorize_leg(&request, &Directory::default()).expect_err("there is nobody");
                    Input::Decided {
                        id,
                        decision: Decision::Refused(refusal),
                    }
                }
                Action::Note(Fact::Agreed(price)) => {
                    agreed = Some(price);
                    continue;
                }
                Action::Run { id, errand } => {
                    let paid = agreed.take();
                    assert!(
                        errand.price().is_none_or(|price| paid == Some(price)),
                        "nobody agreed to it"
                    );
                    Input::Ran {
                        id,
                        outcome: Outcome::Done(None),
                    }
                }
                Action::Ring { .. } => panic!("nothing is rung that the gate did not allow"),
                _ => continue,
            };
            flow.handle(input, now);
        }
        if flow.is_over() {
            return;
        }
        match keys.next() {
            Some(digit) => flow.handle(
                Input::Digit {
                    party: Party::Caller,
                    digit,
                },
                now,
            ),
            None => match flow.next_timeout() {
                Some((at, _)) => {
                    now = now.max(at);
                    flow.handle(Input::TimeReached, now);
                }
                None => flow.handle(
                    Input::CallerHungUp {
                        cause: HangupCause::Normal,
                    },
                    now,
                ),
            },
        }
    }
    panic!("it goes on for ever");
}

/// What a call begins with that nobody else is in.
pub fn setting() -> Setting {
    Setting {
        began: "2026-11-26T10:00[America/Toronto]"
            .parse()
            .expect("this is a moment"),
        directory: Arc::new(Directory::default()),
        greetings: Greetings::default(),
        language: Language::Fr,
        records_calls: false,
        ring_timeout: Duration::from_secs(25),
        skills: Arc::default(),
        user: "luc".parse().expect("letters make an id"),
    }
}
