//! A sound file of any form. What is read is 8 kHz, and reads back the same once it is written.

#![no_main]

use evatel_voice::wav;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(sound) = wav::read(bytes) {
        assert_eq!(
            wav::read(&sound.to_wav()).expect("what was written can be read"),
            sound
        );
    }
});
