//! The text of an event. Whatever comes is kept; what was read is written and read again without a change.

#![no_main]

use evatel_ari::{Event, EventKind, EventName};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let event = Event::read(text);
    assert_eq!(event.raw(), text);
    for subject in event.subjects() {
        assert!(!subject.as_str().is_empty(), "an event is about nothing");
    }
    match event.kind() {
        EventKind::Malformed { .. } => {}
        EventKind::Unknown => assert!(
            matches!(event.which(), EventName::Other(_)),
            "a known name is not read"
        ),
        kind => {
            let written = serde_json::to_string(kind).expect("what was read can be written");
            let again = Event::read(&written);
            assert_eq!(again.kind(), kind, "{written}");
        }
    }
});
