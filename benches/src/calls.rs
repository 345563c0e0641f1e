//! `bench calls`: calls of SIPp, answered, held a second and hung up by the dialplan, by a bare loop, by us and by the peers.
//!
//! Each run takes the clients in turn, each with a fresh Asterisk. First comes the rate at which CPU is compared; then the highest clean
//! rate is searched, from where the run before found it. What a step that was not clean leaves behind burdens no other: the next one has a fresh Asterisk.

mod exchange;
mod figures;
mod running;
mod search;
mod sipp;

use std::path::PathBuf;

use anyhow::{Context, Result};
use tempfile::TempDir;

use self::{
    exchange::{Exchange, Plan},
    figures::Findings,
    running::{Running, cpu_of},
    search::Search,
    sipp::Step,
};
use crate::{client::Client, report};

/// What is measured, and how long.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Ends with one line of JSON
    #[arg(long)]
    json: bool,
    /// The rate at which CPU is compared, in calls a second
    #[arg(long, default_value_t = 300)]
    cpu_rate: u32,
    /// The lowest rate that is tried
    #[arg(long, default_value_t = 100)]
    from: u32,
    /// The highest rate that is tried
    #[arg(long, default_value_t = 1200)]
    to: u32,
    /// Rates are so far apart
    #[arg(long, default_value_t = 50)]
    step: u32,
    /// Where the first run begins to search
    #[arg(long, default_value_t = 600)]
    start: u32,
    /// How long each rate is held
    #[arg(long, default_value_t = 4)]
    seconds: u32,
    /// Interleaved runs; the median counts
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// A first impression: one run, CPU at 100 calls a second, no rate above 200
    #[arg(long)]
    quick: bool,
    /// The rate of the overload; twice our clean rate if it is not given
    #[arg(long)]
    overload: Option<u32>,
    /// Only these, such as `dialplan,bare-task,ours`
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The folder with `ari-client` installed; without it that peer is left out, and said so
    #[arg(long)]
    node: Option<PathBuf>,
    #[arg(long, hide = true)]
    api_docs: Option<PathBuf>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Asterisk's own dialplan.
    Dialplan,
    /// A client over ARI.
    Client(Client),
}

impl Who {
    /// All, in the order in which they are measured.
    const ALL: [Self; 6] = [
        Self::Dialplan,
        Self::Client(Client::BareTask),
        Self::Client(Client::Ours),
        Self::Client(Client::AsteriskAri),
        Self::Client(Client::AsteriskRs),
        Self::Client(Client::AriClient),
    ];

    /// Gives the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dialplan => "dialplan",
            Self::Client(Client::BareTask) => "bare Stasis",
            Self::Client(client) => client.name(),
        }
    }

    /// Gives the name of `--only`.
    fn word(self) -> String {
        match self {
            Self::Dialplan => "dialplan".to_owned(),
            Self::Client(client) => clap::ValueEnum::to_possible_value(&client)
                .map(|value| value.get_name().to_owned())
                .unwrap_or_default(),
        }
    }
}

/// Runs all of it.
pub fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let findings = runtime.block_on(measure(options))?;
    report::print("calls", &findings.figures(), options.json);
    Ok(())
}

async fn measure(options: &Options) -> Result<Findings> {
    let (runs, cpu_rate, to) = match options.quick {
        true => (1, 100, 200),
        false => (options.runs, options.cpu_rate, options.to),
    };
    let everybody = everybody(options);
    let mut findings = Findings::default();
    for run in 1..=runs {
        for who in &everybody {
            let start = findings.rate(*who).map_or(options.start, |rate| rate as u32);
            let mut search = Search::new(start, options.step, options.from, to);
            let mut stand = Stand::new(*who, options);
            let step = stand.load(cpu_rate).await?;
            tell(run, *who, cpu_rate, &step);
            // Of who did not serve them nothing is learnt about what serving costs.
            if step.is_clean() {
                findings.costs(*who, step.client_cpu);
            }
            while let Some(rate) = search.next() {
                let step = stand.load(rate).await?;
                tell(run, *who, rate, &step);
                search.tell(rate, step.is_clean());
            }
            findings.carries(*who, search.result());
        }
    }
    let ours = Who::Client(Client::Ours);
    if everybody.contains(&ours) {
        let clean = findings.rate(ours).unwrap_or_default() as u32;
        let rate = options.overload.unwrap_or(2 * clean.max(options.from));
        let mut stand = Stand::guarded(ours, clean, options);
        let step = stand.load(rate).await?;
        tell(0, ours, rate, &step);
        findings.overload(rate, step);
    }
    Ok(findings)
}

fn everybody(options: &Options) -> Vec<Who> {
    let mut everybody = Who::ALL.to_vec();
    if options.node.is_none() {
        println!("ari-client (npm) is left out: no --node FOLDER");
        everybody.retain(|who| *who != Who::Client(Client::AriClient));
    }
    if !options.only.is_empty() {
        everybody.retain(|who| options.only.contains(&who.word()));
    }
    everybody
}

fn tell(run: usize, who: Who, rate: u32, step: &Step) {
    println!(
        "  run {run}  {:<16} {rate:>5}/s  {} failed, {} refused, {} sent again, answer {:.1} ms ({} later than 1 s), CPU s/1,000: client {:.3} Asterisk {:.2}{}",
        who.name(),
        step.failed,
        step.refused,
        step.retransmissions,
        step.answer_ms,
        step.late,
        step.client_cpu,
        step.asterisk_cpu,
        if step.is_clean() { "" } else { "  not clean" },
    );
}

/// A client and the Asterisk that it answers for, both fresh after a step that was not clean.
struct Stand<'a> {
    who: Who,
    plan: Plan,
    options: &'a Options,
    up: Option<(Exchange, Option<Running>)>,
}

impl<'a> Stand<'a> {
    fn new(who: Who, options: &'a Options) -> Self {
        Self {
            who,
            plan: Plan::Open,
            options,
            up: None,
        }
    }

    /// Behind the dialplan that `evatel provision` writes, for a machine that carries so many calls of a second.
    fn guarded(who: Who, clean: u32, options: &'a Options) -> Self {
        Self {
            plan: Plan::Guarded { max_calls: clean / 2 },
            ..Self::new(who, options)
        }
    }

    async fn load(&mut self, rate: u32) -> Result<Step> {
        let (exchange, client) = match self.up.take() {
            Some(up) => up,
            None => self.start().await?,
        };
        let folder = TempDir::with_prefix("evb-sipp-")?;
        let extension = if client.is_some() { "bench" } else { "plain" };
        let asterisk = exchange.asterisk.child().id().context("Asterisk runs")?;
        let before = (cpu_of(asterisk), client.as_ref().map(Running::cpu));
        let mut step = sipp::load(extension, rate, self.options.seconds, folder.path()).await?;
        let thousand = step.calls as f64 / 1000.0;
        step.asterisk_cpu = (cpu_of(asterisk) - before.0) / thousand;
        if let (Some(client), Some(before)) = (&client, before.1) {
            step.client_cpu = (client.cpu() - before) / thousand;
        }
        let left = exchange.asterisk.console("core show channels count").await?;
        if !left.contains("0 active channels") {
            println!("  left behind: {}", left.lines().next().unwrap_or_default());
            step.left = true;
        }
        if step.is_clean() {
            self.up = Some((exchange, client));
        }
        Ok(step)
    }

    async fn start(&self) -> Result<(Exchange, Option<Running>)> {
        let exchange = Exchange::start(self.plan).await?;
        let client = match self.who {
            Who::Dialplan => None,
            Who::Client(client) => Some(Running::start(client, self.options.node.as_deref())?),
        };
        Ok((exchange, client))
    }
}
