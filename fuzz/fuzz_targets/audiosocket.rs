//! AudioSocket: in pieces of any length the same packets come out as at once.

#![no_main]

use evatel_ari::media::audiosocket::packet::{Packet, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let mut at_once = Vec::new();
    let mut rest = bytes;
    while let Some((packet, length)) = Packet::read(rest) {
        at_once.push(format!("{packet:?}"));
        rest = &rest[length..];
    }
    let mut reader = Reader::default();
    let mut in_pieces = Vec::new();
    let mut waiting = bytes;
    loop {
        while let Some(packet) = reader.packet() {
            in_pieces.push(format!("{packet:?}"));
        }
        if waiting.is_empty() {
            break;
        }
        let room = reader.room();
        let taken = room.len().min(usize::from(piece).max(1)).min(waiting.len());
        room[..taken].copy_from_slice(&waiting[..taken]);
        reader.came(taken);
        waiting = &waiting[taken..];
    }
    assert_eq!(in_pieces, at_once);
});
