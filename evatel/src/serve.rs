//! `evatel serve`: the daemon, from its start to its last call.

mod ahead;
mod dialogues;
mod greetings;
mod skills;
mod snapshot;
mod speech;

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use evatel_ari::{
    Ari, Config, ConnectionState, Switch,
    call::{CALL_BACK_FOR, KeepRules, Keeper, Settings, Stop, TakenOver, run_calls, take_over},
    config::{Leftovers, Start},
    op::applications::EventFilter,
    switch::UNUSED_EVENTS,
};
use evatel_core::{
    account::Language,
    calls::LegEntry,
    policy::{MAX_LEG_LENGTH, Rule},
};
use evatel_provision::MediaClient;
use evatel_store::{LegFilter, Scope, Store};
use evatel_voice::{catalogue::Catalogue, sound_files::SoundFiles};
use jiff::Timestamp;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing::info;

pub(crate) use dialogues::read as read_dialogue;
pub use greetings::GreetingFiles;
pub(crate) use skills::{load as load_skills, load_file as load_skills_file};
pub use speech::{EarOptions, SpeechOptions};
pub(crate) use speech::{advised, start as start_speech, start_voices};

use crate::{
    media::{self, Media},
    metrics,
    office::StoreOffice,
    settings::{NumberFile, SkillsOptions},
    sweep::{self, Retention},
};

/// What the daemon needs to know.
#[derive(Debug)]
pub struct ServeOptions {
    /// Dialogues of files, and the numbers that they answer.
    pub dialogues: Vec<NumberFile>,
    /// Sounds that greet in place of our own words.
    pub greetings: GreetingFiles,
    /// The switch.
    pub ari: Config,
    /// How long a switch is waited for that is not there at the start.
    pub switch_patience: Duration,
    /// Such as `sqlite:///var/lib/evatel/evatel.db`.
    pub database_url: String,
    /// What is kept of each call, and for how long; nothing without it.
    pub keeping: Option<(KeepRules, Retention)>,
    /// How the sound of calls travels.
    pub media: Media,
    /// TCP port on loopback to which Asterisk brings it with [`Media::WebSocket`].
    pub media_port: u16,
    /// Where recordings and messages are kept; made if it is not there.
    pub recordings_dir: PathBuf,
    /// How long they are kept, where not for ever.
    pub recordings_kept: Option<Duration>,
    /// How long a leg rings.
    pub ring_timeout: Duration,
    /// How long a trunk may be silent about a leg before the next way out is tried.
    pub silent_trunk: Duration,
    /// What can be ordered beside calls, and who does it.
    pub skills: SkillsOptions,
    /// Speech; without it there are prompts and keys only.
    pub speech: SpeechOptions,
}

/// What the daemon found when it was ready.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Ready {
    /// The switch's version.
    pub asterisk: String,
    /// How many numbers it answers.
    pub dids: usize,
    /// How the sound of calls travels.
    pub media: Media,
    /// The speech engine with its version, where there is one.
    pub speech: Option<String>,
    /// What hears is our own small model, which knows synthetic voices only.
    pub synthetic_voices_only: bool,
}

/// Why the daemon did not start, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The switch.
    #[error("the switch does not answer as it should")]
    Ari(#[from] evatel_ari::Error),
    /// Another program registered the application on the switch: calls go there now.
    #[error("another program took the application `{app}`")]
    Displaced {
        /// The application's name.
        app: String,
    },
    /// An endpoint of the brain.
    #[error("an endpoint of the brain cannot be made ready")]
    Brain(#[from] evatel_voice::brain::chat::Error),
    /// A folder.
    #[error("the folder `{}` cannot be used", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The phrases that can be said.
    #[error("the grammar cannot be made ready")]
    Grammar(#[from] evatel_voice::grammar::Error),
    /// A dialogue of `calls.dialogues`.
    #[error("a dialogue of `calls.dialogues` is none")]
    Dialogue(#[from] evatel_voice::dialogue::DialogueError),
    /// A file of a dialogue that `calls.dialogues` names.
    #[error("the dialogue in `{}` cannot be read", path.display())]
    DialogueFile {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A sound of `calls.greetings` or `calls.assistant_greeting`.
    #[error("the greeting in `{}` cannot be played", path.display())]
    Greeting {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: evatel_voice::wav::Error,
    },
    /// The file of phrases that `speech.grammar` names.
    #[error("the phrases in `{}` cannot be read", path.display())]
    Phrases {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The lexicon.
    #[error("words cannot be looked up")]
    Lexicon(#[from] evatel_voice::lexicon::Error),
    /// The sound of calls would not come.
    #[error(transparent)]
    Media(#[from] media::Lost),
    /// The counts.
    #[error(transparent)]
    Metrics(#[from] crate::metrics::Error),
    /// The signals of the system.
    #[error("the system's signals cannot be heard")]
    Signals(#[source] std::io::Error),
    /// The skills of `skills.file`.
    #[error("the skills of `skills.file` are none")]
    Skills(#[source] evatel_voice::dialogue::DialogueError),
    /// What posts errands to `skills.url`.
    #[error("errands cannot be posted to `skills.url`: {0}")]
    SkillsClient(String),
    /// The file of `skills.file`.
    #[error("the skills in `{}` cannot be read", path.display())]
    SkillsFile {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The recogniser.
    #[error("hearing or speaking cannot start")]
    Speech(#[from] evatel_voice::transcribe::Error),
    /// The database.
    #[error("the database cannot be used")]
    Store(#[from] evatel_store::Error),
}

/// Runs the daemon until SIGTERM or SIGINT; calls that are up then come to their end, unless a second signal comes. Then two
/// who are joined are left to talk on, for the next daemon to take over, and anybody else is sent on in the dialplan; so it is
/// as well when another program takes the application.
///
/// Calls that an earlier daemon left are taken over. `ready` is told once, when calls are taken.
///
/// # Errors
/// Whatever keeps it from taking calls: database, folder, model, switch; [`Error::Displaced`] when the switch gives
/// them to another program.
pub async fn run(options: ServeOptions, ready: impl FnOnce(&Ready)) -> Result<(), Error> {
    let store = Store::open(&options.database_url).await?;
    store.migrate().await?;
    let _alone = store.take_daemons_place().await?;
    let folder = |source| Error::Folder {
        path: options.recordings_dir.clone(),
        source,
    };
    // People's voices will be in it.
    let mut private = tokio::fs::DirBuilder::new();
    private
        .recursive(true)
        .mode(0o700)
        .create(&options.recordings_dir)
        .await
        .map_err(folder)?;
    let (keeper, keeping) = match &options.keeping {
        None => (None, None),
        Some((rules, _)) => {
            let started = Keeper::start(rules.clone());
            let (keeper, thread) = started.map_err(|source| Error::Folder {
                path: rules.folder.clone(),
                source,
            })?;
            (Some(keeper), Some(thread))
        }
    };
    let calls_kept = options
        .keeping
        .map(|(rules, retention)| (rules.folder, retention));
    let recordings_kept = options
        .recordings_kept
        .map(|age| (options.recordings_dir.clone(), age));
    let directory = store.load_directory().await?;
    for place in store.unusable_places().await? {
        let (account, province) = (&place.account, &place.province);
        tracing::warn!(
            account.id = %account,
            "Emergency place of account `{account}` names the province `{province}`, which is none: its emergency calls \
             tell no address until `evatel emergency set` sets it anew"
        );
    }
    let mut sounds = SoundFiles::default();
    let skilled = skills::load(&options.skills, &mut sounds)?;
    let dialogues = dialogues::load(&options.dialogues, &skilled.skills, &mut sounds)?;
    let greetings = greetings::load(&options.greetings, &mut sounds)?;
    let answering: Vec<_> = dialogues.values().cloned().collect();
    let (engines, speech) = speech::start(&options.speech, &answering, skilled.skills.clone()).await?;
    let spoken = [answering, skilled.skills.dialogues().cloned().collect()].concat();

    let ear = options.speech.ear.as_ref();
    let synthetic = ear.and_then(|ear| ear.of_synthetic_speech(&[Language::En, Language::Fr]));

    let mut config = options.ari;
    config.start = Start::Wait(options.switch_patience);
    config.leftovers = Leftovers::HandOver;
    let app = config.app.clone();
    let client = MediaClient::of_daemon(&app, options.media_port);
    let medium = options.media.open(&config, &client).await?;
    let (ari, offers) = Ari::connect(config).await?;
    match options.media.finds_us(&ari, &client).await {
        // An operator may have put a proxy of his own between.
        Err(elsewhere @ media::Lost::Elsewhere { .. }) => tracing::warn!("{elsewhere}"),
        found => found?,
    }
    ari.filter_events(EventFilter::without(UNUSED_EVENTS)).await?;
    let mut state = ari.state();
    let mut signals = Signals::hear().map_err(Error::Signals)?;
    let asterisk = ari.info().system.version.clone();
    let dids = directory.dids().len();
    let ahead = ahead::start(engines.voice.clone(), options.speech.memory, &directory, &spoken);
    let holder = format!("daemon-{}", std::process::id());
    let (office, writer) = StoreOffice::open(directory, store.ledger(holder), store.clone());
    let shown = tokio::spawn(metrics::follow(ari.clone()));
    let swept = tokio::spawn(sweep::follow(calls_kept, recordings_kept));
    let (switch, offers) = Switch::new(ari, offers);
    let switch = switch.over(medium);
    let taken = take_over_calls(&switch, &office, &store).await;

    let stop = Stop::default();
    let refresher = tokio::spawn(snapshot::follow(
        office.clone(),
        store.clone(),
        stop.drain.clone(),
    ));
    let settings = Settings {
        dialogues: Arc::new(dialogues),
        greetings: Arc::new(greetings),
        sounds: Arc::new(sounds),
        catalogue: Arc::new(Catalogue::new()),
        engines,
        keeper,
        recordings_dir: options.recordings_dir,
        ring_timeout: options.ring_timeout,
        silent_trunk: options.silent_trunk,
        skilled,
    };
    let mut calls = tokio::spawn(run_calls(
        offers,
        taken,
        Arc::new(switch),
        settings,
        office,
        stop.clone(),
    ));

    let found = Ready {
        asterisk,
        dids,
        media: options.media,
        speech,
        synthetic_voices_only: synthetic.is_some(),
    };
    if let Some(folder) = synthetic {
        let folder = folder.display();
        tracing::warn!(%folder, "`{folder}` knows synthetic voices only: it is not made to recognise people");
    }
    info!(asterisk = %found.asterisk, dids = found.dids, media = %found.media, speech = found.speech, "Ready for calls");
    ready(&found);
    let outcome = tokio::select! {
        () = signals.next() => Ok(()),
        last = closed(&mut state) => Err(match last {
            ConnectionState::Replaced => Error::Displaced { app },
            _ => Error::Ari(evatel_ari::Error::Closed),
        }),
    };
    info!("Stopping: calls that are up come to their end, new ones are left to the dialplan");
    stop.drain.cancel();
    end_calls(&mut calls, signals.next(), &stop.leave).await;
    ahead.abort();
    shown.abort();
    swept.abort();
    for task in [refresher, writer] {
        if let Err(error) = task.await {
            tracing::error!(%error, "A task of the daemon failed");
        }
    }
    if let Some(thread) = keeping {
        // It ends with the last call, which is over, and writes what is left.
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
    outcome
}

/// Reads a file that the settings name. Of one that is too large one byte more than may be is read: enough to refuse it.
fn text_of(path: &Path, largest: usize) -> std::io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(largest as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Waits until the connection is given up for good, and says how it ended.
async fn closed(state: &mut watch::Receiver<ConnectionState>) -> ConnectionState {
    let is_last =
        |state: &ConnectionState| matches!(state, ConnectionState::Closed | ConnectionState::Replaced);
    match state.wait_for(is_last).await {
        Ok(last) => *last,
        // Its task is gone without a word: nobody reads events any more.
        Err(_) => ConnectionState::Closed,
    }
}

/// Waits for the calls that are up, or lets them go once `told_again` says so.
async fn end_calls(
    calls: &mut JoinHandle<()>,
    told_again: impl Future<Output = ()>,
    leave: &CancellationToken,
) {
    let ended = tokio::select! {
        ended = &mut *calls => ended,
        () = told_again => {
            tracing::warn!("Told to stop again: calls that are up are left to the switch");
            leave.cancel();
            let left = tokio::time::timeout(LEAVING, &mut *calls).await;
            if left.is_err() {
                calls.abort();
            }
            match left {
                Ok(ended) => ended,
                Err(_) => calls.await,
            }
        }
    };
    if let Err(error) = ended
        && !error.is_cancelled()
    {
        tracing::error!(%error, "A task of the daemon failed");
    }
}

/// Takes over the calls that a daemon which died or was stopped left, and frees the places in the ledger that no leg holds
/// any more. A store that is away meanwhile harms no call: the switch knows who is joined.
async fn take_over_calls(switch: &Switch, office: &Arc<StoreOffice>, store: &Store) -> TakenOver {
    let open = LegFilter {
        only_open: true,
        ..LegFilter::default()
    };
    let open = store.legs(&open, &Scope::system()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "Call log cannot be read: entries of an earlier daemon stay open until the next start");
        Vec::new()
    });
    // Every place of now is an earlier daemon's: this one takes its first later.
    let now = Timestamp::now();
    let taken = take_over(&open, switch, office.as_ref()).await;
    let freed = store.ledger("sweep").sweep(now, &taken.places()).await;
    let freed = freed.unwrap_or_else(|error| {
        tracing::error!(%error, "Places of an earlier daemon could not be freed: they count until the next start");
        0
    });
    if !open.is_empty() || taken.going() + taken.again() + freed > 0 {
        info!(
            going = taken.going(),
            again = taken.again(),
            freed,
            "Took over what an earlier daemon left"
        );
    }
    taken.remembering(emergency_calls(store, now).await)
}

/// Reads who called the emergency centre lately: it may call back.
async fn emergency_calls(store: &Store, now: Timestamp) -> Vec<LegEntry> {
    let lately = LegFilter {
        rule: Some(Rule::EmergencyAlways),
        since: Some(now - CALL_BACK_FOR - MAX_LEG_LENGTH),
        ..LegFilter::default()
    };
    store.legs(&lately, &Scope::system()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "Call log cannot be read: an emergency centre that calls back is screened like anybody");
        Vec::new()
    })
}

/// How long calls may take to be left.
const LEAVING: Duration = Duration::from_secs(10);

/// SIGTERM and SIGINT, heard from the moment calls may come; before it they end the process at once.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn hear() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for either. Cancel safe.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_signal_tells_calls_to_leave_and_gives_up_those_that_do_not() {
        let mut calls = tokio::spawn(std::future::pending());
        let leave = CancellationToken::new();
        tokio::time::pause();
        end_calls(&mut calls, async {}, &leave).await;
        assert!(calls.is_finished() && leave.is_cancelled());
    }

    #[tokio::test]
    async fn without_a_second_signal_calls_come_to_their_end() {
        let (ended, hears) = tokio::sync::oneshot::channel();
        let mut calls = tokio::spawn(async {
            tokio::task::yield_now().await;
            let _ = ended.send(());
        });
        end_calls(&mut calls, std::future::pending(), &CancellationToken::new()).await;
        hears.await.unwrap();
    }
}
