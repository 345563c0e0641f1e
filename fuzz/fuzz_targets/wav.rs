//! A sound file of any form. What is read is 8 kHz, and reads back the same once it is written; beside it there is what a wideband leg would carry.

#![no_main]

use evatel_voice::wav;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(sound) = wav::read(bytes) {
        assert_eq!(
            wav::read(&sound.to_wav()).expect("what was written can be read"),
            sound
        );
        let both = wav::read_both(bytes).expect("it was read");
        assert!(both.iter().map(|both| both.narrow().clone()).eq(sound.frames()));
    }
});
