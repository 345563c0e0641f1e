//! Our agent and pipecat beside each other, without a switch: the same client, the same words, the same model and voice.

use std::{
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    task::JoinSet,
};

use super::{
    alone::{self, Turns},
    processes,
};
use crate::{
    asterisk::workspace,
    figures::{Figure, median},
    ports::Lease,
    speech::Voice,
    world::program,
};

/// Calls at once at which both are measured, and turns of each.
const CALLS: [usize; 2] = [1, 4];
const TURNS: usize = 6;
/// As `benches/pipecat/requirements.txt` has it.
const PIPECAT: &str = "pipecat 1.14.0";
/// The pause after which pipecat's VAD ends a turn, whatever was said: the one of our rule for an order of which nothing is known yet.
const PIPECAT_PAUSE: Duration = Duration::from_millis(600);
/// Longest start: Python reads its libraries.
const START: Duration = Duration::from_secs(90);

/// Measures both; `python` has what `benches/pipecat/requirements.txt` names.
pub async fn run(python: &Path) -> Result<Vec<Figure>> {
    let ms = |pause: Duration| pause.as_millis() as f64;
    let pauses = (ms(alone::pause()), ms(PIPECAT_PAUSE));
    println!(
        "the pause that ends a turn: ours {:.0} ms after a whole order, pipecat {:.0} ms after anything; each answer below has its own in it",
        pauses.0, pauses.1
    );
    let mut figures = vec![
        Figure::new(
            "without a switch: the pause that ends a turn",
            pauses.0,
            "ms",
            "lower",
        )
        .peer(PIPECAT, pauses.1),
    ];
    let words = Arc::new(Voice::new("fr+m3").say("appelle Marie Tremblay").await?);
    for calls in CALLS {
        let ours = measure(ours(1)?, calls, &words).await?;
        let theirs = measure(pipecat(calls, python)?, calls, &words).await?;
        for (who, found, pause) in [("ours", &ours, pauses.0), ("pipecat", &theirs, pauses.1)] {
            println!(
                "{calls} calls, {who:<8} answer p50 {:.0} ms ({:.0} ms after its pause), slowest {} ms of {}, {} missed; {:.2} % of a core a call",
                found.p50(),
                found.p50() - pause,
                found.turns.ms.iter().max().copied().unwrap_or_default(),
                found.turns.ms.len(),
                found.turns.missed,
                found.cpu
            );
        }
        figures.extend([
            Figure::new(
                format!("without a switch: answer, p50, {calls} calls"),
                ours.p50(),
                "ms",
                "lower",
            )
            .peer(PIPECAT, theirs.p50()),
            Figure::new(
                format!("without a switch: answer after that pause, p50, {calls} calls"),
                ours.p50() - pauses.0,
                "ms",
                "lower",
            )
            .peer(PIPECAT, theirs.p50() - pauses.1),
            Figure::new(
                format!("without a switch: processor time a call, {calls} calls"),
                ours.cpu,
                "% of a core",
                "lower",
            )
            .peer(PIPECAT, theirs.cpu),
        ]);
    }
    Ok(figures)
}

struct Found {
    turns: Turns,
    cpu: f64,
}

impl Found {
    fn p50(&self) -> f64 {
        median(self.turns.ms.iter().map(|ms| *ms as f64))
    }
}

/// Programs that serve, each at its port.
struct Servers {
    children: Vec<(Child, u16)>,
    _ports: Lease,
}

fn ours(count: usize) -> Result<Servers> {
    let own = std::env::current_exe()?;
    let model = workspace().join("models/phones");
    let worker = program()?;
    servers(count, |port| {
        let mut command = Command::new(&own);
        command.args(["serve", "--port", &port.to_string(), "--model"]);
        command.arg(&model).arg("--worker").arg(&worker);
        command
    })
}

/// One process a call, as pipecat is run.
fn pipecat(calls: usize, python: &Path) -> Result<Servers> {
    servers(calls, |port| {
        let mut command = Command::new(python);
        command.arg(workspace().join("benches/pipecat/bot.py"));
        command
            .arg(port.to_string())
            .arg(workspace().join("models/phones"))
            .arg(PIPECAT_PAUSE.as_secs_f64().to_string());
        command
    })
}

fn servers(count: usize, command: impl Fn(u16) -> Command) -> Result<Servers> {
    let mut ports = Lease::new(u16::try_from(count)?)?;
    let mut children = Vec::new();
    for _ in 0..count {
        let port = ports.port()?;
        let mut command = command(port);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        children.push((
            command
                .kill_on_drop(true)
                .spawn()
                .context("a server cannot be started")?,
            port,
        ));
    }
    Ok(Servers {
        children,
        _ports: ports,
    })
}

async fn measure(mut servers: Servers, calls: usize, words: &Arc<Vec<i16>>) -> Result<Found> {
    for (child, port) in &mut servers.children {
        let until = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", *port)).await.is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("a server ended with {status}");
            }
            if Instant::now() > until {
                bail!("a server was not there within {START:?}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    // What a server does once, at its first call, is none of the others'.
    for (_, port) in &servers.children {
        alone::turns(*port, words.clone(), 1).await?;
    }
    let used = || -> Result<f64> {
        let pids = servers.children.iter().filter_map(|(child, _)| child.id());
        pids.map(|pid| Ok(processes::tree(pid)?.cpu_s)).sum()
    };
    let (before, began) = (used()?, Instant::now());
    let mut talking = JoinSet::new();
    for number in 0..calls {
        let (_, port) = servers.children[number % servers.children.len()];
        talking.spawn(alone::turns(port, words.clone(), TURNS));
        tokio::time::sleep(Duration::from_millis(170)).await;
    }
    let mut turns = Turns::default();
    while let Some(one) = talking.join_next().await {
        let one = one??;
        turns.ms.extend(one.ms);
        turns.missed += one.missed;
    }
    let cores = (used()? - before) / began.elapsed().as_secs_f64();
    Ok(Found {
        turns,
        cpu: 100.0 * cores / calls as f64,
    })
}
