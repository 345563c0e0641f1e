//! `bench ari`: events as fast as the socket takes them, paced events, memory of a live channel, and requests.
//!
//! Server on core 0, client on core 1; the runs of the clients are interleaved, so that a noisy minute hits all of them.

mod flood;
mod memory;
mod paced;
mod process;
mod requests;
mod trials;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{client::Client, report};
use process::{Running, Server, pinned};
use trials::{Trial, Trials};

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

/// What all parts share. Each part is a method in a file of its own, which adds to the figures.
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

    /// Runs `work` for each of these clients in turn, as often as there are runs.
    fn each(&self, clients: &[Client], work: impl Fn(Client) -> Result<Trial>) -> Result<Trials> {
        let mut all: Vec<_> = clients.iter().map(|client| (*client, Vec::new())).collect();
        for round in 1..=self.runs {
            for (client, trials) in &mut all {
                eprint!("\r  run {round} of {}: {:<20}", self.runs, client.name());
                let trial =
                    work(*client).with_context(|| format!("{} did not come through", client.name()))?;
                trials.push(trial);
            }
        }
        eprint!("\r{:<50}\r", "");
        Ok(Trials(all))
    }

    /// One client handles what the server sends by `plan`.
    fn events_of(&self, client: Client, plan: &[&str], sent: u64) -> Result<Trial> {
        let server = Server::start(plan, self.options.api_docs.as_ref())?;
        let mut client = self.start(client, server.port, sent, None, plan.contains(&"--rate"))?;
        client.ready()?;
        server.go()?;
        let outcome = client.outcome()?;
        Ok(Trial { outcome, sent })
    }

    /// One client sends requests.
    fn requests_of(&self, client: Client, at_once: usize, requests: u64) -> Result<Trial> {
        let server = Server::start(&["--events", "0"], self.options.api_docs.as_ref())?;
        let mut client = self.start(client, server.port, requests, Some(at_once), false)?;
        let outcome = client.outcome()?;
        Ok(Trial {
            outcome,
            sent: requests,
        })
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
