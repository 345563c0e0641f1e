//! End of turn: how long a pause must be before the caller has said what he wanted.
//!
//! That depends on what was asked ([`EndpointRule`]), on how long the speaker's pauses are ([`Pace`]), and on what was understood so far
//! ([`Outlook`]). All times are counted in frames of sound, never by a clock.

use std::time::Duration;

use evatel_core::flow::Expect;

use crate::frame::FRAME_MS;

/// What was understood so far of a turn says about the rest of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outlook {
    /// It is one of the answers that were asked for, and no beginning of another.
    Complete,
    /// Nothing is known.
    #[default]
    Open,
    /// It is the beginning of something, or in the middle of it: a number, a spelled name, an "and".
    Unfinished,
}

/// How an utterance ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointRule {
    /// A pause of this length after a complete answer ends the turn.
    pub quick: Duration,
    /// A pause of this length ends the turn of a speaker of whom nothing is known.
    pub pause: Duration,
    /// That of a quick speaker is never shorter.
    pub least: Duration,
    /// That of a slow speaker is never longer.
    pub most: Duration,
    /// A pause of this length ends a turn of which more should follow.
    pub patient: Duration,
    /// A turn is never longer than this.
    pub longest: Duration,
}

/// An utterance for the recogniser is never longer.
pub const LONGEST_UTTERANCE: Duration = Duration::from_secs(14);

/// Nobody is waited for any longer.
const MOST_PATIENCE: u64 = 3000;

impl EndpointRule {
    /// The rule for what is expected: quick for a word, patient for a name or a number.
    #[must_use]
    pub fn for_expect(expect: Expect) -> Self {
        match expect {
            Expect::AcceptRefuse | Expect::AfterFailure | Expect::YesNo => {
                Self::of_ms(300, 500, 1000, 1200, 10_000)
            }
            // With pauses of half a second between all words of 308 spoken orders, what was complete before its end lacked a "please" (31), or was
            // complete by a first name that only one has (7); one other, and none named somebody else.
            Expect::Command => Self::of_ms(320, 600, 1500, 1500, 10_000),
            // A yes is quick; whoever says no may have something else to say, and take his time.
            Expect::Confirm(_) => Self::of_ms(300, 900, 2000, 2000, 10_000),
            Expect::Slot(_) => Self::of_ms(450, 900, 2000, 2500, 14_000),
            // A name comes with hesitations, and may be spelled; so may whatever core adds later.
            _ => Self::of_ms(900, 900, 2000, 2500, 14_000),
        }
    }

    /// The rule for a recording of at most `longest`: patient with a message, brisk with a name.
    #[must_use]
    pub fn for_recording(longest: Duration) -> Self {
        let rule = if longest <= Duration::from_secs(15) {
            Self::for_expect(Expect::Name)
        } else {
            Self::of_ms(2500, 2500, MOST_PATIENCE, MOST_PATIENCE, 0)
        };
        Self { longest, ..rule }
    }

    fn of_ms(quick: u64, pause: u64, most: u64, patient: u64, longest: u64) -> Self {
        Self {
            quick: Duration::from_millis(quick),
            pause: Duration::from_millis(pause),
            least: Duration::from_millis(pause * 4 / 5),
            most: Duration::from_millis(most),
            patient: Duration::from_millis(patient),
            longest: Duration::from_millis(longest),
        }
    }

    /// How long a pause ends the turn of this speaker, with this before him.
    #[must_use]
    pub fn wait(&self, pace: Pace, outlook: Outlook) -> Duration {
        let usual = pace.wait(self);
        match outlook {
            Outlook::Complete => self.quick.min(usual),
            Outlook::Open => usual,
            Outlook::Unfinished => self.patient.max(usual),
        }
    }
}

/// How long one speaker's pauses within his turns are, as far as they were heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    average_ms: f32,
    heard: u32,
}

impl Pace {
    /// What is shorter is no pause, but a consonant: 200 ms.
    pub const SHORTEST: Duration = Duration::from_millis(200);
    /// How much the last pause counts in the moving average.
    const WEIGHT: f32 = 0.3;
    /// A pause that ends a turn is so much longer than his usual one.
    const LONGER: f32 = 1.5;
    /// From so many pauses on one is known to be quick; to be slow, one is enough.
    const KNOWN: u32 = 5;

    /// Hears a pause after which the speaker went on.
    pub fn paused(&mut self, pause: Duration) {
        if pause < Self::SHORTEST {
            return;
        }
        let ms = pause.as_millis() as f32;
        self.average_ms = match self.heard {
            0 => ms,
            _ => self.average_ms + Self::WEIGHT * (ms - self.average_ms),
        };
        self.heard = self.heard.saturating_add(1);
    }

    /// How long his pauses are on average; nothing where he made none.
    #[must_use]
    pub fn average(self) -> Option<Duration> {
        (self.heard > 0).then(|| Duration::from_millis(self.average_ms as u64))
    }

    fn wait(self, rule: &EndpointRule) -> Duration {
        if self.heard == 0 {
            return rule.pause;
        }
        let least = if self.heard < Self::KNOWN {
            rule.pause
        } else {
            rule.least
        };
        let longer = Duration::from_millis((Self::LONGER * self.average_ms) as u64);
        longer.clamp(least, rule.most.max(least))
    }
}

/// Why a turn is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndOfTurn {
    /// A short pause followed an answer to which nothing was to be added.
    Answered,
    /// The speaker made a pause.
    Pause,
    /// The turn reached its greatest length.
    TooLong,
    /// More was to follow, and did not within a long pause.
    WaitedInVain,
}

impl EndOfTurn {
    /// The word for it in logs and documents, such as `waited-in-vain`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Pause => "pause",
            Self::TooLong => "too-long",
            Self::WaitedInVain => "waited-in-vain",
        }
    }
}

/// Where a turn lies in the sound of its leg, counted from the leg's first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Its first frame, with the 400 ms before the first certain speech.
    pub from: Duration,
    /// The end of its last frame, with the pause that ended it.
    pub to: Duration,
    /// How long the pause was that ended it, up to `to`.
    pub pause: Duration,
    /// Why it was over.
    pub end: EndOfTurn,
}

/// Watches one turn. Feed it each frame's verdict from the turn's first frame on.
#[derive(Clone, Debug)]
pub struct Endpoint {
    rule: EndpointRule,
    pace: Pace,
    outlook: Outlook,
    heard_ms: u64,
    silent_ms: u64,
    spoken_ms: u64,
}

impl Endpoint {
    /// Begins a turn of a speaker whose pace is known as far as this.
    #[must_use]
    pub fn new(rule: EndpointRule, pace: Pace) -> Self {
        Self {
            rule,
            pace,
            outlook: Outlook::Open,
            heard_ms: 0,
            silent_ms: 0,
            spoken_ms: 0,
        }
    }

    /// Takes whether the next frame holds speech, and says when the turn is over.
    pub fn push(&mut self, speech: bool) -> Option<EndOfTurn> {
        self.heard_ms += FRAME_MS;
        if speech {
            if self.spoken_ms > 0 {
                self.pace.paused(self.silence());
            }
            self.silent_ms = 0;
            self.spoken_ms += FRAME_MS;
        } else {
            self.silent_ms += FRAME_MS;
        }
        let wait = self.rule.wait(self.pace, self.outlook);
        if self.spoken_ms > 0 && self.silence() >= wait {
            let usual = self.rule.wait(self.pace, Outlook::Open);
            return Some(match self.outlook {
                Outlook::Complete if wait < usual => EndOfTurn::Answered,
                Outlook::Unfinished if wait > usual => EndOfTurn::WaitedInVain,
                _ => EndOfTurn::Pause,
            });
        }
        (u128::from(self.heard_ms) >= self.rule.longest.as_millis()).then_some(EndOfTurn::TooLong)
    }

    /// Takes what was understood so far; it holds until there is something else.
    pub fn foresee(&mut self, outlook: Outlook) {
        self.outlook = outlook;
    }

    /// How long the speaker has been silent.
    #[must_use]
    pub fn silence(&self) -> Duration {
        Duration::from_millis(self.silent_ms)
    }

    /// How much of the turn was speech.
    #[must_use]
    pub fn spoken(&self) -> Duration {
        Duration::from_millis(self.spoken_ms)
    }

    /// The speaker's pace, with what was heard of it in this turn.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// A turn in which speech and silence take turns, each so long, in ms; gives when it was over and why.
    fn end_of(endpoint: &mut Endpoint, lengths: &[u64]) -> Option<(u64, EndOfTurn)> {
        let frames = lengths
            .iter()
            .enumerate()
            .flat_map(|(index, ms)| std::iter::repeat_n(index % 2 == 0, (ms / FRAME_MS) as usize));
        let mut at = 0;
        for speech in frames {
            at += FRAME_MS;
            if let Some(end) = endpoint.push(speech) {
                return Some((at, end));
            }
        }
        None
    }

    fn endpoint(expect: Expect, outlook: Outlook) -> Endpoint {
        let mut endpoint = Endpoint::new(EndpointRule::for_expect(expect), Pace::default());
        endpoint.foresee(outlook);
        endpoint
    }

    #[rstest]
    #[case::a_yes(Expect::YesNo, Outlook::Open, 500, EndOfTurn::Pause)]
    #[case::a_certain_yes(Expect::YesNo, Outlook::Complete, 300, EndOfTurn::Answered)]
    #[case::a_no_but(Expect::YesNo, Outlook::Unfinished, 1200, EndOfTurn::WaitedInVain)]
    #[case::an_order(Expect::Command, Outlook::Open, 600, EndOfTurn::Pause)]
    #[case::a_certain_order(Expect::Command, Outlook::Complete, 320, EndOfTurn::Answered)]
    #[case::half_an_order(Expect::Command, Outlook::Unfinished, 1500, EndOfTurn::WaitedInVain)]
    #[case::a_name(Expect::Name, Outlook::Open, 900, EndOfTurn::Pause)]
    #[case::a_known_name(Expect::Name, Outlook::Complete, 900, EndOfTurn::Pause)]
    #[case::a_name_being_spelled(Expect::Name, Outlook::Unfinished, 2500, EndOfTurn::WaitedInVain)]
    fn the_pause_that_ends_a_turn_depends_on_the_question_and_on_what_was_understood(
        #[case] expect: Expect,
        #[case] outlook: Outlook,
        #[case] wait: u64,
        #[case] end: EndOfTurn,
    ) {
        let found = end_of(&mut endpoint(expect, outlook), &[400, 4000]);
        assert_eq!(found, Some((400 + wait, end)));
    }

    #[test]
    fn who_makes_long_pauses_is_waited_for_longer_at_once_and_in_his_next_turn() {
        let mut slow = endpoint(Expect::Command, Outlook::Open);
        // 560 ms once: from then on 1.5 times that.
        assert_eq!(
            end_of(&mut slow, &[400, 560, 400, 3000]),
            Some((400 + 560 + 400 + 840, EndOfTurn::Pause))
        );
        let mut next = Endpoint::new(EndpointRule::for_expect(Expect::YesNo), slow.pace());
        assert_eq!(end_of(&mut next, &[400, 3000]), Some((1240, EndOfTurn::Pause)));
    }

    #[test]
    fn the_slowest_is_waited_for_no_longer_than_the_rule_allows() {
        let mut pace = Pace::default();
        (0..20).for_each(|_| pace.paused(Duration::from_secs(5)));
        for (expect, most) in [
            (Expect::YesNo, 1000),
            (Expect::Command, 1500),
            (Expect::Name, 2000),
        ] {
            let rule = EndpointRule::for_expect(expect);
            assert_eq!(rule.wait(pace, Outlook::Open), Duration::from_millis(most));
            let longest = rule.wait(pace, Outlook::Unfinished);
            assert!(longest <= Duration::from_millis(MOST_PATIENCE), "{longest:?}");
        }
    }

    #[test]
    fn a_quick_speaker_is_known_after_five_pauses_and_never_waited_for_less_than_the_rule_allows() {
        let rule = EndpointRule::for_expect(Expect::Command);
        let mut pace = Pace::default();
        for _ in 0..4 {
            pace.paused(Duration::from_millis(220));
            assert_eq!(rule.wait(pace, Outlook::Open), rule.pause);
        }
        pace.paused(Duration::from_millis(220));
        assert_eq!(rule.wait(pace, Outlook::Open), Duration::from_millis(480));
    }

    #[test]
    fn consonants_are_no_pauses() {
        let mut endpoint = endpoint(Expect::Command, Outlook::Open);
        assert_eq!(end_of(&mut endpoint, &[400, 180, 400, 100, 400]), None);
        assert_eq!(endpoint.pace().average(), None);
    }

    #[test]
    fn one_long_pause_of_many_changes_little() {
        let mut pace = Pace::default();
        (0..10).for_each(|_| pace.paused(Duration::from_millis(300)));
        pace.paused(Duration::from_millis(800));
        assert_eq!(pace.average(), Some(Duration::from_millis(450)));
    }

    #[rstest]
    #[case(Expect::YesNo, 10_000)]
    #[case(Expect::Command, 10_000)]
    #[case(Expect::Name, 14_000)]
    fn who_never_stops_is_cut_and_who_never_starts_has_no_pause(#[case] expect: Expect, #[case] cap: u64) {
        for outlook in [Outlook::Open, Outlook::Complete, Outlook::Unfinished] {
            let found = end_of(&mut endpoint(expect, outlook), &[60_000]);
            assert_eq!(found, Some((cap, EndOfTurn::TooLong)));
        }
        let found = end_of(&mut endpoint(expect, Outlook::Complete), &[0, 60_000]);
        assert_eq!(found, Some((cap, EndOfTurn::TooLong)));
    }

    #[test]
    fn a_message_is_waited_for_longer_than_a_name() {
        let wait = |longest| {
            EndpointRule::for_recording(Duration::from_secs(longest)).wait(Pace::default(), Outlook::Open)
        };
        assert_eq!(wait(10), Duration::from_millis(900));
        assert_eq!(wait(120), Duration::from_millis(2500));
    }
}
