//! When frames come: how late, how old, and what the processes cost meanwhile.

use std::{
    fmt, fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use evatel_voice::frame::Frame;

use super::house::House;

/// The first sample of a frame that carries a stamp.
const MAGIC: i16 = 0x2b67;
const FRAME_US: u64 = 20_000;
/// Frames of a second.
const SECOND: usize = 50;

/// All legs that are measured.
#[derive(Clone, Default)]
pub(crate) struct Gauges {
    all: Arc<Mutex<Vec<Gauge>>>,
}

/// What one leg hears.
#[derive(Clone)]
pub(crate) struct Gauge {
    start: Instant,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    measuring: bool,
    last_us: Option<u64>,
    /// How much later than 20 ms after the frame before it each came.
    late_us: Vec<u64>,
    /// How old each was.
    age_us: Vec<u64>,
    /// How old they were when the leg was measured first.
    first_age_us: Option<u64>,
}

/// What one measurement says of all legs.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) p99_ms: f64,
    pub(crate) p999_ms: f64,
    /// By how much the worst leg heard later, in each second of the measurement, than when it was measured first.
    pub(crate) standing_ms: f64,
    /// Percent of a core a leg, our process.
    pub(crate) cpu: f64,
    /// Percent of a core a leg, Asterisk.
    pub(crate) asterisk_cpu: f64,
    /// Legs that heard nothing.
    pub(crate) silent: usize,
    /// Frames heard a leg a second.
    pub(crate) rate: f64,
}

impl Gauges {
    /// Makes the gauge of one more leg.
    pub(crate) fn add(&self) -> Gauge {
        let mut all = lock(&self.all);
        let start = all.first().map_or_else(Instant::now, |gauge| gauge.start);
        let gauge = Gauge {
            start,
            heard: Arc::default(),
        };
        lock(&gauge.heard).late_us.reserve(2048);
        lock(&gauge.heard).age_us.reserve(2048);
        all.push(gauge.clone());
        gauge
    }

    /// Measures all legs for a while.
    pub(crate) async fn measure(&self, length: Duration, house: &House) -> Result<Reading> {
        let asterisk = house.asterisk_pid()?;
        for gauge in lock(&self.all).iter() {
            let mut heard = lock(&gauge.heard);
            heard.measuring = true;
            heard.last_us = None;
            heard.late_us.clear();
            heard.age_us.clear();
        }
        let (began, ours, theirs) = (Instant::now(), cpu_s("self")?, cpu_s(&asterisk)?);
        tokio::time::sleep(length).await;
        let (lasted, ours, theirs) = (
            began.elapsed().as_secs_f64(),
            cpu_s("self")? - ours,
            cpu_s(&asterisk)? - theirs,
        );
        let all = lock(&self.all);
        let (mut late, mut standing, mut silent, mut frames) = (Vec::new(), 0.0_f64, 0, 0);
        for gauge in all.iter() {
            let mut heard = lock(&gauge.heard);
            heard.measuring = false;
            frames += heard.age_us.len();
            late.extend_from_slice(&heard.late_us);
            // A slip that is drained within the measurement is none that was kept.
            let Some(least) = heard.age_us.chunks(SECOND).filter_map(median).min() else {
                silent += 1;
                continue;
            };
            let first = *heard.first_age_us.get_or_insert(least);
            standing = standing.max((least as f64 - first as f64) / 1e3);
        }
        late.sort_unstable();
        let at = |share: f64| {
            let index = (late.len() as f64 * share) as usize;
            late.get(index.min(late.len().saturating_sub(1)))
                .map_or(0.0, |us| *us as f64 / 1e3)
        };
        let legs = all.len() as f64;
        Ok(Reading {
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            standing_ms: standing,
            cpu: 100.0 * ours / lasted / legs,
            asterisk_cpu: 100.0 * theirs / lasted / legs,
            silent,
            rate: frames as f64 / lasted / legs,
        })
    }
}

impl Gauge {
    /// Writes the time into a frame.
    pub(crate) fn stamp<const N: usize>(&self, frame: &mut Frame<N>) {
        let now = self.now_us().to_le_bytes();
        frame.0[0] = MAGIC;
        for (sample, pair) in frame.0[1..].iter_mut().zip(now.as_chunks::<2>().0) {
            *sample = i16::from_le_bytes(*pair);
        }
    }

    /// Notes that a frame came; what carries no stamp is Asterisk's own silence.
    pub(crate) fn heard<const N: usize>(&self, frame: &Frame<N>) {
        if frame.0[0] != MAGIC {
            return;
        }
        let now = self.now_us();
        let mut said = [0; 8];
        for (pair, sample) in said.as_chunks_mut::<2>().0.iter_mut().zip(&frame.0[1..]) {
            *pair = sample.to_le_bytes();
        }
        let mut heard = lock(&self.heard);
        if !heard.measuring {
            return;
        }
        if let Some(last) = heard.last_us.replace(now) {
            heard.late_us.push((now - last).saturating_sub(FRAME_US));
        }
        heard.age_us.push(now.saturating_sub(u64::from_le_bytes(said)));
    }

    fn now_us(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p99 {:.2} ms, p99.9 {:.2} ms late; standing delay {:.0} ms; {:.3} % of a core a leg (Asterisk {:.3}); {:.1} frames/s",
            self.p99_ms, self.p999_ms, self.standing_ms, self.cpu, self.asterisk_cpu, self.rate
        )?;
        match self.silent {
            0 => Ok(()),
            silent => write!(f, "; {silent} legs heard nothing"),
        }
    }
}

fn median(of: &[u64]) -> Option<u64> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

/// Seconds of processor time that a process has used (`/proc/PID/stat`, fields 14 and 15, in hundredths).
fn cpu_s(pid: &str) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("no /proc")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => Ok((user + system) / 100.0),
        _ => anyhow::bail!("`/proc/{pid}/stat` cannot be read"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
