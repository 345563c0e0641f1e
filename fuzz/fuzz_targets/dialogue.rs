//! A dialogue, as an operator writes it. Whatever it is, it is a dialogue that runs to its end with keys and silence alone, or a line that
//! says what is wrong.

#![no_main]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_core::{
    calls::HangupCause,
    directory::Directory,
    flow::{Action, Decision, Flow, Greetings, Input, Party, Setting},
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
};
use evatel_voice::dialogue;
use libfuzzer_sys::fuzz_target;

/// No call takes more steps: 200 turns, each with a few.
const MOST: usize = 5_000;

fuzz_target!(|input: &str| {
    // What is keyed follows the document.
    let (text, keys) = input.split_once('\0').unwrap_or((input, ""));
    let dialogue = match dialogue::read("dialogue.yaml", text) {
        Ok(dialogue) => dialogue,
        Err(error) => {
            // YAML breaks its lines at a lone carriage return, too.
            let lines = text.split(['\n', '\r']).count();
            return assert!((1..=lines + 1).contains(&error.line), "{error}");
        }
    };
    let setting = Setting {
        directory: Arc::new(Directory::default()),
        greetings: Greetings::default(),
        records_calls: false,
        ring_timeout: Duration::from_secs(25),
        user: "luc".parse().expect("letters make an id"),
    };
    let began = "2026-11-26T10:00[America/Toronto]"
        .parse()
        .expect("this is a moment");
    let mut flow = Flow::dialogue(Arc::new(dialogue), setting, began);
    let mut keys = keys
        .bytes()
        .map(|key| char::from(b"0123456789*#"[usize::from(key % 12)]));
    let mut now = Instant::now();
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
                        matches!(authoriser, Authoriser::Rule { .. }),
                        "a caller from outside authorises nothing"
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
});
