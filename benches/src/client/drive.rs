//! Requests one after the other on each of several tasks: the same work for every client that has an interface of its own.

use std::time::Instant;

use anyhow::Result;

use super::Task;
use crate::measure::{Outcome, cpu_seconds, finish};

/// The channel that all requests are about.
pub const CHANNEL: &str = "1795644159.0";

/// What is asked, in turn.
#[derive(Debug, Clone, Copy)]
pub enum Ask {
    /// Answer the channel.
    Answer,
    /// Read the channel.
    Get,
    /// Set its variable `STEP` to `greeting`.
    SetVariable,
}

/// A client that sends requests.
pub trait Asks: Clone + Send + 'static {
    /// Sends one and says whether it succeeded.
    fn ask(&self, what: Ask) -> impl Future<Output = bool> + Send;
}

/// Sends what the task expects, `at_once` at a time, and ends the process with the outcome.
pub async fn drive(task: &Task, at_once: usize, client: impl Asks) -> Result<()> {
    let each = task.expect / at_once as u64;
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let work: Vec<_> = (0..at_once)
        .map(|_| tokio::spawn(one_after_the_other(each, client.clone())))
        .collect();
    let mut errors = 0;
    for done in work {
        errors += done.await?;
    }
    finish(&Outcome {
        requests: each * at_once as u64,
        errors,
        seconds: begin.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds() - cpu,
        ..Outcome::default()
    })
}

/// Sends so many and counts those that failed.
async fn one_after_the_other(count: u64, client: impl Asks) -> u64 {
    let mut errors = 0;
    for index in 0..count {
        let what = match index % 3 {
            0 => Ask::Answer,
            1 => Ask::Get,
            _ => Ask::SetVariable,
        };
        errors += u64::from(!client.ask(what).await);
    }
    errors
}
