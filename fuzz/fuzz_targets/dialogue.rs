//! A dialogue, as an operator writes it. Whatever it is, it is a dialogue that runs to its end with keys and silence alone, or a line that
//! says what is wrong.

#![no_main]

mod keyed;

use std::sync::Arc;

use evatel_core::{flow::Flow, policy::Authoriser};
use evatel_voice::dialogue;
use libfuzzer_sys::fuzz_target;

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
    let flow = Flow::dialogue(Arc::new(dialogue), keyed::setting());
    // A caller from outside authorises nothing.
    keyed::to_its_end(flow, keys, |authoriser| {
        matches!(authoriser, Authoriser::Rule { .. })
    });
});
