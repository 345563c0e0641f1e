//! What goes wrong, and when: the same for the same seed.

use std::{fmt, time::Duration};

/// How many calls, and what happens to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it was made of.
    pub seed: u64,
    /// How many calls, all of them at once.
    pub calls: u32,
    /// In this order, each after a pause.
    pub faults: Vec<(Duration, Fault)>,
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Every connection between daemon and Asterisk is cut.
    CutAll,
    /// The event websocket is cut.
    CutEvents,
    /// Nothing comes through for so long, and every connection stays open.
    Stall(Duration),
    /// The daemon is frozen for so long (SIGSTOP, SIGCONT).
    FreezeDaemon(Duration),
    /// The daemon is killed (SIGKILL), and started again after so long.
    KillDaemon(Duration),
    /// The daemon is told to stop twice, and started again.
    StopDaemonTwice,
    /// Another program takes the application's name for so long; the daemon ends, and is started again.
    TakeName(Duration),
    /// Asterisk is killed and started again.
    KillAsterisk,
}

impl Plan {
    /// Makes the plan of a seed: so many calls, and every kind of fault once before any comes again.
    pub fn new(seed: u64, calls: u32, faults: usize) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut planned = Vec::with_capacity(faults);
        let mut kinds = Vec::new();
        for _ in 0..faults {
            if kinds.is_empty() {
                kinds = (0..Fault::KINDS).collect();
                random.shuffle(&mut kinds);
            }
            let kind = kinds.pop().unwrap_or_default();
            let pause = Duration::from_millis(random.u64(500..4_000));
            planned.push((pause, Fault::of(kind, &mut random)));
        }
        Self {
            seed,
            calls,
            faults: planned,
        }
    }

    /// How many calls Asterisk must have at once for the run to count: callers come and go, a few are always between two calls.
    pub fn target(&self) -> u32 {
        self.calls * 9 / 10
    }

    /// The command that repeats it.
    pub fn command(&self) -> String {
        format!(
            "cargo xtask chaos --seed {} --calls {} --faults {}",
            self.seed,
            self.calls,
            self.faults.len()
        )
    }
}

impl Fault {
    const KINDS: u8 = 8;

    fn of(kind: u8, random: &mut fastrand::Rng) -> Self {
        let mut time = |range| Duration::from_millis(random.u64(range));
        match kind {
            0 => Self::CutAll,
            1 => Self::CutEvents,
            2 => Self::Stall(time(500..6_000)),
            3 => Self::FreezeDaemon(time(500..6_000)),
            4 => Self::KillDaemon(time(0..3_000)),
            5 => Self::StopDaemonTwice,
            6 => Self::TakeName(time(0..3_000)),
            _ => Self::KillAsterisk,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, {} calls:", self.seed, self.calls)?;
        for (pause, fault) in &self.faults {
            write!(f, "\n  after {:>4} ms {fault:?}", pause.as_millis())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_makes_the_same_plan_and_another_one_another() {
        assert_eq!(Plan::new(7, 20, 12), Plan::new(7, 20, 12));
        assert_ne!(Plan::new(7, 20, 12), Plan::new(8, 20, 12));
    }

    #[test]
    fn every_kind_of_fault_comes_once_before_any_comes_again() {
        let plan = Plan::new(1, 20, usize::from(Fault::KINDS));
        let mut kinds: Vec<_> = plan
            .faults
            .iter()
            .map(|(_, fault)| std::mem::discriminant(fault))
            .collect();
        kinds.dedup();
        for (at, kind) in kinds.iter().enumerate() {
            assert!(!kinds[..at].contains(kind), "{plan}");
        }
        assert_eq!(kinds.len(), usize::from(Fault::KINDS));
    }
}
