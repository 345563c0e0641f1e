//! Sound that carries its own text.
//!
//! The first three samples of a frame say what is said in it and which frame of that it is; the rest is a tone, so that
//! voice activity sees speech. Cut, recorded and played again, it still says so.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use evatel_core::account::Language;

use super::{Ears, script::PromptKey};
use crate::{
    frame::{Clip, FRAME_MS, Frame8k},
    synth::{Manner, Speaking, Synthesizer, tone},
    transcribe::{Error, Feed, Heard, Partial, PhoneToken, Session, Transcriber},
};

/// The first sample of a frame that carries a text; no tone of ours reaches it.
const MARK: i16 = 31_973;
/// How long one letter of the assistant sounds, in ms: 15 a second.
const LETTER_MS: usize = 60;
/// How long one phone of a caller sounds, in ms.
const PHONE_MS: usize = 80;
/// How long `...` lasts.
const PAUSE_FRAMES: usize = 20;
/// A sound without words, or a word of one phone, has at least so many frames.
const FEWEST_FRAMES: usize = 8;

/// What a sound carries.
#[derive(Clone, Debug)]
pub(super) enum Carried {
    /// A sentence of the assistant.
    Sentence { prompt: PromptKey, text: String },
    /// A part of what a party says, without pauses, with the tokens of its phones.
    Words {
        /// All that he says, pauses included.
        text: String,
        tokens: Vec<String>,
        frames: usize,
    },
}

/// Everything that was said in a scenario, by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Sounds {
    said: Arc<Mutex<Vec<Carried>>>,
    /// How many scripted ears are open.
    listening: Arc<AtomicUsize>,
}

impl Sounds {
    fn add(&self, carried: Carried) -> i16 {
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(carried);
        // A scenario of 200 steps says far less than 32,767 sentences.
        i16::try_from(all.len() - 1).unwrap_or(i16::MAX)
    }

    pub(super) fn get(&self, number: i16) -> Option<Carried> {
        let all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(usize::try_from(number).ok()?).cloned()
    }

    /// Says how many scripted ears still listen.
    pub(super) fn listening(&self) -> usize {
        self.listening.load(Relaxed)
    }

    /// Says what the assistant is about to say.
    pub(super) fn announce(&self, prompt: PromptKey, sentences: Vec<String>) {
        for text in sentences {
            self.add(Carried::Sentence { prompt, text });
        }
    }

    /// Finds the sentence that was announced last with this text.
    fn sentence(&self, wanted: &str) -> Option<i16> {
        let all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all
            .iter()
            .rposition(|carried| matches!(carried, Carried::Sentence { text, .. } if text == wanted))?;
        i16::try_from(at).ok()
    }

    /// Makes the sound of what a party says: parts with the tokens of their phones, a pause between two.
    pub(super) fn words(&self, text: &str, parts: &[Vec<String>]) -> Vec<Frame8k> {
        let mut frames = Vec::new();
        for (tokens, number) in parts.iter().zip(0..) {
            if number > 0 {
                frames.extend(std::iter::repeat_n(Frame8k::SILENCE, PAUSE_FRAMES));
            }
            // An empty part is a longer pause, unless nothing at all is said: that is a noise.
            if tokens.is_empty() && parts.len() > 1 {
                continue;
            }
            let length = (tokens.len() * PHONE_MS / FRAME_MS as usize).max(FEWEST_FRAMES);
            frames.extend(self.part(text, tokens, length));
        }
        frames
    }

    /// Makes a sound without words.
    pub(super) fn noise(&self, frames: usize) -> Vec<Frame8k> {
        self.part("", &[], frames)
    }

    fn part(&self, text: &str, tokens: &[String], frames: usize) -> Vec<Frame8k> {
        let number = self.add(Carried::Words {
            text: text.to_owned(),
            tokens: tokens.to_vec(),
            frames,
        });
        stamped(tone::sine(500.0, -12.0).take(frames), number)
    }
}

/// Puts number and place into frames.
fn stamped(frames: impl Iterator<Item = Frame8k>, number: i16) -> Vec<Frame8k> {
    frames
        .zip(0..)
        .map(|(mut frame, place)| {
            frame.0[..3].copy_from_slice(&[MARK, number, place]);
            frame
        })
        .collect()
}

/// Reads what a frame carries: which sound, and which frame of it.
pub(super) fn carried(frame: &Frame8k) -> Option<(i16, i16)> {
    match frame.samples() {
        [MARK, number, place, ..] => Some((*number, *place)),
        _ => None,
    }
}

/// The assistant's voice: a tone, or a real voice, with the text in it.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) sounds: Sounds,
    pub(super) real: Option<Arc<dyn Synthesizer>>,
}

impl Voice {
    pub(super) fn new(sounds: Sounds, ears: &Ears) -> Self {
        let real = match ears {
            Ears::Real { voice, .. } => Some(voice.clone()),
            Ears::Scripted => None,
        };
        Self { sounds, real }
    }
}

impl Synthesizer for Voice {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(async move {
            let frames: Vec<Frame8k> = match &self.real {
                Some(voice) => voice.speak(sentence, manner).await?.frames().collect(),
                None => {
                    let usual = sentence.chars().count() * LETTER_MS / FRAME_MS as usize;
                    let length = usual * 100 / usize::from(manner.pace.percent());
                    tone::sine(400.0, -20.0).take(length).collect()
                }
            };
            let number = self.sounds.sentence(sentence).unwrap_or(i16::MAX);
            Ok(Clip::from_frames(&stamped(frames.into_iter(), number)))
        })
    }

    fn voice(&self, manner: Manner) -> String {
        format!("scenario:{}:{}", manner.language, manner.pace)
    }
}

/// A scripted ear that is open, until it is dropped.
struct Open(Sounds);

impl Open {
    fn new(sounds: Sounds) -> Self {
        sounds.listening.fetch_add(1, Relaxed);
        Self(sounds)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.listening.fetch_sub(1, Relaxed);
    }
}

/// The scripted ear says what it has heard so far once in so many frames, as a recogniser that decodes 160 ms at once.
const DECODED: u32 = 8;

/// The scripted ear: it hears of each sound the phones of the frames that came to it.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) sounds: Sounds,
    /// How long it takes to understand.
    pub(super) takes: Duration,
}

impl Transcriber for Ear {
    fn open(&self, _language: Language) -> Result<Session, Error> {
        let (sounds, takes) = (self.sounds.clone(), self.takes);
        let (session, mut feed, heard) = Session::new();
        let open = Open::new(sounds.clone());
        tokio::spawn(async move {
            let _open = open;
            let mut frames: Vec<(i16, i16, u32)> = Vec::new();
            let mut count = 0;
            let mut told = 0;
            loop {
                match feed.recv().await {
                    Some(Feed::Frame(sound)) => {
                        let at_ms = count * FRAME_MS as u32;
                        frames.extend(carried(sound.narrow()).map(|(number, place)| (number, place, at_ms)));
                        count += 1;
                        if count % DECODED == 0 {
                            let tokens = phones(&frames, &sounds);
                            let stable = tokens.len();
                            if stable > std::mem::replace(&mut told, stable) {
                                // As with a real one: what nobody has time for is of no use later.
                                let _ = heard.try_send(Heard::Partial(Partial { tokens, stable }));
                            }
                        }
                    }
                    Some(Feed::Mark) => _ = heard.send(Heard::CaughtUp).await,
                    Some(Feed::Finish) => break,
                    None => return,
                }
            }
            tokio::time::sleep(takes).await;
            // A session that nobody listens to any more needs no answer.
            let _ = heard.send(Heard::Final(phones(&frames, &sounds))).await;
        });
        Ok(session)
    }
}

/// Gives each phone that begins in one of the frames.
fn phones(frames: &[(i16, i16, u32)], sounds: &Sounds) -> Vec<PhoneToken> {
    let mut heard = Vec::new();
    for &(number, place, at_ms) in frames {
        let Some(Carried::Words { tokens, frames, .. }) = sounds.get(number) else {
            continue;
        };
        let place = usize::try_from(place).unwrap_or_default();
        let begins = tokens
            .iter()
            .enumerate()
            .filter(|(index, _)| index * frames / tokens.len() == place);
        heard.extend(begins.map(|(_, phone)| PhoneToken::new(phone, at_ms)));
    }
    heard
}
