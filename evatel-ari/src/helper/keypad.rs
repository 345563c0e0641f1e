//! Digits that a party keys: kept from the moment the keypad is opened, and collected by rules.

use std::{collections::VecDeque, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::follow::follow_channel;
use crate::{
    error::Result,
    event::EventKind,
    handle::Handle,
    id::ChannelId,
    router::{ObjectEvents, Signal},
};

/// How many keys wait for a [`Keypad::collect`]. When there are more, the oldest are dropped.
pub const WAITING_KEYS: usize = 64;

/// When a collection of digits is over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// How many digits are enough to end it at once.
    pub max: usize,
    /// How many digits it takes to be complete; fewer are [`End::TooFew`].
    pub min: usize,
    /// How long the first digit may take.
    pub first: Duration,
    /// How long each next digit may take.
    pub between: Duration,
    /// Keys that end it, which are not among the digits.
    pub terminators: String,
}

impl Rules {
    /// Waits `first` for one digit, whichever it is.
    pub fn one(first: Duration) -> Self {
        Self {
            max: 1,
            min: 1,
            first,
            between: first,
            terminators: String::new(),
        }
    }

    /// Takes up to `max` digits, ended by `#` or by four seconds without a key.
    pub fn up_to(max: usize) -> Self {
        Self {
            max,
            min: 1,
            first: Duration::from_secs(10),
            between: Duration::from_secs(4),
            terminators: "#".into(),
        }
    }
}

/// What was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collected {
    /// The digits, without the terminator.
    pub digits: String,
    /// Why it ended.
    pub end: End,
    /// Keys may be missing: the connection was lost meanwhile, or the reader was slow.
    pub has_gap: bool,
}

/// Why a collection of digits ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// [`Rules::max`] digits are there.
    Full,
    /// The party hung up or left the application.
    Left,
    /// No digit came at all.
    NoDigit,
    /// After enough digits no other came.
    Pause,
    /// This key ended it, after enough digits.
    Terminator(char),
    /// A key or a pause ended it before [`Rules::min`] digits were there.
    TooFew,
}

/// The keys of one party. What is pressed waits here until it is collected, so that who keys ahead loses nothing.
#[derive(Debug)]
pub struct Keypad {
    events: ObjectEvents,
    pressed: VecDeque<char>,
    has_gap: bool,
    has_left: bool,
}

impl Keypad {
    /// Begins to listen to the keys of a channel, beside whoever follows it.
    ///
    /// ```
    /// # use evatel_ari::{Ari, ChannelId, helper::{Keypad, keypad::{End, Rules}}};
    /// # async fn extension(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<Option<String>> {
    /// let mut keypad = Keypad::open(id, ari).await?;
    /// let collected = keypad.collect(&Rules::up_to(4)).await;
    /// # Ok(
    /// match collected.end {
    ///     End::Full | End::Pause | End::Terminator(_) => Some(collected.digits),
    ///     _ => None,
    /// }
    /// # )
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] if the channel is gone, and those of the request.
    pub async fn open<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        Ok(Self {
            events: follow_channel(channel, handle).await?,
            pressed: VecDeque::new(),
            has_gap: false,
            has_left: false,
        })
    }

    /// Waits until a key is pressed, and leaves it for the next [`Keypad::collect`]: what interrupts a prompt is its first
    /// digit. None once the party has left.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn pressed(&mut self) -> Option<char> {
        loop {
            if let Some(key) = self.pressed.front() {
                return Some(*key);
            }
            if self.has_left {
                return None;
            }
            let signal = self.events.next().await;
            self.hear(signal);
        }
    }

    /// Collects digits by `rules`, those first that wait.
    ///
    /// # Cancel safety
    /// If the future is dropped, the digits that it had taken wait for the next one.
    pub async fn collect(&mut self, rules: &Rules) -> Collected {
        let mut taken = Collection::new(rules, Instant::now());
        let end = loop {
            // A key is taken out only at the end, hence a dropped future loses none.
            if let Some(end) = taken.step(&self.pressed, Instant::now()) {
                break end;
            }
            if self.has_left {
                break End::Left;
            }
            tokio::select! {
                biased;
                signal = self.events.next() => self.hear(signal),
                () = sleep_until(taken.deadline) => {}
            }
        };
        let used = taken.digits + usize::from(taken.terminator.is_some());
        let digits = self.pressed.drain(..used).take(taken.digits).collect();
        Collected {
            digits,
            end,
            has_gap: std::mem::take(&mut self.has_gap),
        }
    }

    /// Forgets what was pressed and not collected.
    pub fn clear(&mut self) {
        self.pressed.clear();
    }

    fn hear(&mut self, signal: Option<Signal>) {
        match signal {
            Some(Signal::Event(event)) => match event.kind() {
                EventKind::ChannelDtmfReceived { digit, .. } => {
                    if self.pressed.len() == WAITING_KEYS {
                        self.pressed.pop_front();
                        self.has_gap = true;
                    }
                    self.pressed.extend(digit.chars().next());
                }
                EventKind::ChannelDestroyed { .. } | EventKind::StasisEnd { .. } => self.has_left = true,
                _ => {}
            },
            Some(Signal::Lost | Signal::Lagged(_)) => self.has_gap = true,
            Some(Signal::Gone | Signal::Left) | None => self.has_left = true,
            Some(_) => {}
        }
    }
}

/// One collection: how many of the waiting keys it has taken, and until when it waits for the next.
struct Collection<'a> {
    rules: &'a Rules,
    digits: usize,
    terminator: Option<char>,
    deadline: Instant,
}

impl<'a> Collection<'a> {
    fn new(rules: &'a Rules, now: Instant) -> Self {
        Self {
            rules,
            digits: 0,
            terminator: None,
            deadline: now + rules.first,
        }
    }

    /// Takes the keys that it has not taken yet, and says when it is over.
    fn step(&mut self, pressed: &VecDeque<char>, now: Instant) -> Option<End> {
        let rules = self.rules;
        while self.digits < rules.max
            && let Some(key) = pressed.get(self.digits)
        {
            if rules.terminators.contains(*key) {
                self.terminator = Some(*key);
                return Some(match self.digits < rules.min {
                    true => End::TooFew,
                    false => End::Terminator(*key),
                });
            }
            self.digits += 1;
            self.deadline = now + rules.between;
        }
        if self.digits >= rules.max {
            return Some(End::Full);
        }
        (now >= self.deadline).then_some(match self.digits {
            0 => End::NoDigit,
            few if few < rules.min => End::TooFew,
            _ => End::Pause,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(keys: &str, rules: &Rules, waited: Duration) -> (usize, Option<End>) {
        let begin = Instant::now();
        let mut collection = Collection::new(rules, begin);
        let pressed: VecDeque<char> = keys.chars().collect();
        let at_once = collection.step(&pressed, begin);
        let end = at_once.or_else(|| collection.step(&pressed, begin + waited));
        (collection.digits, end)
    }

    #[test]
    fn digits_end_by_number_by_terminator_or_by_a_pause() {
        let rules = Rules {
            min: 2,
            ..Rules::up_to(4)
        };
        let pause = rules.between;
        assert_eq!(after("12345", &rules, Duration::ZERO), (4, Some(End::Full)));
        assert_eq!(
            after("12#9", &rules, Duration::ZERO),
            (2, Some(End::Terminator('#')))
        );
        assert_eq!(after("1#", &rules, Duration::ZERO), (1, Some(End::TooFew)));
        assert_eq!(after("123", &rules, pause), (3, Some(End::Pause)));
        assert_eq!(after("1", &rules, pause), (1, Some(End::TooFew)));
        assert_eq!(
            after("", &rules, pause),
            (0, None),
            "the first digit may take longer"
        );
        assert_eq!(after("", &rules, rules.first), (0, Some(End::NoDigit)));
        assert_eq!(after("12", &rules, pause - Duration::from_millis(1)), (2, None));
    }
}
