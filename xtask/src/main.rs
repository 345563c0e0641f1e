//! `cargo xtask`: what a developer runs in this repository.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

mod ari_coverage;
mod bench;
mod chaos;
mod ci;
mod demo;
mod fuzz;
mod scenarios;
mod setup;
mod shell;
mod test;

/// What a developer runs in this repository.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Examples:\n  \
        cargo xtask setup --check    what is missing on this machine\n  \
        cargo xtask demo             real calls through a real Asterisk, told as a story\n  \
        cargo xtask test             every test, the live ones included\n  \
        cargo xtask ci               all that a change must pass\n\n\
        Variables:\n  \
        EVATEL_CACHE            where downloads and the Asterisk tree are kept (default: ~/.cache/evatel)\n  \
        EVATEL_ASTERISK_BIN     an installed Asterisk 22.8 or newer to use instead of that tree\n  \
        EVATEL_POSTGRES_BIN     the folder of the `initdb` and `postgres` that the tests start (default: Debian's)\n  \
        EVATEL_DEBIAN_MIRROR    the Debian mirror for the tree (default: the one this machine's apt uses)"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Compares what we have of ARI with what a running Asterisk documents
    #[command(
        after_help = "It starts the Asterisk of setup and reads its own `/ari/api-docs`: every operation with its parameters, every \
        event and model with its fields, every word. What is lacking is told, and the exit code is 1; what an Asterisk newer than \
        22.10 has more is only told.\n\n\
        Examples:\n  cargo xtask ari-coverage\n  cargo xtask ari-coverage --json | tail -1\n  \
        EVATEL_ASTERISK_BIN=/usr/sbin/asterisk cargo xtask ari-coverage    another Asterisk"
    )]
    AriCoverage(AriCoverageArgs),
    /// Runs one benchmark, or lists them
    #[command(
        after_help = "Examples:\n  cargo xtask bench\n  cargo xtask bench speech --json\n  \
        cargo xtask bench ari -- --quick         our ARI client beside its peers, a first impression\n  \
        cargo xtask bench voice --json           how fast the assistant answers 1 to 64 callers, and what a call costs\n  \
        cargo xtask bench soak                   2,000 calls, 50 at a time, of which nothing may be left"
    )]
    Bench(BenchArgs),
    /// Breaks daemon, Asterisk and what is between them under many real calls, and looks that nothing is left over
    #[command(after_help = "The same seed breaks the same things in the same order.\n\n\
        Examples:\n  cargo xtask chaos\n  cargo xtask chaos --seed 7 --calls 50")]
    Chaos(ChaosArgs),
    /// Runs all that a change must pass: setup, fmt, clippy, docs, licences, purity, embed, tests, fuzz, demo, ari-coverage
    #[command(
        after_help = "It stops at the first failure and says which command repeats it.\n\n\
        Examples:\n  cargo xtask ci\n  cargo xtask ci licences purity    only these steps"
    )]
    Ci(CiArgs),
    /// Places real calls through a real Asterisk and tells what happened
    #[command(
        after_help = "Examples:\n  cargo xtask demo\n  cargo xtask demo --json | tail -1\n  cargo xtask demo -- --help"
    )]
    Demo(DemoArgs),
    /// Fuzzes the parsers of foreign bytes: events, media control, AudioSocket, RTP
    #[command(after_help = "On stable Rust. What fails is kept below fuzz/artifacts/.\n\n\
        Examples:\n  cargo xtask fuzz                          every target, 15 s each\n  \
        cargo xtask fuzz ari_event --seconds 3600")]
    Fuzz(FuzzArgs),
    /// Plays the conversations of scenarios/ through a real Asterisk
    #[command(
        after_help = "SIP callers spoken by espeak-ng, the daemon, an Asterisk. What cannot be played so is told with its reason. Times are told \
        beside their budgets and fail nothing: `evatel agent test` asserts them on a virtual clock. The exit code is 1 where a scenario failed.\n\n\
        Examples:\n  cargo xtask scenarios\n  cargo xtask scenarios scenarios/fr/help.yaml -- --story\n  \
        cargo xtask scenarios --json -- --only order | tail -1"
    )]
    Scenarios(ScenariosArgs),
    /// Installs what this repository needs beside Rust, git and a C toolchain
    #[command(
        after_help = "Does nothing, in under two seconds, when nothing is missing.\n\n\
        Examples:\n  cargo xtask setup\n  cargo xtask setup --check\n  \
        EVATEL_ASTERISK_BIN=/usr/sbin/asterisk cargo xtask setup"
    )]
    Setup(SetupArgs),
    /// Runs every test, those against a real Asterisk included
    #[command(after_help = "Examples:\n  cargo xtask test\n  cargo xtask test -p evatel-core schedule")]
    Test(TestArgs),
}

#[derive(Args)]
struct AriCoverageArgs {
    /// Ends standard output with one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct BenchArgs {
    /// The benchmark's name; without it the names are listed
    name: Option<String>,
    /// Asks the benchmark for JSON
    #[arg(long)]
    json: bool,
    /// Passed on to the benchmark
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

#[derive(Args)]
struct ChaosArgs {
    /// What is broken, and when
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many calls at once, 5 to 200
    #[arg(long, default_value_t = 200)]
    calls: u32,
    /// How many times something is broken
    #[arg(long, default_value_t = 16)]
    faults: u32,
}

#[derive(Args)]
struct CiArgs {
    /// Runs only the steps of these names
    steps: Vec<String>,
}

#[derive(Args)]
struct DemoArgs {
    /// Ends standard output with one line of JSON
    #[arg(long)]
    json: bool,
    /// Passed on to the demo
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

#[derive(Args)]
struct FuzzArgs {
    /// The target's name; without it each is fuzzed
    target: Option<String>,
    /// How long each is fuzzed
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

#[derive(Args)]
struct ScenariosArgs {
    /// Files, or folders of them [default: scenarios/]
    files: Vec<PathBuf>,
    /// Ends standard output with one line of JSON
    #[arg(long)]
    json: bool,
    /// Passed on: `--only TEXT`, `--story`
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Args)]
struct SetupArgs {
    /// Only says what is missing; the exit code is 1 if anything is
    #[arg(long)]
    check: bool,
}

#[derive(Args)]
struct TestArgs {
    /// Passed on to `cargo test` in place of `--workspace`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::AriCoverage(args) => ari_coverage::run(args.json),
        Task::Bench(args) => bench::run(args.name.as_deref(), args.json, &args.rest),
        Task::Chaos(args) => chaos::run(args.seed, args.calls, args.faults),
        Task::Ci(args) => ci::run(&args.steps),
        Task::Demo(args) => demo::run(args.json, &args.rest),
        Task::Fuzz(args) => fuzz::run(args.target.as_deref(), args.seconds),
        Task::Scenarios(args) => scenarios::run(&args.files, args.json, &args.rest),
        Task::Setup(args) if args.check => setup::check(),
        Task::Setup(_) => setup::run(),
        Task::Test(args) => test::run(&args.rest),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
