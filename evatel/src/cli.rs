//! The one command line: a noun, a verb.

mod account;
mod agent;
mod answer;
mod apikey;
mod audit;
mod call;
mod catalog;
mod completion;
mod config;
mod contact;
mod csv;
mod db;
mod desk;
mod device;
mod did;
mod doctor;
mod emergency;
mod evaluate;
mod failure;
mod help;
mod init;
mod itsp;
mod limit;
mod lines;
mod login;
mod model;
mod moment;
mod names;
mod number;
mod offer;
mod office;
mod owner;
mod person;
mod presence;
mod provision;
mod quote;
mod refusal;
mod reseller;
mod restriction;
mod route;
mod rows;
mod schedule;
mod screening;
mod secret;
mod serve;
mod subscription;
mod text_file;
mod texts;
mod trunk;
mod user;
mod values;
mod wording;

use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::LazyLock,
};

use clap::{Args, CommandFactory, Parser, Subcommand};
use evatel_core::{account::Language, schedule::tz_version};
use serde_json::json;

use answer::Answer;
use desk::Desk;
use failure::Failure;
use texts::Texts;

use crate::settings::{Overrides, Settings};

/// A voice assistant and its rules beside your Asterisk.
#[derive(Debug, Parser)]
#[command(name = "evatel", version = VERSION.as_str(), after_help = FIRST_STEPS)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// The program's version and that of its time zones, whose rules change with governments.
static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{} (time zones {})", env!("CARGO_PKG_VERSION"), tz_version()));

const FIRST_STEPS: &str = "First steps:
  evatel init --name \"Luc Roy\" --language fr
  evatel trunk add --name Carrier --peer 192.0.2.10 --format national10
  evatel did add 5145550199
  evatel device add --name Bureau
  evatel contact add \"Marie Tremblay\" 514-555-0142
  evatel provision apply && evatel doctor && evatel serve

Exit codes: 0 done, 1 failed, 2 what was asked cannot be.";

/// What stands above the options that every verb has.
const GLOBAL: &str = "Global options";

#[derive(Debug, Args)]
struct Common {
    /// Settings file [default: $EVATEL_CONFIG, else ./evatel.toml where there is one]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database, over `database.url` of the settings, such as sqlite:///srv/evatel.db or postgres://evatel@db/evatel
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "URL")]
    database: Option<String>,
    /// Print one JSON document on standard output
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
    /// Language of the texts: fr or en [default: $EVATEL_LANG, else the locale]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "LANGUAGE", value_parser = values::language)]
    lang: Option<Language>,
    /// What to log, such as info or evatel=debug
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the database, its first rows and a settings file
    Init(init::Init),
    /// Resellers: how they bill, what their customers see
    #[command(subcommand)]
    Reseller(reseller::Verb),
    /// Accounts: language, recording, state
    #[command(subcommand)]
    Account(account::Verb),
    /// Users, their roles and their PINs
    #[command(subcommand)]
    User(user::Verb),
    /// Names and passwords
    #[command(subcommand)]
    Login(login::Verb),
    /// Keys for programs
    #[command(subcommand)]
    Apikey(apikey::Verb),
    /// What was done by whom
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Plans, options, devices and fees
    #[command(subcommand)]
    Catalog(catalog::Verb),
    /// What a reseller sells, and for how much
    #[command(subcommand)]
    Offer(offer::Verb),
    /// What a change costs, and saying yes to it
    #[command(subcommand)]
    Quote(quote::Verb),
    /// What accounts have bought
    #[command(subcommand)]
    Subscription(subscription::Verb),
    /// Carriers that lines and numbers are bought from
    #[command(subcommand)]
    Itsp(itsp::Verb),
    /// Lines to carriers
    #[command(subcommand)]
    Trunk(trunk::Verb),
    /// Which trunk takes which numbers, in which order
    #[command(subcommand)]
    Route(route::Verb),
    /// Numbers, from the order to the day they leave
    #[command(subcommand)]
    Did(did::Verb),
    /// What a string is as a number
    #[command(subcommand)]
    Number(number::Verb),
    /// Telephones
    #[command(subcommand)]
    Device(device::Verb),
    /// People whom a user calls by name
    #[command(subcommand)]
    Contact(contact::Verb),
    /// Rules on who may call what
    #[command(subcommand)]
    Restriction(restriction::Verb),
    /// How much toll anybody's calls may run up
    #[command(subcommand)]
    Limit(limit::Verb),
    /// When a user is what, and who is rung then
    #[command(subcommand)]
    Presence(presence::Verb),
    /// When the office is open
    #[command(subcommand)]
    Office(office::Verb),
    /// Callers who are blocked, always let through, or important
    #[command(subcommand)]
    Screening(screening::Verb),
    /// Whom a call would ring at any instant, and by which rule
    Evaluate(evaluate::Evaluate),
    /// What a schedule says
    #[command(subcommand)]
    Schedule(schedule::Verb),
    /// Public holidays
    #[command(subcommand)]
    Holiday(schedule::HolidayVerb),
    /// Where emergency calls go and what place they tell
    #[command(subcommand)]
    Emergency(emergency::Verb),
    /// The voice agent, tried by ear without a switch
    #[command(subcommand)]
    Agent(agent::Verb),
    /// Speech models: which there are, installing, checking and removing them
    #[command(subcommand)]
    Model(model::Verb),
    /// The call log
    #[command(subcommand)]
    Call(call::Verb),
    /// Shows the settings in force, secrets hidden
    #[command(
        after_help = "Examples:\n  evatel config\n  evatel config --database sqlite:///srv/evatel.db --json"
    )]
    Config,
    /// The database itself: its schema, its health, and all of it out and in
    #[command(subcommand)]
    Db(db::Verb),
    /// The key that secrets in the database are sealed with
    #[command(subcommand)]
    Secret(secret::Verb),
    /// Asterisk's configuration from these rows
    #[command(subcommand)]
    Provision(provision::Verb),
    /// Checks everything that a call needs and says what to do about each finding
    #[command(after_help = "Examples:\n  evatel doctor\n  evatel doctor --lang fr --json")]
    Doctor,
    /// Runs the daemon that answers calls
    #[command(
        after_help = "Examples:\n  evatel serve\n  evatel serve --config /etc/evatel.toml --log evatel=debug"
    )]
    Serve,
    /// Prints what completes these words in a shell
    Completion(completion::Completion),
}

/// Gives the tree of all verbs, as tests and documents walk it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line of this process to its end and gives its exit code.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refusal::say(error, &arguments, command),
    };
    let texts = Texts::new(texts::language(cli.common.lang));
    let json = cli.common.json;
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| Failure::File {
            path: "tokio".into(),
            source,
        });
    let done = done.and_then(|runtime| runtime.block_on(dispatch(cli, &texts)));
    match done {
        Ok((answer, code)) => {
            let text = if json {
                answer.json.to_string()
            } else {
                answer.human
            };
            // A verb that answered line by line has nothing left to say.
            if !answer.is_said {
                print(&text);
            }
            ExitCode::from(code)
        }
        Err(failure) => {
            let (message, hint, code) = (failure.chain(&texts), failure.hint(&texts), failure.exit_code());
            if json {
                print(&format!(
                    "{}",
                    json!({ "error": { "message": message, "hint": hint, "exit_code": code } })
                ));
            }
            eprintln!("{}", texts.say("error-line", &[("message", &message)]));
            if let Some(hint) = hint {
                eprintln!("{}", texts.say("hint-line", &[("hint", &hint)]));
            }
            ExitCode::from(code)
        }
    }
}

/// Runs the verb; gives its answer with the exit code.
async fn dispatch(cli: Cli, texts: &Texts) -> Result<(Answer, u8), Failure> {
    let Common {
        config,
        database,
        json,
        log,
        ..
    } = cli.common;
    let overrides = Overrides {
        config,
        database,
        log,
    };
    if let Command::Init(init) = cli.command {
        return Ok((init.run(overrides, texts).await?, 0));
    }
    if let Command::Completion(completion) = cli.command {
        let tree = match texts.language() {
            Language::En => command(),
            Language::Fr => help::in_french(command()),
        };
        return Ok((completion.run(tree), 0));
    }
    let settings = Settings::load(&overrides)?;
    let desk = Desk {
        settings,
        texts,
        json,
    };
    let answer = match cli.command {
        Command::Init(_) => unreachable!("handled before the settings are read"),
        Command::Completion(_) => unreachable!("handled before the settings are read"),
        Command::Reseller(verb) => verb.run(&desk).await,
        Command::Login(verb) => verb.run(&desk).await,
        Command::Apikey(verb) => verb.run(&desk).await,
        Command::Audit(verb) => verb.run(&desk).await,
        Command::Account(verb) => verb.run(&desk).await,
        Command::User(verb) => verb.run(&desk).await,
        Command::Catalog(verb) => verb.run(&desk).await,
        Command::Offer(verb) => verb.run(&desk).await,
        Command::Quote(verb) => verb.run(&desk).await,
        Command::Subscription(verb) => verb.run(&desk).await,
        Command::Itsp(verb) => verb.run(&desk).await,
        Command::Trunk(verb) => verb.run(&desk).await,
        Command::Route(verb) => verb.run(&desk).await,
        Command::Did(verb) => verb.run(&desk).await,
        Command::Number(verb) => verb.run(&desk),
        Command::Device(verb) => verb.run(&desk).await,
        Command::Contact(verb) => verb.run(&desk).await,
        Command::Restriction(verb) => verb.run(&desk).await,
        Command::Limit(verb) => verb.run(&desk).await,
        Command::Presence(verb) => verb.run(&desk).await,
        Command::Office(verb) => verb.run(&desk).await,
        Command::Screening(verb) => verb.run(&desk).await,
        Command::Evaluate(evaluate) => evaluate.run(&desk).await,
        Command::Schedule(verb) => verb.run(&desk),
        Command::Holiday(verb) => verb.run(&desk),
        Command::Emergency(verb) => verb.run(&desk).await,
        Command::Agent(verb) => verb.run(&desk, json).await,
        Command::Model(verb) => verb.run(&desk, json).await,
        Command::Call(verb) => verb.run(&desk).await,
        Command::Config => config::show(&desk),
        Command::Db(verb) => return verb.run(&desk).await,
        Command::Provision(verb) => verb.run(&desk).await,
        Command::Secret(verb) => verb.run(&desk).await,
        Command::Doctor => {
            let (answer, healthy) = doctor::run(&desk).await?;
            return Ok((answer, if healthy { 0 } else { 1 }));
        }
        Command::Serve => serve::run(&desk, json).await,
    };
    let answer = answer?;
    let code = answer.code;
    Ok((answer, code))
}

/// Prints on standard output; a reader that went away (`evatel call list | head`) is no failure of ours.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
