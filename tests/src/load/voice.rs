//! `cargo xtask bench voice`: how fast the assistant answers so many callers at once, and what a call costs.
//!
//! Each number of calls has a house of its own, so that nothing is cached but what its own callers made. All times are those of packets
//! at the caller's RTP port. The order of each caller is for a contact of his own: its question is spoken for the first time in the
//! first round after all have come (uncached), and again in the later ones (cached, as help, greeting and the rest).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::{
    caller::{Caller, Lines},
    exposition::Stages,
    processes::{self, Tree},
    step::{Step, TURN_P95_MS, percentile},
};
use crate::{
    figures::Figure,
    ports::Lease,
    sipp::Behaviour,
    speech::Voice,
    world::{Known, Options, World},
};

/// The goals of issue 5.
const TURN_P50_MS: f64 = 400.0;
const BARGE_IN_P50_MS: f64 = 200.0;
const BARGE_IN_P95_MS: f64 = 300.0;
const CALLS_A_CORE: f64 = 30.0;

/// Names that the callers order: first with last.
const FIRST: [&str; 8] = [
    "Marie", "Luc", "Sophie", "Antoine", "Camille", "Olivier", "Nathalie", "Gabriel",
];
const LAST: [&str; 8] = [
    "Tremblay",
    "Gagnon",
    "Bouchard",
    "Lavoie",
    "Pelletier",
    "Fortin",
    "Moreau",
    "Desjardins",
];
/// Voices that the recogniser was not trained on.
const VOICES: [&str; 3] = ["fr+m3", "fr+f2", "fr+m7"];

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Numbers of calls at once, rising, 64 at most; the first that does not hold is the last.
    pub steps: Vec<usize>,
    /// How long each number is held, once all are there.
    pub hold: Duration,
    /// Speech workers.
    pub workers: u16,
}

/// Measures, tells each step, and gives the figures.
pub async fn run(plan: &Plan) -> Result<Vec<Figure>> {
    let mut held: Option<Step> = None;
    let mut last = None;
    for &calls in &plan.steps {
        let step = measure(calls, plan).await?;
        println!("{}", told(&step));
        let holds = step.holds();
        if holds {
            held = Some(step.clone());
        }
        last = Some(step);
        if !holds {
            break;
        }
    }
    let last = last.context("no numbers of calls are asked for")?;
    Ok(figures(held.as_ref(), &last))
}

async fn measure(calls: usize, plan: &Plan) -> Result<Step> {
    let mut ports = Lease::new(1)?;
    let metrics = ports.port()?;
    let names: Vec<String> = FIRST
        .iter()
        .flat_map(|first| LAST.iter().map(move |last| format!("{first} {last}")))
        .collect();
    let contacts = names.iter().zip(10..).map(|(name, number)| Known {
        name: name.clone(),
        number: format!("+151455501{number}"),
        nicknames: Vec::new(),
    });
    let options = Options {
        phone: Behaviour::Ring,
        contacts: contacts.collect(),
        closes_abroad: false,
        calls_at_once: u16::try_from(calls + 4)?,
        workers: plan.workers,
        settings: format!("\n[metrics]\nlisten = \"127.0.0.1:{metrics}\"\n"),
        ..Options::default()
    };
    let world = Arc::new(World::start(options).await?);
    let daemon = world.daemon.pid().context("the daemon has ended")?;
    let asterisk = world.asterisk.child().id().context("Asterisk has ended")?;

    // A first caller, whom nobody measures: the contacts' names are looked up for him.
    let mut common = Vec::new();
    for voice in VOICES {
        common.push(Lines::new(&Voice::new(voice), "Marie Tremblay").await?);
    }
    let first = Caller::call(&world).await?;
    first.round(&common[0]).await?;
    first.hangs_up().await?;
    let alone = processes::tree(daemon)?;

    let (all_there, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (there, mut came) = tokio::sync::mpsc::unbounded_channel();
    let mut callers = JoinSet::new();
    for number in 0..calls {
        let voice = Voice::new(VOICES[number % VOICES.len()]);
        let common = common[number % VOICES.len()].clone();
        let lines = common
            .with_order(&voice, &names[(number + 1) % names.len()])
            .await?;
        let (world, there) = (world.clone(), there.clone());
        let (all_there, over) = (all_there.clone(), over.clone());
        callers.spawn(async move {
            let caller = Caller::call(&world).await;
            there.send(caller.is_ok()).context("nobody counts")?;
            let caller = caller?;
            while !all_there.load(Relaxed) {
                caller.only_help(&common).await?;
            }
            let mut rounds = Vec::new();
            while !over.load(Relaxed) {
                rounds.push(caller.round(&lines).await?);
            }
            caller.hangs_up().await?;
            anyhow::Ok(rounds)
        });
        // Callers do not come in one moment, nor speak in one.
        tokio::time::sleep(Duration::from_millis(130)).await;
    }
    drop(there);
    let mut step = Step {
        calls,
        ..Step::default()
    };
    for _ in 0..calls {
        // One who could not call has given up, which is counted below.
        let _ = came.recv().await;
    }
    all_there.store(true, Relaxed);
    let stages = Stages::ask(metrics).await?;
    let before = look(daemon, asterisk)?;
    tokio::time::sleep(plan.hold).await;
    let after = look(daemon, asterisk)?;
    step.stages = Stages::ask(metrics).await?.since(&stages);
    over.store(true, Relaxed);
    let passed = (after.at - before.at).as_secs_f64();
    step.cores = [
        (after.ours.cpu_s - before.ours.cpu_s) / passed,
        (after.asterisk.cpu_s - before.asterisk.cpu_s) / passed,
        (after.load_cpu_s - before.load_cpu_s) / passed,
    ];
    step.bytes_a_call = (after.ours.bytes as f64 - alone.bytes as f64) / calls as f64;
    while let Some(ended) = callers.join_next().await {
        match ended? {
            Ok(rounds) => {
                for (round, number) in rounds.iter().zip(0..) {
                    step.add(round, number == 0);
                }
            }
            Err(error) => {
                step.missed += 1;
                println!("  a caller gave up: {error:#}");
            }
        }
    }
    Ok(step)
}

struct Look {
    at: Instant,
    ours: Tree,
    asterisk: Tree,
    load_cpu_s: f64,
}

fn look(daemon: u32, asterisk: u32) -> Result<Look> {
    Ok(Look {
        at: Instant::now(),
        ours: processes::tree(daemon)?,
        asterisk: processes::tree(asterisk)?,
        load_cpu_s: processes::load_cpu_s(),
    })
}

fn told(step: &Step) -> String {
    let line = |name: &str, values: &[u64]| {
        let at = |share| percentile(values, share);
        format!(
            "  {name:<22} p50 {:>5.0}  p95 {:>5.0}  p99 {:>5.0} ms of {}",
            at(50),
            at(95),
            at(99),
            values.len()
        )
    };
    let [ours, asterisk, load] = step.cores;
    let mut lines = vec![
        format!(
            "{} calls: {}",
            step.calls,
            if step.holds() { "held" } else { "not held" }
        ),
        line("answer, cached", &step.cached),
        line("answer, uncached", &step.uncached),
        line("interruption", &step.barge_in),
        format!(
            "  missed {}, another name than was asked for {} of {}",
            step.missed, step.wrong, step.asked
        ),
        format!(
            "  cores: ours {ours:.2} ({:.2} % a call), Asterisk {asterisk:.2}, callers {load:.2}; {:.2} MB a call",
            100.0 * ours / step.calls as f64,
            step.bytes_a_call / 1e6
        ),
    ];
    for (stage, [p50, p95, p99]) in &step.stages {
        lines.push(format!(
            "    {stage:<14} p50 <= {p50:.0}  p95 <= {p95:.0}  p99 <= {p99:.0} ms"
        ));
    }
    lines.join("\n")
}

/// The figures: times and costs at the last number that held, or at the first one where none did.
fn figures(held: Option<&Step>, last: &Step) -> Vec<Figure> {
    let step = held.unwrap_or(last);
    let calls = step.calls;
    let [ours, asterisk, load] = step.cores;
    let mut figures = vec![Figure::new(
        "calls at once that were held (cached p95 within 700 ms)",
        held.map_or(0.0, |step| step.calls as f64),
        "calls",
        "higher",
    )];
    let times = [
        ("answer, cached", &step.cached, Some((TURN_P50_MS, TURN_P95_MS))),
        ("answer, uncached", &step.uncached, None),
        (
            "interruption to silence",
            &step.barge_in,
            Some((BARGE_IN_P50_MS, BARGE_IN_P95_MS)),
        ),
    ];
    for (what, values, goals) in times {
        for (share, goal) in [
            (50, goals.map(|goals| goals.0)),
            (95, goals.map(|goals| goals.1)),
            (99, None),
        ] {
            let what = format!("{what}, p{share}, {calls} calls");
            let figure = Figure::new(what, percentile(values, share), "ms", "lower");
            figures.push(match goal {
                Some(goal) => figure.goal(goal),
                None => figure,
            });
        }
    }
    for (stage, quantiles) in &step.stages {
        for (share, value) in [50, 95, 99].iter().zip(quantiles) {
            let what = format!("stage {stage}, p{share} at most, {calls} calls");
            figures.push(Figure::new(what, *value, "ms", "lower"));
        }
    }
    let percent = |cores: f64| 100.0 * cores / calls as f64;
    figures.extend([
        Figure::new(
            "calls a core of our processes",
            held.map_or(0.0, |step| step.calls as f64 / step.cores[0]),
            "calls",
            "higher",
        )
        .goal(CALLS_A_CORE),
        Figure::new(
            format!("processor time a call, ours, {calls} calls"),
            percent(ours),
            "% of a core",
            "lower",
        ),
        Figure::new(
            format!("processor time a call, Asterisk, {calls} calls"),
            percent(asterisk),
            "% of a core",
            "lower",
        ),
        Figure::new(
            format!("processor time a call, callers, {calls} calls"),
            percent(load),
            "% of a core",
            "lower",
        ),
        Figure::new(
            format!("memory a call, ours, {calls} calls"),
            step.bytes_a_call / 1e6,
            "MB",
            "lower",
        ),
    ]);
    figures
}
