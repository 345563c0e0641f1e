//! What an endpoint of the brain streams. Whatever it is, it is an answer or an error, and where the network cut it does not matter.

#![no_main]

use evatel_voice::brain::chat::read_answer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((size, body)) = input.split_first() else {
        return;
    };
    // Some inputs are longer than an answer may be.
    let limit = 2048;
    let whole = read_answer([body], limit);
    let in_pieces = read_answer(body.chunks(usize::from(*size) + 1), limit);
    assert_eq!(whole, in_pieces);
    if let Ok(call) = whole
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|answer| answer.call(64))
    {
        assert!(call.name.len() + call.arguments.len() <= body.len());
    }
});
