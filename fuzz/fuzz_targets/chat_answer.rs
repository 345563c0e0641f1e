//! What an endpoint of the brain streams. Whatever it is, it is an answer or an error, and where the network cut it does not matter.

#![no_main]

use evatel_voice::brain::chat::read_answer;
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 64 * 1024;

fuzz_target!(|input: (u8, &str)| {
    let (size, body) = input;
    let whole = read_answer([body.as_bytes()], LIMIT);
    let in_pieces = read_answer(body.as_bytes().chunks(usize::from(size) + 1), LIMIT);
    assert_eq!(whole, in_pieces);
    if let Ok(call) = whole.as_ref().map_err(Clone::clone).and_then(|answer| answer.call(64)) {
        assert!(call.name.len() + call.arguments.len() <= body.len());
    }
});
