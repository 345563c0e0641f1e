//! What goes wrong, and when: always, at the nth chance, or by chance from a seed.

use std::time::Duration;

use super::http::{Asked, Reply};

/// What goes wrong. Paths are those below `/ari`, and may end with `*`; events are named as on the wire, `*` for any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// Everything is answered with 503.
    Booting,
    /// The reader of this event counts as too slow: his websocket is closed with 1011, as after [`super::WRITE_TIMEOUT`].
    CutOff(String),
    /// This event comes twice.
    Doubled(String),
    /// The websocket breaks where this event should come; the event is lost.
    Dropped(String),
    /// Events are heard before the reply of the request that raises them.
    EventsFirst,
    /// The event websocket is answered with 503.
    EventsRefused,
    /// The reply to a request with this path comes so much later than the events that it raises.
    Late {
        /// The path.
        path: String,
        /// How much later.
        by: Duration,
    },
    /// Media connections are taken and neither read nor written.
    MediaStalled,
    /// This event does not come.
    Missing(String),
    /// A request with this method and path is refused in these words.
    Refused {
        /// The method, such as `POST`.
        method: String,
        /// The path.
        path: String,
        /// The HTTP status.
        status: u16,
        /// Asterisk's words.
        message: String,
    },
    /// Another program takes the application before this event, and gets it in our stead.
    Replaced(String),
    /// Asterisk dies of a request with this path and is there again at once: all calls, bridges and connections are gone.
    Restarted(String),
    /// A request with this path is done so much later, though whoever asked it has gone meanwhile.
    Slow {
        /// The path.
        path: String,
        /// How much later.
        by: Duration,
    },
    /// A request with this path is neither done nor answered.
    Stalled(String),
    /// A request with this path is done and never answered, unless it is a `DELETE`.
    Unanswered(String),
    /// Dialling this endpoint, such as `PJSIP/phone`, gives 500 `Allocation failed`.
    Unreachable(String),
}

/// At which of its chances a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// At each.
    Always,
    /// Once, at this one, counted from 1 and from when it was injected.
    Nth(u32),
    /// At one of so many, as the seed has it: the same seed gives the same run.
    OneIn {
        /// How many chances there are to one fault, 1 or more.
        odds: u32,
        /// Where the random numbers begin.
        seed: u64,
    },
}

/// All that was injected and not healed.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Injected>);

#[derive(Debug)]
struct Injected {
    fault: Fault,
    when: When,
    /// How often it had its chance.
    chances: u32,
    random: u64,
}

impl Injected {
    fn happens(&mut self) -> bool {
        self.chances = self.chances.saturating_add(1);
        match self.when {
            When::Always => true,
            When::Nth(nth) => self.chances == nth,
            When::OneIn { odds, .. } => {
                self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
                mixed(self.random).is_multiple_of(u64::from(odds.max(1)))
            }
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.when, When::Nth(nth) if self.chances >= nth)
    }
}

/// What an event meets on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    ArrivesTwice,
    BreaksTheSocket,
    CutsOff,
    IsLost,
    IsTakenOver,
}

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault, when: When) {
        let random = match when {
            When::OneIn { seed, .. } => seed,
            When::Always | When::Nth(_) => 0,
        };
        self.0.push(Injected {
            fault,
            when,
            chances: 0,
            random,
        });
    }

    pub(super) fn heal(&mut self, fault: &Fault) {
        self.0.retain(|injected| injected.fault != *fault);
    }

    /// Says whether a fault that is meant happens now; those behind the first that happens keep their chance.
    fn strikes<T>(&mut self, meant: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let mut struck = None;
        for injected in &mut self.0 {
            let Some(what) = meant(&injected.fault) else {
                continue;
            };
            if struck.is_none() && injected.happens() {
                struck = Some(what);
            }
        }
        self.0.retain(|injected| !injected.is_over());
        struck
    }

    pub(super) fn is(&mut self, fault: &Fault) -> bool {
        self.strikes(|injected| (injected == fault).then_some(()))
            .is_some()
    }

    pub(super) fn refusal(&mut self, asked: &Asked) -> Option<Reply> {
        self.strikes(|fault| match fault {
            Fault::Refused {
                method,
                path,
                status,
                message,
            } if asked.method == *method && asked.is_at(path) => Some(Reply::refused(*status, message)),
            _ => None,
        })
    }

    pub(super) fn is_stalled(&mut self, asked: &Asked) -> bool {
        self.strikes(|fault| matches!(fault, Fault::Stalled(path) if asked.is_at(path)).then_some(()))
            .is_some()
    }

    pub(super) fn is_deadly(&mut self, asked: &Asked) -> bool {
        self.strikes(|fault| matches!(fault, Fault::Restarted(path) if asked.is_at(path)).then_some(()))
            .is_some()
    }

    pub(super) fn loses_reply(&mut self, asked: &Asked) -> bool {
        asked.method != "DELETE"
            && self
                .strikes(|fault| matches!(fault, Fault::Unanswered(path) if asked.is_at(path)).then_some(()))
                .is_some()
    }

    pub(super) fn slowness(&mut self, asked: &Asked) -> Option<Duration> {
        self.strikes(|fault| match fault {
            Fault::Slow { path, by } if asked.is_at(path) => Some(*by),
            _ => None,
        })
    }

    pub(super) fn delay(&mut self, asked: &Asked) -> Option<Duration> {
        self.strikes(|fault| match fault {
            Fault::Late { path, by } if asked.is_at(path) => Some(*by),
            _ => None,
        })
    }

    pub(super) fn is_unreachable(&mut self, endpoint: &str) -> bool {
        self.strikes(|fault| matches!(fault, Fault::Unreachable(known) if known == endpoint).then_some(()))
            .is_some()
    }

    pub(super) fn fate(&mut self, event: &str) -> Fate {
        let meant = |name: &String| name == "*" || name == event;
        let struck = self.strikes(|fault| match fault {
            Fault::CutOff(name) if meant(name) => Some(Fate::CutsOff),
            Fault::Doubled(name) if meant(name) => Some(Fate::ArrivesTwice),
            Fault::Dropped(name) if meant(name) => Some(Fate::BreaksTheSocket),
            Fault::Missing(name) if meant(name) => Some(Fate::IsLost),
            Fault::Replaced(name) if meant(name) => Some(Fate::IsTakenOver),
            _ => None,
        });
        struck.unwrap_or(Fate::Arrives)
    }
}

/// The output function of SplitMix64.
fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(faults: &mut Faults, count: usize) -> Vec<Fate> {
        (0..count).map(|_| faults.fate("StasisStart")).collect()
    }

    #[test]
    fn the_nth_chance_is_the_only_one() {
        let mut faults = Faults::default();
        faults.inject(Fault::Missing("StasisStart".into()), When::Nth(2));
        assert_eq!(faults.fate("StasisEnd"), Fate::Arrives);
        let expected = [Fate::Arrives, Fate::IsLost, Fate::Arrives];
        assert_eq!(fates(&mut faults, 3), expected);
    }

    #[test]
    fn the_same_seed_gives_the_same_run_and_another_seed_another() {
        let run = |seed| {
            let mut faults = Faults::default();
            faults.inject(Fault::Doubled("*".into()), When::OneIn { odds: 4, seed });
            fates(&mut faults, 400)
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let doubled = run(7).iter().filter(|fate| **fate == Fate::ArrivesTwice).count();
        assert!((60..140).contains(&doubled), "{doubled} of 400");
    }

    #[test]
    fn what_is_healed_happens_no_more() {
        let mut faults = Faults::default();
        faults.inject(Fault::Booting, When::Always);
        assert!(faults.is(&Fault::Booting));
        faults.heal(&Fault::Booting);
        assert!(!faults.is(&Fault::Booting));
    }
}
