//! `cargo xtask bench soak`: many calls, one after the other and so many at once; afterwards nothing of them is left.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    caller::{Caller, Lines},
    processes::{self, Tree},
};
use crate::{
    figures::Figure,
    sipp::Behaviour,
    speech::Voice,
    world::{Options, World},
};

/// What memory may grow by with each call, in bytes.
const GROWTH: f64 = 5.0 * 1024.0;
/// Longest wait until files that are kept for a while are closed.
const LET_GO: Duration = Duration::from_secs(60);
/// Between the beginnings of two calls.
const BETWEEN: Duration = Duration::from_millis(150);
/// Longest wait until the switch has nothing left.
const EMPTY: Duration = Duration::from_secs(60);

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Calls in all.
    pub calls: usize,
    /// Calls before memory is looked at: pools and caches fill.
    pub settle: usize,
    /// Calls at once.
    pub at_once: usize,
    /// Speech workers.
    pub workers: u16,
}

/// Makes the calls and gives the figures.
pub async fn run(plan: &Plan) -> Result<Vec<Figure>> {
    let options = Options {
        phone: Behaviour::Ring,
        calls_at_once: u16::try_from(plan.at_once + 4)?,
        workers: plan.workers,
        ..Options::default()
    };
    let world = Arc::new(World::start(options).await?);
    let daemon = world.daemon.pid().context("the daemon has ended")?;
    let lines = Lines::new(&Voice::new("fr+m3"), "Marie Tremblay").await?;
    let mut failed = crowd(plan.settle, plan.at_once, &world, &lines).await?;
    let before = idle(daemon, &world).await?;
    println!("{}", told(plan.settle, &before));
    let mut made = plan.settle;
    let mut after = before.clone();
    while made < plan.calls {
        let some = (plan.calls - made).min(425);
        failed += crowd(some, plan.at_once, &world, &lines).await?;
        made += some;
        after = idle(daemon, &world).await?;
        println!("{}; {failed} calls failed", told(made, &after));
    }
    // Connections that are kept for a while are let go of.
    let until = Instant::now() + LET_GO;
    while after.files > before.files && Instant::now() < until {
        tokio::time::sleep(Duration::from_secs(2)).await;
        after = processes::tree(daemon)?;
    }
    let measured = (plan.calls - plan.settle).max(1) as f64;
    let growth = (after.bytes as f64 - before.bytes as f64) / measured;
    let more = |now: usize, then: usize| now as f64 - then as f64;
    let calls = plan.calls;
    Ok(vec![
        Figure::new(
            format!("memory growth a call after call {}, of {calls}", plan.settle),
            growth,
            "bytes",
            "lower",
        )
        .goal(GROWTH),
        Figure::new(
            "open files more at the end",
            more(after.files, before.files),
            "files",
            "lower",
        )
        .goal(0.0),
        Figure::new(
            "processes more at the end",
            more(after.processes, before.processes),
            "processes",
            "lower",
        )
        .goal(0.0),
        Figure::new("calls that failed", failed as f64, "calls", "lower").goal(0.0),
    ])
}

/// Makes so many calls; gives how many of them failed.
async fn crowd(calls: usize, at_once: usize, world: &Arc<World>, lines: &Lines) -> Result<usize> {
    let places = Arc::new(Semaphore::new(at_once));
    let mut callers = JoinSet::new();
    let mut failed = 0;
    for _ in 0..calls {
        let place = places.clone().acquire_owned().await?;
        let (world, lines) = (world.clone(), lines.clone());
        callers.spawn(async move {
            let done = one(&world, &lines).await;
            drop(place);
            done
        });
        while let Some(ended) = callers.try_join_next() {
            failed += count(ended?);
        }
        tokio::time::sleep(BETWEEN).await;
    }
    while let Some(ended) = callers.join_next().await {
        failed += count(ended?);
    }
    Ok(failed)
}

async fn one(world: &World, lines: &Lines) -> Result<()> {
    let caller = Caller::call(world).await?;
    let round = caller.only_help(lines).await?;
    caller.hangs_up().await?;
    anyhow::ensure!(round.missed == 0, "no answer came");
    Ok(())
}

fn count(ended: Result<()>) -> usize {
    match ended {
        Ok(()) => 0,
        Err(error) => {
            println!("  a call failed: {error}: {}", error.root_cause());
            1
        }
    }
}

/// Waits until nothing is up, and a little longer, so that what is kept for a moment is let go.
async fn idle(daemon: u32, world: &World) -> Result<Tree> {
    world.nothing_is_up(EMPTY).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    processes::tree(daemon)
}

fn told(calls: usize, tree: &Tree) -> String {
    format!(
        "after {calls:>5} calls: {:.2} MB, {} open files, {} processes",
        tree.bytes as f64 / 1e6,
        tree.files,
        tree.processes
    )
}
