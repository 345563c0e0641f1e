//! End of turn: how long a pause must be before the caller has said what he wanted.

use std::time::Duration;

use evatel_core::flow::Expect;

use crate::frame::FRAME_MS;

/// How an utterance ends. All times are counted in frames of sound, never by a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointRule {
    /// A pause of this length after speech ends the turn.
    pub pause: Duration,
    /// A turn is never longer than this.
    pub longest: Duration,
}

/// An utterance for the recogniser is never longer.
pub const LONGEST_UTTERANCE: Duration = Duration::from_secs(10);

impl EndpointRule {
    /// The rule for what is expected: quick for a word, patient for a name.
    #[must_use]
    pub fn for_expect(expect: Expect) -> Self {
        let pause_ms = match expect {
            Expect::AcceptRefuse | Expect::AfterFailure | Expect::YesNo => 500,
            Expect::Command => 600,
            // A name comes with hesitations; so may whatever core adds later.
            _ => 900,
        };
        Self {
            pause: Duration::from_millis(pause_ms),
            longest: LONGEST_UTTERANCE,
        }
    }

    /// The rule for a recording of at most `longest`: patient with a message, brisk with a name.
    #[must_use]
    pub fn for_recording(longest: Duration) -> Self {
        let pause_ms = if longest <= Duration::from_secs(15) {
            900
        } else {
            2500
        };
        Self {
            pause: Duration::from_millis(pause_ms),
            longest,
        }
    }
}

/// Why a turn is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfTurn {
    /// The speaker made a pause.
    Pause,
    /// The turn reached its greatest length.
    TooLong,
}

/// Where a turn lies in the sound of its leg, counted from the leg's first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Its first frame, with the 200 ms before the first certain speech.
    pub from: Duration,
    /// The end of its last frame, with the pause that ended it.
    pub to: Duration,
    /// Why it was over.
    pub end: EndOfTurn,
}

/// Watches one turn. Feed it each frame's verdict from the turn's first frame on.
#[derive(Clone, Debug)]
pub struct Endpoint {
    rule: EndpointRule,
    heard_ms: u64,
    silent_ms: u64,
    spoken_ms: u64,
}

impl Endpoint {
    /// Begins a turn.
    #[must_use]
    pub fn new(rule: EndpointRule) -> Self {
        Self {
            rule,
            heard_ms: 0,
            silent_ms: 0,
            spoken_ms: 0,
        }
    }

    /// Takes whether the next frame holds speech, and says when the turn is over.
    pub fn push(&mut self, speech: bool) -> Option<EndOfTurn> {
        self.heard_ms += FRAME_MS;
        if speech {
            self.silent_ms = 0;
            self.spoken_ms += FRAME_MS;
        } else {
            self.silent_ms += FRAME_MS;
        }
        if self.spoken_ms > 0 && u128::from(self.silent_ms) >= self.rule.pause.as_millis() {
            return Some(EndOfTurn::Pause);
        }
        (u128::from(self.heard_ms) >= self.rule.longest.as_millis()).then_some(EndOfTurn::TooLong)
    }

    /// How much of the turn was speech.
    #[must_use]
    pub fn spoken(&self) -> Duration {
        Duration::from_millis(self.spoken_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(expect: Expect, frames: impl IntoIterator<Item = bool>) -> Option<(usize, EndOfTurn)> {
        let mut endpoint = Endpoint::new(EndpointRule::for_expect(expect));
        frames
            .into_iter()
            .enumerate()
            .find_map(|(index, speech)| Some((index, endpoint.push(speech)?)))
    }

    fn word_then_silence(frames: usize) -> impl Iterator<Item = bool> {
        (0..frames).map(|index| index < 20)
    }

    #[test]
    fn a_yes_ends_after_half_a_second_and_a_name_later() {
        assert_eq!(
            end_of(Expect::YesNo, word_then_silence(100)),
            Some((44, EndOfTurn::Pause))
        );
        assert_eq!(
            end_of(Expect::Name, word_then_silence(100)),
            Some((64, EndOfTurn::Pause))
        );
    }

    #[test]
    fn a_pause_inside_a_sentence_does_not_end_it() {
        let frames = (0..200).map(|index| index % 25 < 5);
        assert_eq!(end_of(Expect::Command, frames), None);
    }

    #[test]
    fn who_never_stops_is_cut_at_ten_seconds_and_who_never_starts_has_no_pause() {
        assert_eq!(
            end_of(Expect::Command, std::iter::repeat_n(true, 600)),
            Some((499, EndOfTurn::TooLong))
        );
        assert_eq!(end_of(Expect::Command, std::iter::repeat_n(false, 499)), None);
    }
}
