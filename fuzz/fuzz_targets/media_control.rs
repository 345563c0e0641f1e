//! What `chan_websocket` says about the medium, in both of its languages.

#![no_main]

use evatel_ari::media::websocket::control::{Command, Dialect, Event, MAX_COMMAND};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for dialect in [Dialect::Json, Dialect::PlainText] {
        if let Event::MarkProcessed(id) = Event::read(text, dialect) {
            // A mark that comes back may be anything; what is sent never breaks out of its command.
            if let Ok(command) = Command::Mark(&id).encode(dialect) {
                assert!(command.len() <= MAX_COMMAND);
                assert!(!command.contains(['\n', '\r']));
            }
        }
    }
});
