//! `bench calls`: calls of SIPp, answered, held a second and hung up by the dialplan, by a bare loop, by us and by the peers.
//!
//! Not mended yet: driven by this benchmark, `asterisk-ari` and `ari-client` served no call at 300 a second in the one run that was made
//! (they did when they were measured by hand); their lines say nothing about them until that is understood.

mod exchange;
mod sipp;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use tempfile::TempDir;

pub use self::exchange::HTTP_PORT;
use self::{exchange::Exchange, sipp::Step};
use crate::{
    client::Client,
    report::{self, Figure, median},
};

/// What is measured, and how long.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Ends with one line of JSON
    #[arg(long)]
    json: bool,
    /// The first rate, in calls a second
    #[arg(long, default_value_t = 300)]
    from: u32,
    /// The last rate that is tried
    #[arg(long, default_value_t = 900)]
    to: u32,
    /// From one rate to the next
    #[arg(long, default_value_t = 50)]
    step: u32,
    /// How long each rate is held
    #[arg(long, default_value_t = 8)]
    seconds: u32,
    /// Interleaved runs; the median counts
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// A first impression: one run, two rates, three seconds each
    #[arg(long)]
    quick: bool,
    /// The rate of the overload, far past what two cores carry
    #[arg(long, default_value_t = 1500)]
    overload: u32,
    /// The folder with `ari-client` installed; without it that peer is left out, and said so
    #[arg(long)]
    node: Option<PathBuf>,
    #[arg(long, hide = true)]
    api_docs: Option<PathBuf>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Dialplan,
    Client(Client),
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Dialplan => "dialplan",
            Self::Client(Client::BareTask) => "bare Stasis",
            Self::Client(client) => client.name(),
        }
    }
}

/// Runs all of it.
pub fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let figures = runtime.block_on(measure(options))?;
    report::print("calls", &figures, options.json);
    Ok(())
}

async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let (from, to, step, seconds, runs) = match options.quick {
        true => (100, 200, 100, 3, 1),
        false => (
            options.from,
            options.to,
            options.step,
            options.seconds,
            options.runs,
        ),
    };
    let mut everybody = vec![Who::Dialplan];
    everybody.extend(
        [
            Client::BareTask,
            Client::Ours,
            Client::AsteriskAri,
            Client::AsteriskRs,
        ]
        .map(Who::Client),
    );
    match options.node {
        Some(_) => everybody.push(Who::Client(Client::AriClient)),
        None => println!("ari-client (npm) is left out: no --node FOLDER"),
    }
    // For each: the highest clean rate of each run, and the client's CPU at the first rate.
    let mut clean: Vec<(Who, Vec<f64>, Vec<f64>)> = everybody
        .iter()
        .map(|who| (*who, Vec::new(), Vec::new()))
        .collect();
    for run in 1..=runs {
        for (who, rates, cpu) in &mut clean {
            let mut highest = 0;
            let mut rate = from;
            while rate <= to {
                let result = one(*who, rate, seconds, options).await?;
                tell(run, *who, rate, &result);
                // Of who did not serve them nothing is learnt about what serving costs.
                if rate == from && result.is_clean() {
                    cpu.push(result.client_cpu);
                }
                if !result.is_clean() {
                    break;
                }
                highest = rate;
                rate += step;
            }
            rates.push(f64::from(highest));
        }
    }
    let rate_of = |wanted: Who| {
        clean
            .iter()
            .find(|(who, ..)| *who == wanted)
            .map(|(_, rates, _)| median(rates.iter().copied()))
    };
    let cpu_of = |wanted: Who| {
        let (.., cpu) = clean.iter().find(|(who, ..)| *who == wanted)?;
        (!cpu.is_empty()).then(|| median(cpu.iter().copied()))
    };
    let ours = Who::Client(Client::Ours);
    let bare = rate_of(Who::Client(Client::BareTask)).context("the bare loop did not run")?;
    let peers = [Client::AsteriskAri, Client::AsteriskRs, Client::AriClient];
    let best_rate = peers
        .iter()
        .filter_map(|peer| Some((peer.name(), rate_of(Who::Client(*peer))?)));
    let (peer, best) = best_rate
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(("none", 0.0));
    let best_cpu = peers
        .iter()
        .filter_map(|peer| Some((peer.name(), cpu_of(Who::Client(*peer))?)));
    let (cpu_peer, least) = best_cpu
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(("none", 0.0));
    let mut figures = vec![
        Figure::new(
            "clean calls/s, to the bare loop",
            rate_of(ours).unwrap_or_default(),
            "/s",
            "higher",
        )
        .goal(bare * 0.95)
        .limit(bare),
        Figure::new(
            "clean calls/s, above every peer",
            rate_of(ours).unwrap_or_default(),
            "/s",
            "higher",
        )
        .goal(best + 1.0)
        .peer(peer, best),
        Figure::new(
            "our CPU for 1,000 calls",
            cpu_of(ours).unwrap_or_default(),
            "s",
            "lower",
        )
        .goal(0.25)
        .peer(cpu_peer, least),
    ];
    let overload = one(ours, options.overload, seconds.min(4), options).await?;
    tell(0, ours, options.overload, &overload);
    let unserved = overload.failed as f64;
    figures.push(
        Figure::new(
            "overload: calls that got neither 200 nor 503",
            unserved,
            "calls",
            "lower",
        )
        .goal(0.0),
    );
    figures.push(
        Figure::new(
            "overload: mean time to 200 or 503",
            overload.answer_ms,
            "ms",
            "lower",
        )
        .goal(1000.0),
    );
    Ok(figures)
}

fn tell(run: usize, who: Who, rate: u32, step: &Step) {
    println!(
        "  run {run}  {:<16} {rate:>5}/s  {} failed, {} refused, {} sent again, answer {:.1} ms, CPU s/1,000: client {:.2} Asterisk {:.2}{}",
        who.name(),
        step.failed,
        step.refused,
        step.retransmissions,
        step.answer_ms,
        step.client_cpu,
        step.asterisk_cpu,
        if step.is_clean() { "" } else { "  not clean" },
    );
}

/// One rate on a fresh Asterisk, so that what a step left behind does not burden the next.
async fn one(who: Who, rate: u32, seconds: u32, options: &Options) -> Result<Step> {
    let exchange = Exchange::start().await?;
    let folder = TempDir::with_prefix("evb-sipp-")?;
    let client = match who {
        Who::Dialplan => None,
        Who::Client(client) => Some(Running::start(client, options.node.as_deref())?),
    };
    let extension = if client.is_some() { "bench" } else { "plain" };
    let asterisk = exchange.asterisk.child().id().context("Asterisk runs")?;
    let before = (cpu_of(asterisk), client.as_ref().map(Running::cpu));
    let mut step = sipp::load(extension, rate, seconds, folder.path()).await?;
    let thousand = step.calls as f64 / 1000.0;
    step.asterisk_cpu = (cpu_of(asterisk) - before.0) / thousand;
    if let (Some(client), Some(before)) = (&client, before.1) {
        step.client_cpu = (client.cpu() - before) / thousand;
    }
    let left = exchange.asterisk.console("core show channels count").await?;
    if who == Who::Client(Client::Ours) && !left.contains("0 active channels") {
        println!("  left behind: {}", left.lines().next().unwrap_or_default());
        step.failed += 1;
    }
    Ok(step)
}

/// A client's process.
struct Running(Child);

impl Running {
    fn start(client: Client, node: Option<&Path>) -> Result<Self> {
        let mut command = match (client, node) {
            (Client::AriClient, Some(folder)) => {
                let mut node = Command::new("node");
                node.arg(folder.join("ari-client.js"))
                    .args([&HTTP_PORT.to_string(), "0", "calls"]);
                node
            }
            _ => {
                let name = clap::ValueEnum::to_possible_value(&client).context("every client has a name")?;
                let mut this = Command::new(std::env::current_exe()?);
                this.args([
                    "client",
                    name.get_name(),
                    "--calls",
                    "--expect",
                    "0",
                    "--port",
                    &HTTP_PORT.to_string(),
                ]);
                this
            }
        };
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        for line in &mut lines {
            if line?.trim() == "ready" {
                // What it prints from now on goes nowhere.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self(child));
            }
        }
        anyhow::bail!("{} ended before it was ready", client.name())
    }

    fn cpu(&self) -> f64 {
        cpu_of(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// User and system time of a process in seconds, by the clock of 100 ticks (`/proc/PID/stat`, fields 14 and 15).
fn cpu_of(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| {
        after_name
            .split_whitespace()
            .nth(field - 3)
            .and_then(|text| text.parse::<f64>().ok())
    };
    (ticks(14).unwrap_or_default() + ticks(15).unwrap_or_default()) / 100.0
}
