//! A scenario's file. Whatever its bytes are, it is a conversation within its limits, or a fault that is told.

#![no_main]

use evatel_voice::scenario::Scenario;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Scenario::parse(text) {
    Ok(scenario) => assert!((1..=200).contains(&scenario.steps.len())),
    Err(fault) => assert!(!fault.to_string().is_empty()),
});
