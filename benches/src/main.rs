//! `cargo xtask bench ari|calls`: our ARI client beside its peers, in the same run on the same machine.

mod ari;
mod calls;
mod client;
mod events;
mod measure;
mod server;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use evatel_tests::figures as report;

/// Our ARI client beside its peers.
#[derive(Parser)]
#[command(name = "evatel-bench")]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Events and requests through a fake server
    Ari(ari::Options),
    /// Calls of SIPp through a real Asterisk
    Calls(calls::Options),
    /// Plays one client; `ari` and `calls` start it
    #[command(hide = true)]
    Client {
        client: client::Client,
        #[command(flatten)]
        task: client::Task,
    },
    /// Plays the server; `ari` starts it
    #[command(hide = true)]
    Server {
        #[command(flatten)]
        plan: server::Plan,
        /// The folder of Asterisk's own api-docs, which `ari-client` reads
        #[arg(long)]
        api_docs: Option<PathBuf>,
    },
}

fn main() -> Result<()> {
    match Cli::parse().bench {
        Bench::Ari(options) => ari::run(&options),
        Bench::Calls(options) => calls::run(&options),
        Bench::Client { client, task } => client.run(&task),
        Bench::Server { plan, api_docs } => server::serve(plan, api_docs),
    }
}
