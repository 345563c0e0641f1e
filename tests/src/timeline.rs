//! How fast the assistant was, in milliseconds, from what a caller's [`Peer`](crate::rtp::Peer) sent and received.
//!
//! All times are those of packets at the caller's end, so the network and the server are part of each.

use std::time::{Duration, Instant};

use crate::rtp::{Recording, Sent};

/// From the 200 OK to the first packet with the assistant's speech.
pub fn first_audio_ms(answered: Instant, received: &Recording) -> Option<u64> {
    Some(ms(answered, received.first_speech_after(answered)?))
}

/// From the last sample of the caller's turn to the first packet with the assistant's speech after it.
pub fn turn_ms(turn: Sent, received: &Recording) -> Option<u64> {
    Some(ms(turn.last_at, received.first_speech_after(turn.last_at)?))
}

/// From the first sample with which the caller interrupts to the last packet of the assistant's sentence: one that is followed by
/// [`HUSHED`] of silence. `None` when the assistant was not speaking then, or never stopped.
pub fn barge_in_ms(interruption: Sent, received: &Recording) -> Option<u64> {
    let before = received.last_speech_before(interruption.first_at)?;
    if interruption.first_at - before > SPEAKING {
        return None;
    }
    let last = received.speech_end(before, HUSHED)?;
    Some(ms(interruption.first_at, last))
}

/// A silence after which a sentence was broken off: longer than any between two words.
pub const HUSHED: Duration = Duration::from_millis(300);

fn ms(from: Instant, to: Instant) -> u64 {
    to.saturating_duration_since(from).as_millis() as u64
}

/// Somebody who made no sound for longer was not speaking.
const SPEAKING: Duration = Duration::from_millis(300);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;

    /// Packets every 20 ms, with speech in these ranges of milliseconds.
    fn received(begin: Instant, speech: &[std::ops::Range<u64>]) -> Recording {
        let mut recording = Recording::default();
        for n in 0..200_u32 {
            let at = 20 * u64::from(n);
            let level = if speech.iter().any(|range| range.contains(&at)) {
                2000
            } else {
                0
            };
            recording.push(begin + Duration::from_millis(at), 1, 160 * n, &[level; FRAME]);
        }
        recording
    }

    fn sent(begin: Instant, first: u64, last: u64) -> Sent {
        Sent {
            first_at: begin + Duration::from_millis(first),
            last_at: begin + Duration::from_millis(last),
        }
    }

    #[test]
    fn the_first_audio_counts_from_the_answer_and_a_turn_from_its_end() {
        let begin = Instant::now();
        let recording = received(begin, &[400..1000, 2500..3000]);
        assert_eq!(
            first_audio_ms(begin + Duration::from_millis(100), &recording),
            Some(300)
        );
        assert_eq!(turn_ms(sent(begin, 1500, 2000), &recording), Some(500));
        assert_eq!(turn_ms(sent(begin, 3000, 3500), &recording), None);
    }

    #[test]
    fn an_interruption_counts_until_the_sentence_breaks_off() {
        let begin = Instant::now();
        let recording = received(begin, &[400..800, 900..1600, 2500..3000]);
        assert_eq!(barge_in_ms(sent(begin, 1180, 1900), &recording), Some(400));
    }

    #[test]
    fn words_into_silence_or_against_one_who_never_stops_are_no_interruption() {
        let begin = Instant::now();
        assert_eq!(
            barge_in_ms(sent(begin, 1500, 1600), &received(begin, &[100..300, 300..800])),
            None
        );
        assert_eq!(
            barge_in_ms(
                sent(begin, 1500, 1600),
                &received(begin, &[100..2000, 2000..4000])
            ),
            None
        );
    }
}
