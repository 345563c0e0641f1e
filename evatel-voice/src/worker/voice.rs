//! A voice of an operator's in child processes: what it does to its engine harms no call.

mod keeper;
mod orders;
mod reads;
mod trial;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use evatel_core::account::Language;
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};

pub(super) use self::trial::try_voice;
use self::{
    keeper::{Keeper, NO_PROCESS},
    orders::{Order, Orders},
    reads::Reads,
    trial::begin,
};
use super::pool::ModelInfo;
use crate::{
    frame::Clip,
    synth::{self, Manner, Speaking, Synthesizer, sanitised},
    transcribe::Error,
};

/// Which voice speaks, and how.
#[derive(Clone, Debug)]
pub struct VoiceConfig {
    /// Where its files are: a model of the form [`super::Form::Voice`].
    pub folder: PathBuf,
    /// Its language.
    pub language: Language,
    /// The program that is its own worker; nothing means the one that runs.
    pub program: Option<PathBuf>,
    /// How many child processes, at least 1: each says one sentence at a time.
    pub workers: usize,
    /// A sentence that takes longer fails.
    pub deadline: Duration,
}

impl VoiceConfig {
    /// One worker for this voice, in this very program, with 5 s for a sentence.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, language: Language) -> Self {
        Self {
            folder: folder.into(),
            language,
            program: None,
            workers: 1,
            deadline: Duration::from_secs(5),
        }
    }
}

/// A voice that is supervised. Its children end with it.
#[derive(Debug)]
pub struct Voice {
    name: String,
    reads: Reads,
    deadline: Duration,
    orders: Arc<Orders>,
    info: ModelInfo,
    keepers: Vec<JoinHandle<()>>,
    pids: Vec<Arc<AtomicU32>>,
}

impl Voice {
    /// Starts the workers, and lets the first say a word before anything depends on it.
    ///
    /// # Errors
    /// When the model is missing or refused or has no sound, or a child cannot be started.
    pub async fn start(config: VoiceConfig) -> Result<Self, Error> {
        let (first, reads) = begin(&config).await?;
        let info = ModelInfo {
            engine: first.engine.clone(),
        };
        let orders = Arc::new(Orders::new());
        let mut links = vec![Some(first)];
        links.resize_with(config.workers.max(1), || None);
        let (mut keepers, mut pids) = (Vec::new(), Vec::new());
        for link in links {
            let pid = Arc::new(AtomicU32::new(NO_PROCESS));
            let keeper = Keeper {
                config: config.clone(),
                orders: orders.clone(),
                pid: pid.clone(),
            };
            keepers.push(tokio::spawn(keeper.run(link)));
            pids.push(pid);
        }
        Ok(Self {
            name: config.folder.display().to_string(),
            reads,
            deadline: config.deadline,
            orders,
            info,
            keepers,
            pids,
        })
    }

    /// The process ids of the workers that are ready.
    #[must_use]
    pub fn worker_pids(&self) -> Vec<u32> {
        let pids = self.pids.iter().map(|pid| pid.load(Ordering::Relaxed));
        pids.filter(|pid| *pid != NO_PROCESS).collect()
    }

    /// What runs in the workers.
    #[must_use]
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn say(&self, sentence: &str, manner: Manner) -> Result<Clip, synth::Error> {
        let clean = sanitised(sentence);
        if !clean.chars().any(char::is_alphanumeric) {
            return Ok(Clip::new(Vec::new()));
        }
        let text = self.reads.text(&clean).await?;
        let (answer, said) = oneshot::channel();
        let order = Order {
            text,
            percent: manner.pace.percent(),
            answer,
        };
        let lost = || synth::Error::Failed {
            program: self.name.clone(),
            status: "its worker was lost".to_owned(),
            message: String::new(),
        };
        self.orders.push(order).await;
        let clip = said.await.map_err(|_| lost())?;
        // A lexicon without these words says nothing: another voice can.
        match clip.is_empty() {
            false => Ok(clip),
            true => Err(synth::Error::Failed {
                program: self.name.clone(),
                status: "no sound".to_owned(),
                message: format!("it has no sound for `{clean}`"),
            }),
        }
    }
}

impl Synthesizer for Voice {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(async move {
            let said = timeout(self.deadline, self.say(sentence, manner)).await;
            said.map_err(|_| synth::Error::TooSlow {
                program: self.name.clone(),
                limit: self.deadline,
            })?
        })
    }

    fn voice(&self, manner: Manner) -> String {
        format!("sherpa:{}:{}", self.name, manner.pace)
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.keepers.iter().for_each(JoinHandle::abort);
    }
}
