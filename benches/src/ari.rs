//! `bench ari`: events as fast as the socket takes them, paced events, memory of a live channel, and requests.
//!
//! Server on core 0, client on core 1; the runs of the clients are interleaved, so that a noisy minute hits all of them.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    client::Client,
    measure::Outcome,
    report::{self, Figure, median, short},
};

/// What is measured, and how long.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Ends with one line of JSON
    #[arg(long)]
    json: bool,
    /// Events of a run as fast as the socket takes them
    #[arg(long, default_value_t = 200_000)]
    events: u64,
    /// Requests of a run
    #[arg(long, default_value_t = 30_000)]
    requests: u64,
    /// Runs of each client; the median counts
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// A first impression in seconds: few events, one run
    #[arg(long)]
    quick: bool,
    /// The folder with `ari-client` installed; without it that peer is left out, and said so
    #[arg(long)]
    node: Option<PathBuf>,
    /// The folder of Asterisk's api-docs, which `ari-client` reads from the server
    #[arg(long)]
    api_docs: Option<PathBuf>,
}

/// Runs all of it.
pub fn run(options: &Options) -> Result<()> {
    let bench = Bench::new(options);
    let mut figures = Vec::new();
    for channels in [1, 1000, 10_000] {
        bench.flood(channels, &mut figures)?;
    }
    bench.paced(&mut figures)?;
    bench.memory(&mut figures)?;
    for at_once in [1, 64] {
        bench.requests(at_once, &mut figures)?;
    }
    report::print("ari", &figures, options.json);
    Ok(())
}

struct Bench<'a> {
    options: &'a Options,
    events: u64,
    requests: u64,
    runs: usize,
    clients: Vec<Client>,
}

const PEERS: [Client; 3] = [Client::AsteriskAri, Client::AsteriskRs, Client::AriClient];

impl<'a> Bench<'a> {
    fn new(options: &'a Options) -> Self {
        let mut clients = vec![
            Client::BareMap,
            Client::BareTask,
            Client::Ours,
            Client::AsteriskAri,
            Client::AsteriskRs,
        ];
        match options.node {
            Some(_) => clients.push(Client::AriClient),
            None => println!("ari-client (npm) is left out: no --node FOLDER"),
        }
        let shrink = if options.quick { 10 } else { 1 };
        Self {
            options,
            events: options.events / shrink,
            requests: options.requests / shrink,
            runs: if options.quick { 1 } else { options.runs },
            clients,
        }
    }

    fn flood(&self, channels: u32, figures: &mut Vec<Figure>) -> Result<()> {
        println!("\nevents as fast as the socket takes them, {channels} live channels");
        let run = self.each(|client| {
            // The slow peer gets fewer events, as many as make a second of work.
            let events = if client == Client::AriClient {
                self.events / 2
            } else {
                self.events
            };
            self.events_of(
                client,
                &[
                    "--channels",
                    &channels.to_string(),
                    "--events",
                    &events.to_string(),
                ],
                events,
            )
        })?;
        let rate = |outcome: &Outcome| outcome.handled as f64 / outcome.seconds.max(1e-9);
        for (client, outcomes) in &run {
            let lost = outcomes
                .iter()
                .map(|(outcome, sent)| 1.0 - outcome.handled as f64 / *sent as f64);
            let cpu = median(
                outcomes
                    .iter()
                    .map(|(outcome, _)| outcome.cpu_seconds / outcome.handled.max(1) as f64 * 1e6),
            );
            println!(
                "  {:<16} {:>10} events/s  {:>6} µs CPU an event  {:>5.1} % lost  ({} keys, {} values, {} ends)",
                client.name(),
                short(median(outcomes.iter().map(|(outcome, _)| rate(outcome)))),
                short(cpu),
                median(lost) * 100.0,
                outcomes[0].0.digits,
                outcomes[0].0.values,
                outcomes[0].0.ended,
            );
        }
        let of = |client| {
            run.iter()
                .find(|(it, _)| *it == client)
                .map(|(_, outcomes)| outcomes)
        };
        let rate_of =
            |client| of(client).map(|outcomes| median(outcomes.iter().map(|(outcome, _)| rate(outcome))));
        let ours = rate_of(Client::Ours).context("ours did not run")?;
        let (peer, best) = best(PEERS, rate_of);
        let limit = rate_of(Client::BareTask).context("the bare loop did not run")?;
        let named = |what: &str| format!("events/s, {channels} channels, {what}");
        figures.push(
            Figure::new(named("to the best peer"), ours, "/s", "higher")
                .goal(best * 1.5)
                .peer(peer, best)
                .limit(limit),
        );
        figures.push(
            Figure::new(named("to a bare task a channel"), ours, "/s", "higher")
                .goal(limit * 0.9)
                .limit(limit),
        );
        let lost: f64 = of(Client::Ours)
            .into_iter()
            .flatten()
            .map(|(outcome, sent)| (*sent - outcome.handled) as f64)
            .sum();
        figures.push(Figure::new(named("lost"), lost, "events", "lower").goal(0.0));
        Ok(())
    }

    fn paced(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let events = if self.options.quick { 5_000 } else { 30_000 };
        println!("\n10,000 events a second, 1,000 live channels");
        let plan = [
            "--channels",
            "1000",
            "--rate",
            "10000",
            "--events",
            &events.to_string(),
        ];
        let run = self.each(|client| self.events_of(client, &plan, events))?;
        let quantile = |client, pick: fn(&crate::measure::Quantiles) -> f64| {
            let outcomes = run
                .iter()
                .find(|(it, _)| *it == client)
                .map(|(_, outcomes)| outcomes)?;
            Some(median(
                outcomes
                    .iter()
                    .filter_map(|(outcome, _)| outcome.latency_us.as_ref().map(pick)),
            ))
        };
        for (client, _) in &run {
            println!(
                "  {:<16} p50 {:>7} p99 {:>7} p99.9 {:>7} µs",
                client.name(),
                short(quantile(*client, |q| q.p50).unwrap_or_default()),
                short(quantile(*client, |q| q.p99).unwrap_or_default()),
                short(quantile(*client, |q| q.p999).unwrap_or_default()),
            );
        }
        for (what, factor, pick) in [
            (
                "p50 from write to handler at 10,000/s",
                1.3,
                (|q| q.p50) as fn(&crate::measure::Quantiles) -> f64,
            ),
            ("p99 from write to handler at 10,000/s", 2.0, |q| q.p99),
        ] {
            let ours = quantile(Client::Ours, pick).context("ours has no latencies")?;
            let raw = quantile(Client::BareMap, pick).context("the bare loop has no latencies")?;
            figures.push(
                Figure::new(what, ours, "µs", "lower")
                    .goal(raw * factor)
                    .limit(raw),
            );
        }
        Ok(())
    }

    fn memory(&self, figures: &mut Vec<Figure>) -> Result<()> {
        println!("\nmemory of 10,000 live channels");
        let plan = ["--channels", "10000", "--events", "40000", "--endless"];
        let run = self.each(|client| self.events_of(client, &plan, 40_000))?;
        let each = |outcomes: &[(Outcome, u64)]| {
            median(
                outcomes
                    .iter()
                    .map(|(outcome, _)| outcome.rss_bytes as f64 / 10_000.0),
            )
        };
        for (client, outcomes) in &run {
            println!(
                "  {:<16} {:>8} bytes a channel",
                client.name(),
                short(each(outcomes))
            );
        }
        let of = |client| {
            run.iter()
                .find(|(it, _)| *it == client)
                .map(|(_, outcomes)| each(outcomes))
        };
        let ours = of(Client::Ours).context("ours did not run")?;
        let limit = of(Client::BareTask).context("the bare loop did not run")?;
        figures.push(
            Figure::new("memory of a live channel with its stream", ours, "bytes", "lower")
                .goal(2048.0)
                .limit(limit),
        );
        Ok(())
    }

    fn requests(&self, at_once: usize, figures: &mut Vec<Figure>) -> Result<()> {
        println!("\nrequests (answer, get, set a variable), {at_once} at once");
        let run = self.each(|client| {
            let requests = if client == Client::AriClient {
                self.requests / 10
            } else {
                self.requests
            };
            self.requests_of(client, at_once, requests)
        })?;
        let rate = |outcome: &Outcome| outcome.requests as f64 / outcome.seconds.max(1e-9);
        for (client, outcomes) in &run {
            println!(
                "  {:<16} {:>10} requests/s  {} failed",
                client.name(),
                short(median(outcomes.iter().map(|(outcome, _)| rate(outcome)))),
                outcomes[0].0.errors,
            );
        }
        let of = |client| {
            let (_, outcomes) = run.iter().find(|(it, _)| *it == client)?;
            Some(median(outcomes.iter().map(|(outcome, _)| rate(outcome))))
        };
        let ours = of(Client::Ours).context("ours did not run")?;
        let limit = of(Client::BareTask).context("the bare loop did not run")?;
        let (peer, best) = best(PEERS, of);
        let what = format!("requests/s, {at_once} at once");
        figures.push(
            Figure::new(what, ours, "/s", "higher")
                .goal(limit * 0.9)
                .peer(peer, best)
                .limit(limit),
        );
        Ok(())
    }

    /// Runs `work` for every client in turn, as often as there are runs.
    fn each(
        &self,
        work: impl Fn(Client) -> Result<(Outcome, u64)>,
    ) -> Result<Vec<(Client, Vec<(Outcome, u64)>)>> {
        let mut all: Vec<_> = self.clients.iter().map(|client| (*client, Vec::new())).collect();
        for round in 1..=self.runs {
            for (client, outcomes) in &mut all {
                eprint!("\r  run {round} of {}: {:<20}", self.runs, client.name());
                let outcome =
                    work(*client).with_context(|| format!("{} did not come through", client.name()))?;
                outcomes.push(outcome);
            }
        }
        eprint!("\r{:<50}\r", "");
        Ok(all)
    }

    fn events_of(&self, client: Client, plan: &[&str], expect: u64) -> Result<(Outcome, u64)> {
        let server = Server::start(plan, self.options.api_docs.as_ref())?;
        let mut client = self.start(client, server.port, expect, None, plan.contains(&"--rate"))?;
        client.ready()?;
        server.go()?;
        Ok((client.outcome()?, expect))
    }

    fn requests_of(&self, client: Client, at_once: usize, requests: u64) -> Result<(Outcome, u64)> {
        let server = Server::start(&["--events", "0"], self.options.api_docs.as_ref())?;
        let mut client = self.start(client, server.port, requests, Some(at_once), false)?;
        Ok((client.outcome()?, requests))
    }

    fn start(
        &self,
        client: Client,
        port: u16,
        expect: u64,
        at_once: Option<usize>,
        paced: bool,
    ) -> Result<Running> {
        let mut command = pinned("1");
        match (client, &self.options.node) {
            (Client::AriClient, Some(folder)) => {
                command.arg("node").arg(folder.join("ari-client.js"));
                command.args([
                    port.to_string(),
                    expect.to_string(),
                    at_once.unwrap_or(0).to_string(),
                ]);
            }
            (client, _) => {
                command.arg(std::env::current_exe()?).arg("client");
                let name = clap::ValueEnum::to_possible_value(&client).context("every client has a name")?;
                command.arg(name.get_name());
                command.args(["--port", &port.to_string(), "--expect", &expect.to_string()]);
                if paced {
                    command.arg("--paced");
                }
                if let Some(at_once) = at_once {
                    command.args(["--requests-at-once", &at_once.to_string()]);
                }
            }
        }
        Running::start(command)
    }
}

struct Server {
    running: Running,
    port: u16,
}

impl Server {
    fn start(plan: &[&str], api_docs: Option<&PathBuf>) -> Result<Self> {
        let mut command = pinned("0");
        command.arg(std::env::current_exe()?).arg("server").args(plan);
        if let Some(folder) = api_docs {
            command.arg("--api-docs").arg(folder);
        }
        let mut running = Running::start(command)?;
        let port = running
            .line()?
            .trim()
            .parse()
            .context("the server gave no port")?;
        Ok(Self { running, port })
    }

    fn go(&self) -> Result<()> {
        let _ = &self.running;
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.write_all(b"POST /go HTTP/1.1\r\nContent-Length: 0\r\n\r\n")?;
        Ok(())
    }
}

/// A process of ours, which ends with its handle.
struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?);
        Ok(Self { child, lines })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            bail!("it ended without a word: {}", self.child.wait()?);
        }
        Ok(line)
    }

    fn ready(&mut self) -> Result<()> {
        while self.line()?.trim() != "ready" {}
        Ok(())
    }

    /// Reads the outcome, skipping whatever else a client prints.
    fn outcome(&mut self) -> Result<Outcome> {
        loop {
            let line = self.line()?;
            if line.starts_with('{') {
                return serde_json::from_str(&line).context("the outcome cannot be read");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pinned(core: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]);
    command
}

fn best(
    clients: impl IntoIterator<Item = Client>,
    value: impl Fn(Client) -> Option<f64>,
) -> (&'static str, f64) {
    let values = clients
        .into_iter()
        .filter_map(|client| Some((client.name(), value(client)?)));
    values.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("none", 0.0))
}
