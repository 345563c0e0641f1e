//! A voice of an operator's in child processes: what it does to its engine harms no call.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use evatel_core::account::Language;
use metrics::counter;
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, timeout},
};
use unicode_normalization::UnicodeNormalization;

use super::{
    MARKER,
    engine::{Refusal, Text},
    files::Files,
    link::{Link, refused},
    pool::{ModelInfo, program},
    protocol::{FromWorker, ToWorker},
    restarts::Restarts,
};
use crate::{
    frame::Clip,
    lexicon::ipa,
    resample,
    synth::{self, Manner, Speaking, Synthesizer, level, sanitised},
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
    orders: mpsc::Sender<Order>,
    info: ModelInfo,
    keepers: Vec<JoinHandle<()>>,
    pids: Vec<Arc<AtomicU32>>,
}

/// No worker is ready.
const NO_PROCESS: u32 = 0;

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
        let (orders, waiting) = mpsc::channel(MOST_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut links = vec![Some(first)];
        links.resize_with(config.workers.max(1), || None);
        let (mut keepers, mut pids) = (Vec::new(), Vec::new());
        for link in links {
            let pid = Arc::new(AtomicU32::new(NO_PROCESS));
            let keeper = Keeper {
                config: config.clone(),
                waiting: waiting.clone(),
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
        self.orders.send(order).await.map_err(|_| lost())?;
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

/// Lets a voice say a word in a throw-away child.
///
/// # Errors
/// When the model is missing or refused or has no sound, or the child cannot be started.
pub(super) async fn try_voice(config: &VoiceConfig) -> Result<ModelInfo, Error> {
    let (link, _) = begin(config).await?;
    Ok(ModelInfo { engine: link.engine })
}

/// Starts a child and lets it say a word.
async fn begin(config: &VoiceConfig) -> Result<(Link, Reads), Error> {
    if std::env::var_os(MARKER).is_some() {
        return Err(Error::NotHooked);
    }
    let folder = &config.folder;
    let load = ToWorker::Voice {
        folder: folder.clone(),
    };
    let why = |refusal| refused(refusal, folder, &load);
    let files = Files::of(folder).and_then(|files| files.voice()).map_err(why)?;
    let reads = match &files.lexicon {
        Some(_) => Reads::Words,
        None => Reads::Phonemes {
            voice: phonemiser(&files.graph, config.language),
        },
    };
    let word = match &files.lexicon {
        Some(lexicon) => Text::Words(first_word(lexicon).map_err(why)?),
        None => Text::Phonemes(first_letters(&files.tokens).map_err(why)?),
    };
    let mut link = start(config).await?;
    match timeout(TRIAL_LIMIT, hear(&mut link, &word, 100)).await {
        Ok(Some(clip)) if !clip.is_empty() => Ok((link, reads)),
        Ok(Some(_)) => Err(Error::ModelRefused {
            path: folder.clone(),
            reason: "it was asked to say a word and gave no sound".to_owned(),
        }),
        Ok(None) => Err(Error::ModelRefused {
            path: folder.clone(),
            reason: link.complaints.why(&mut link.child).await,
        }),
        Err(_) => Err(Error::WorkerSilent { limit: TRIAL_LIMIT }),
    }
}

const TRIAL_LIMIT: Duration = Duration::from_secs(20);

async fn start(config: &VoiceConfig) -> Result<Link, Error> {
    let load = ToWorker::Voice {
        folder: config.folder.clone(),
    };
    Link::begin(&program(config.program.as_ref())?, &config.folder, &load).await
}

fn first_word(lexicon: &Path) -> Result<String, Refusal> {
    let text = read(lexicon)?;
    let word = text.lines().find_map(|line| line.split_whitespace().next());
    let empty = || Refusal::Model("`lexicon.txt` has no word".to_owned());
    word.map(str::to_owned).ok_or_else(empty)
}

/// How many phonemes make the word that is said.
const WORD: usize = 4;

fn first_letters(tokens: &Path) -> Result<String, Refusal> {
    let text = read(tokens)?;
    let token = |line: &str| {
        let (token, _) = line.rsplit_once(' ')?;
        let mut characters = token.chars();
        characters
            .next()
            .filter(|first| first.is_alphabetic() && characters.next().is_none())
    };
    let letters: String = text.lines().filter_map(token).take(WORD).collect();
    match letters.is_empty() {
        true => Err(Refusal::Model("`tokens.txt` has no letter".to_owned())),
        false => Ok(letters),
    }
}

fn read(path: &Path) -> Result<String, Refusal> {
    fs::read_to_string(path).map_err(|_| Refusal::Missing(path.to_owned()))
}

/// What a voice takes.
#[derive(Debug)]
enum Reads {
    /// Words of its own lexicon.
    Words,
    /// Phonemes, as this voice of espeak-ng says them.
    Phonemes { voice: String },
}

impl Reads {
    async fn text(&self, clean: &str) -> Result<Text, synth::Error> {
        let Self::Phonemes { voice } = self else {
            return Ok(Text::Words(clean.to_owned()));
        };
        let (clauses, ends): (Vec<String>, Vec<char>) = clauses(clean).into_iter().unzip();
        let said = ipa::of(ESPEAK.as_ref(), &clauses, voice, None).await;
        let said = said.map_err(|error| synth::Error::Failed {
            program: ESPEAK.to_owned(),
            status: "no phonemes".to_owned(),
            message: error.to_string(),
        })?;
        Ok(Text::Phonemes(phonemes(&said, &ends)))
    }
}

const ESPEAK: &str = "espeak-ng";

/// Joins what clauses sound like, as Piper's own phonemiser does: decomposed (NFD), the mark of each clause behind it.
fn phonemes(said: &[String], ends: &[char]) -> String {
    let mut joined = String::new();
    for (clause, end) in said.iter().zip(ends) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.extend(ipa::without_switches(clause.trim(), "").nfd());
        joined.push(*end);
    }
    joined
}

/// Cuts a sentence where it has a mark, which a voice lets hear; each clause has a letter or a digit.
fn clauses(sentence: &str) -> Vec<(String, char)> {
    let mut found: Vec<(String, char)> = Vec::new();
    let mut current = String::new();
    let mut letters = sentence.chars().peekable();
    while let Some(letter) = letters.next() {
        let at_gap = letters.peek().is_none_or(|next| *next == ' ');
        if matches!(letter, '.' | ',' | ';' | ':' | '!' | '?') && at_gap {
            push(&mut found, &mut current, letter);
        } else {
            current.push(letter);
        }
    }
    push(&mut found, &mut current, '.');
    found
}

fn push(found: &mut Vec<(String, char)>, current: &mut String, end: char) {
    let clause = std::mem::take(current);
    if clause.chars().any(char::is_alphanumeric) {
        found.push((clause.trim().to_owned(), end));
    }
}

/// The voice of espeak-ng that a Piper model was trained with: its `*.onnx.json` names it; else the language's own.
fn phonemiser(graph: &Path, language: Language) -> String {
    #[derive(serde::Deserialize)]
    struct Settings {
        espeak: Espeak,
    }
    #[derive(serde::Deserialize)]
    struct Espeak {
        voice: String,
    }
    let mut path = graph.as_os_str().to_owned();
    path.push(".json");
    let named = fs::read_to_string(path)
        .ok()
        .and_then(|text| serde_json::from_str::<Settings>(&text).ok())
        .map(|settings| settings.espeak.voice)
        .filter(|voice| !voice.is_empty() && voice.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    named.unwrap_or_else(|| ipa::voice(language).to_owned())
}

/// So many sentences may wait for a voice; more wait to be taken.
const MOST_WAITING: usize = 64;

/// A sentence that is to be said.
#[derive(Debug)]
struct Order {
    text: Text,
    percent: u8,
    answer: oneshot::Sender<Clip>,
}

/// Keeps one child alive, and lets it say one sentence after the other.
struct Keeper {
    config: VoiceConfig,
    waiting: Arc<Mutex<mpsc::Receiver<Order>>>,
    pid: Arc<AtomicU32>,
}

impl Keeper {
    async fn run(self, mut link: Option<Link>) {
        let mut restarts = Restarts::new();
        loop {
            let started = match link.take() {
                Some(link) => Ok(link),
                None => start(&self.config).await,
            };
            let since = Instant::now();
            match started {
                Ok(link) => {
                    self.pid
                        .store(link.child.id().unwrap_or(NO_PROCESS), Ordering::Relaxed);
                    let is_lost = self.serve(link).await;
                    self.pid.store(NO_PROCESS, Ordering::Relaxed);
                    if !is_lost {
                        return;
                    }
                    counter!("evatel_speech_workers_lost_total", "how" => "voice").increment(1);
                }
                Err(error) => {
                    tracing::warn!(%error, "The voice `{}` does not start: {error}", self.config.folder.display());
                }
            }
            tokio::time::sleep(restarts.after(since.elapsed())).await;
        }
    }

    /// Says what is to be said; gives whether the child was lost, and not whoever orders.
    async fn serve(&self, mut link: Link) -> bool {
        loop {
            let ordered = async { self.waiting.lock().await.recv().await };
            let order = tokio::select! {
                order = ordered => order,
                // It is not waited for until somebody needs it.
                _ = link.child.wait() => break,
            };
            let Some(order) = order else {
                return false;
            };
            if order.answer.is_closed() {
                continue;
            }
            // Who asked has waited his time by then, and another voice speaks.
            let limit = self.config.deadline * 2;
            let said = timeout(limit, hear(&mut link, &order.text, order.percent)).await;
            let Ok(Some(clip)) = said else {
                break;
            };
            // Who does not listen any more needs none.
            let _ = order.answer.send(clip);
        }
        let _ = link.child.start_kill();
        let why = link.complaints.why(&mut link.child).await;
        tracing::warn!("The voice `{}` is lost: {why}", self.config.folder.display());
        true
    }
}

/// Lets a child say a sentence; nothing where the child is lost.
async fn hear(link: &mut Link, text: &Text, percent: u8) -> Option<Clip> {
    let order = ToWorker::Say {
        percent,
        text: text.clone(),
    };
    link.writer.send(&order).await.ok()?;
    let mut whole = Vec::new();
    loop {
        let Ok(Some(FromWorker::Sound {
            rate_hz,
            last,
            samples,
            ..
        })) = link.reader.next().await
        else {
            return None;
        };
        whole.extend(samples);
        if whole.len() > MOST_SOUND {
            return None;
        }
        if last {
            return Some(level::finished(&resample::to_clip(&whole, rate_hz)));
        }
    }
}

/// 5 minutes at 48 kHz: longer than any sentence of 800 letters.
const MOST_SOUND: usize = 300 * 48_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_cut_where_it_has_a_mark_and_not_in_a_number() {
        let told = clauses("Bonjour, il est 10.30: merci!");
        let clauses: Vec<_> = told.iter().map(|(clause, end)| (clause.as_str(), *end)).collect();
        assert_eq!(clauses, [("Bonjour", ','), ("il est 10.30", ':'), ("merci", '!')]);
        assert_eq!(super::clauses("Oui"), [("Oui".to_owned(), '.')]);
        assert!(super::clauses("... !").is_empty());
    }

    #[test]
    fn phonemes_are_decomposed_and_bear_the_marks_of_their_clauses() {
        let said = ["bɔ̃ʒˈuʁ".to_owned(), "(en)hɛlˈəʊ(fr) ç".to_owned()];
        assert_eq!(phonemes(&said, &[',', '.']), "bɔ̃ʒˈuʁ, hɛlˈəʊ c\u{327}.");
    }

    #[test]
    fn a_piper_model_names_its_own_phonemiser() {
        let folder = tempfile::tempdir().unwrap();
        let graph = folder.path().join("en_GB-x.onnx");
        assert_eq!(phonemiser(&graph, Language::En), "en-us");
        let settings = folder.path().join("en_GB-x.onnx.json");
        fs::write(&settings, r#"{"audio":{},"espeak":{"voice":"en-gb"}}"#).unwrap();
        assert_eq!(phonemiser(&graph, Language::En), "en-gb");
        fs::write(&settings, r#"{"espeak":{"voice":"--path=/tmp"}}"#).unwrap();
        assert_eq!(phonemiser(&graph, Language::Fr), "fr");
    }
}
