//! An answering assistant in an integrator's own program: his directory in memory, his log on the terminal.
//!
//! `embed check NUMBER` asks the gate what a call would be allowed; `embed serve URL USER APP` (the password in
//! `ARI_PASSWORD`) takes the calls that an Asterisk hands to the application.

mod house;
mod office;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use evatel_ari::{
    Ari, Config, Switch,
    call::{DEFAULT_SILENT_TRUNK, Settings, Skilled, Stop, TakenOver, run_calls},
};
use evatel_core::{
    calls::LegCause,
    flow::DEFAULT_RING_TIMEOUT,
    jiff::Timestamp,
    number::Dialled,
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
};
use evatel_voice::{agent::Engines, catalogue::Catalogue, synth::Espeak};
use office::TerminalOffice;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    // First of all: this same program is its own speech worker when a pool starts it as one.
    evatel_voice::worker::run_if_worker();

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["check", number] => check(number),
        ["serve", url, user, app] => serve(url, user, app),
        _ => Err("usage: embed check NUMBER | embed serve URL USER APP".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("embed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The gate alone: pure, in memory, no switch.
fn check(number: &str) -> Result<(), Failure> {
    let directory = house::directory()?;
    let me = Authoriser::Device { device: "desk-phone".parse()?, user: "luc".parse()? };
    let destination = Destination::Dialled(Dialled::parse(number)?);
    let request = LegRequest::new(&me, &destination, LegCause::Dial, Timestamp::now());
    match authorize_leg(&request, &directory) {
        Ok(plan) => println!("allowed by `{}`: {:?}", plan.rule(), plan.route()),
        Err(refusal) => println!("refused by `{}`", refusal.rule),
    }
    Ok(())
}

#[tokio::main]
async fn serve(url: &str, user: &str, app: &str) -> Result<(), Failure> {
    let password = std::env::var("ARI_PASSWORD").map_err(|_| "set ARI_PASSWORD")?;
    let (ari, offers) = Ari::connect(Config::new(url, user, password.into(), app)?).await?;
    println!("connected to Asterisk {}", ari.info().system.version);
    let (switch, offers) = Switch::new(ari, offers);

    let settings = Settings {
        dialogues: Arc::default(),
        greetings: Arc::default(),
        sounds: Arc::default(),
        catalogue: Arc::new(Catalogue::new()),
        engines: engines().await?,
        recordings_dir: PathBuf::from("."),
        ring_timeout: DEFAULT_RING_TIMEOUT,
        silent_trunk: DEFAULT_SILENT_TRUNK,
        skilled: Skilled::default(),
        keeper: None,
    };
    let stop = Stop::default();
    let office = Arc::new(TerminalOffice::new(house::directory()?));
    let nothing = TakenOver::default();
    let calls = tokio::spawn(run_calls(offers, nothing, Arc::new(switch), settings, office, stop.clone()));
    tokio::signal::ctrl_c().await?;
    stop.drain.cancel();
    Ok(calls.await?)
}

/// Prompts and keys; with the feature `sherpa` and a model in `EMBED_MODEL`, speech as well.
async fn engines() -> Result<Engines, Failure> {
    let voice = Arc::new(Espeak::new(Default::default()));
    #[cfg_attr(not(feature = "sherpa"), allow(unused_mut))]
    let mut engines = Engines { recognition: None, voice, vad: Default::default() };
    #[cfg(feature = "sherpa")]
    if let Some(folder) = std::env::var_os("EMBED_MODEL").map(PathBuf::from) {
        use evatel_voice::{
            agent::Recognition,
            grammar::Grammar,
            lexicon::{Lexicon, PhoneSet},
            worker::{Model, PoolConfig, WorkerPool},
        };
        let grammar = Grammar::load(Arc::new(Lexicon::new(PhoneSet::load(&folder)?))).await?;
        let pool = WorkerPool::start(PoolConfig::new(Model::phones(folder))).await?;
        engines.recognition = Some(Recognition::with_grammar(Arc::new(pool), Arc::new(grammar)));
    }
    Ok(engines)
}
