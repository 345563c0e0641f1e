//! `cargo xtask bench voice|soak`: the assistant under many callers, through a real Asterisk.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};
use evatel_tests::{
    figures::{self, Figure},
    load::{alone, peer, soak, voice},
};

/// The assistant under many callers.
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
struct Options {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// How fast it answers so many callers at once, and what a call costs
    Voice {
        /// Numbers of calls at once, rising, 1 to 64; the first that does not hold is the last
        #[arg(long, value_delimiter = ',', default_value = "1,8,16,32,48,64")]
        steps: Vec<usize>,
        /// How long each number is held, in seconds
        #[arg(long, default_value_t = 24)]
        seconds: u64,
        /// Speech workers
        #[arg(long, default_value_t = 1)]
        workers: u16,
        /// The Python that has pipecat; without it that peer is left out, and said so
        #[arg(long)]
        pipecat: Option<PathBuf>,
        /// Ends with one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Plays our side without a switch; `voice` starts it
    #[command(hide = true)]
    Serve {
        #[arg(long)]
        port: u16,
        #[arg(long)]
        model: PathBuf,
        #[arg(long)]
        worker: PathBuf,
    },
    /// Whether anything is left of many calls
    Soak {
        /// Calls in all
        #[arg(long, default_value_t = 2000)]
        calls: usize,
        /// Calls before memory is looked at
        #[arg(long, default_value_t = 300)]
        settle: usize,
        /// Calls at once, 1 to 100
        #[arg(long, default_value_t = 50)]
        at_once: usize,
        /// Speech workers
        #[arg(long, default_value_t = 1)]
        workers: u16,
        /// Ends with one line of JSON
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let bench = Options::parse().bench;
    let (name, json) = match &bench {
        Bench::Voice { json, .. } => ("voice", *json),
        Bench::Soak { json, .. } => ("soak", *json),
        Bench::Serve { .. } => ("serve", false),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let measured = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(measure(bench)));
    match measured {
        Ok(found) => {
            figures::print(name, &found, json);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(bench: Bench) -> Result<Vec<Figure>> {
    match bench {
        Bench::Voice {
            steps,
            seconds,
            workers,
            pipecat,
            ..
        } => {
            ensure!(
                steps.is_sorted() && steps.iter().all(|calls| (1..=64).contains(calls)),
                "steps rise, from 1 to 64"
            );
            let hold = Duration::from_secs(seconds);
            let mut found = voice::run(&voice::Plan { steps, hold, workers }).await?;
            match pipecat {
                Some(python) => found.extend(peer::run(&python).await?),
                None => println!("pipecat (PyPI) is left out: no --pipecat PYTHON"),
            }
            Ok(found)
        }
        Bench::Serve { port, model, worker } => {
            alone::serve(port, model, worker).await?;
            Ok(Vec::new())
        }
        Bench::Soak {
            calls,
            settle,
            at_once,
            workers,
            ..
        } => {
            ensure!(
                (1..=100).contains(&at_once) && settle < calls,
                "1 to 100 calls at once, more in all than settle"
            );
            let plan = soak::Plan {
                calls,
                settle,
                at_once,
                workers,
            };
            soak::run(&plan).await
        }
    }
}
