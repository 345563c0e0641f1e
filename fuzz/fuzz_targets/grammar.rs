//! A file of phrases, as an operator writes it. Whatever it is, it is phrases within limits, or a line that says what is wrong.

#![no_main]

use evatel_voice::grammar::{MOST_PHRASES, PhraseFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match PhraseFile::parse("phrases.toml", text) {
        Ok(file) => assert!(file.len() <= MOST_PHRASES),
        Err(error) => assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}"),
    }
});
