//! What a client counts while it handles events, and what the process used for it.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::events::stamped;

/// What one run of one client came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Events that reached their channel's handler.
    pub handled: u64,
    /// Keys that handlers read.
    pub digits: u64,
    /// Values of variables that handlers read.
    pub values: u64,
    /// Channels whose end was handled.
    pub ended: u64,
    /// From the first handled event to the last.
    pub seconds: f64,
    /// Of the whole process, from "ready" on.
    pub cpu_seconds: f64,
    /// What the resident memory grew by.
    pub rss_bytes: u64,
    /// From the server's write to the handler, in microseconds; of the paced run only.
    pub latency_us: Option<Quantiles>,
    /// Requests that were answered.
    pub requests: u64,
    /// Requests that failed.
    pub errors: u64,
}

/// Quantiles of a distribution.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Quantiles {
    /// The median.
    pub p50: f64,
    /// Of a hundred, the worst but one.
    pub p99: f64,
    /// Of a thousand, the worst but one.
    pub p999: f64,
}

/// Nanoseconds of the clock that server and client share.
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

static HANDLED: AtomicU64 = AtomicU64::new(0);
static DIGITS: AtomicU64 = AtomicU64::new(0);
static VALUES: AtomicU64 = AtomicU64::new(0);
static ENDED: AtomicU64 = AtomicU64::new(0);
static FIRST: AtomicU64 = AtomicU64::new(0);
static LATENCIES: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// What a handler keeps of its channel: the same work for every client.
#[derive(Debug, Default)]
pub struct Call {
    events: u64,
    digits: u64,
    last_value: String,
}

impl Call {
    /// Counts an event.
    pub fn event(&mut self) {
        self.events += 1;
        if HANDLED.fetch_add(1, Relaxed) == 0 {
            FIRST.store(now(), Relaxed);
        }
    }

    /// Takes a key.
    pub fn digit(&mut self, digit: &str) {
        self.digits += digit.len() as u64;
        DIGITS.fetch_add(1, Relaxed);
    }

    /// Keeps the last value of a variable.
    pub fn value(&mut self, value: &str) {
        value.clone_into(&mut self.last_value);
        VALUES.fetch_add(1, Relaxed);
    }

    /// The channel is over.
    pub fn end(&mut self) {
        ENDED.fetch_add(1, Relaxed);
    }
}

/// Notes how late an event is, if its id carries the time of writing.
pub fn latency(asterisk_id: &str) {
    if let Some(written) = stamped(asterisk_id) {
        let late = now().saturating_sub(written);
        let mut latencies = LATENCIES.lock().expect("nothing panics with it");
        latencies.push(u32::try_from(late).unwrap_or(u32::MAX));
    }
}

/// Waits on a thread of its own until all events were handled, or none came for two seconds (twenty for the first); prints the outcome and ends
/// the process, which is the only way out of some clients.
pub fn report_when_done(expected: u64) {
    LATENCIES
        .lock()
        .expect("nothing panics with it")
        .reserve(expected as usize);
    let (cpu, rss) = (cpu_seconds(), rss_bytes());
    println!("ready");
    std::thread::spawn(move || {
        let (mut seen, mut moved) = (0, now());
        loop {
            std::thread::sleep(Duration::from_millis(5));
            let handled = HANDLED.load(Relaxed);
            let time = now();
            if handled != seen {
                (seen, moved) = (handled, time);
            }
            let patience = if handled > 0 {
                2_000_000_000
            } else {
                20_000_000_000
            };
            let stalled = time - moved > patience;
            if handled < expected && !stalled {
                continue;
            }
            let outcome = Outcome {
                handled,
                digits: DIGITS.load(Relaxed),
                values: VALUES.load(Relaxed),
                ended: ENDED.load(Relaxed),
                seconds: (moved - FIRST.load(Relaxed)) as f64 / 1e9,
                cpu_seconds: cpu_seconds() - cpu,
                rss_bytes: rss_bytes().saturating_sub(rss),
                latency_us: quantiles(),
                ..Outcome::default()
            };
            finish(&outcome);
        }
    });
}

/// Prints an outcome as the one line that the orchestrator reads, and ends the process.
pub fn finish(outcome: &Outcome) -> ! {
    println!("{}", serde_json::to_string(outcome).expect("numbers make JSON"));
    std::process::exit(0);
}

fn quantiles() -> Option<Quantiles> {
    let mut late = LATENCIES.lock().expect("nothing panics with it");
    if late.is_empty() {
        return None;
    }
    late.sort_unstable();
    let at = |q: f64| f64::from(late[((late.len() - 1) as f64 * q) as usize]) / 1e3;
    Some(Quantiles {
        p50: at(0.5),
        p99: at(0.99),
        p999: at(0.999),
    })
}

/// User and system time of this process.
pub fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Resident memory of this process (`VmRSS`); zero where there is no `/proc`.
pub fn rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
