//! Engines that do what a script says: for tests of whatever uses an agent, here and elsewhere.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use evatel_core::account::Language;

use crate::{
    frame::{Clip, FRAME, Frame},
    sound::{Band, Sound},
    synth::{Manner, Speaking, Synthesizer, tone},
    transcribe::{Error, Feed, Heard, Partial, PhoneToken, Session, Transcriber},
};

/// A voice that says a 400 Hz tone as long as the text: [`ScriptedSynthesizer::MS_PER_LETTER`] for each character, at the pace that is asked for.
#[derive(Debug, Default)]
pub struct ScriptedSynthesizer {
    spoken: Mutex<Vec<String>>,
}

impl ScriptedSynthesizer {
    /// How long one character sounds, in ms.
    pub const MS_PER_LETTER: u64 = 20;

    /// The sentences that were synthesised, in order.
    #[must_use]
    pub fn spoken(&self) -> Vec<String> {
        self.spoken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long a text sounds.
    #[must_use]
    pub fn duration(text: &str) -> Duration {
        Duration::from_millis(text.chars().count() as u64 * Self::MS_PER_LETTER)
    }
}

impl Synthesizer for ScriptedSynthesizer {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(async move {
            self.spoken
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(sentence.to_owned());
            let usual = sentence.chars().count() * Self::MS_PER_LETTER as usize / 20;
            let frames = usual * 100 / usize::from(manner.pace.percent());
            Ok(Clip::from_frames(
                &tone::sine(400.0, -20.0).take(frames).collect::<Vec<_>>(),
            ))
        })
    }

    fn voice(&self, manner: Manner) -> String {
        format!("scripted:{}:{}", manner.language, manner.pace)
    }
}

/// What a scripted recogniser makes of the next utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It fails.
    Fails(String),
    /// It hears these tokens, with spaces between, whatever was said.
    Hears(String),
    /// The same; before that it reports each of these once there is so much of the utterance.
    Reports(Vec<(Duration, Partial)>, String),
}

/// A recogniser that answers the first session with the first line of its script, and so on; then it hears nothing.
#[derive(Debug, Default)]
pub struct ScriptedTranscriber {
    script: Mutex<VecDeque<Line>>,
}

impl ScriptedTranscriber {
    /// Makes a recogniser of this script.
    #[must_use]
    pub fn new(script: impl IntoIterator<Item = Line>) -> Self {
        Self {
            script: Mutex::new(script.into_iter().collect()),
        }
    }

    /// Makes a recogniser that hears these tokens, one text for each utterance.
    #[must_use]
    pub fn hearing<'a>(utterances: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(
            utterances
                .into_iter()
                .map(|tokens| Line::Hears(tokens.to_owned())),
        )
    }
}

impl Transcriber for ScriptedTranscriber {
    fn open(&self, _language: Language) -> Result<Session, Error> {
        let mut line = self
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let (session, mut feed, heard) = Session::new();
        tokio::spawn(async move {
            let mut reports = match &mut line {
                Some(Line::Reports(reports, _)) => std::mem::take(reports).into(),
                _ => VecDeque::new(),
            };
            let mut frames = 0_u32;
            loop {
                match feed.recv().await {
                    Some(Feed::Frame(_)) => {
                        frames += 1;
                        while let Some((_, partial)) = reports.pop_front_if(|(at, _)| *at <= FRAME * frames) {
                            // As with a real one: what nobody has time for is of no use later.
                            let _ = heard.try_send(Heard::Partial(partial));
                        }
                    }
                    Some(Feed::Mark) => _ = heard.send(Heard::CaughtUp).await,
                    Some(Feed::Finish) => break,
                    None => return,
                }
            }
            let report = match line {
                Some(Line::Fails(reason)) => Heard::Failed { reason },
                Some(Line::Hears(tokens) | Line::Reports(_, tokens)) => {
                    Heard::Final(spread(&tokens, frames * 20))
                }
                None => Heard::Final(Vec::new()),
            };
            // A session that nobody listens to any more needs no answer.
            let _ = heard.send(report).await;
        });
        Ok(session)
    }
}

/// A recogniser of 16 kHz that hears one of two things: whether there is anything in an utterance that no telephone of 8 kHz carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharpTranscriber {
    sharp: String,
    dull: String,
}

impl SharpTranscriber {
    /// Makes a recogniser that hears the first tokens, with spaces between, where a wide leg brought something above 4 kHz, else the others.
    #[must_use]
    pub fn new(sharp: &str, dull: &str) -> Self {
        Self {
            sharp: sharp.to_owned(),
            dull: dull.to_owned(),
        }
    }
}

impl Transcriber for SharpTranscriber {
    fn open(&self, _language: Language) -> Result<Session, Error> {
        let Self { sharp, dull } = self.clone();
        let (session, mut feed, heard) = Session::new();
        tokio::spawn(async move {
            let (mut frames, mut is_sharp) = (0_u32, false);
            loop {
                match feed.recv().await {
                    Some(Feed::Frame(sound)) => {
                        frames += 1;
                        is_sharp |= has_more_than_a_telephone(&sound);
                    }
                    Some(Feed::Mark) => _ = heard.send(Heard::CaughtUp).await,
                    Some(Feed::Finish) => break,
                    None => return,
                }
            }
            let tokens = if is_sharp { sharp } else { dull };
            // A session that nobody listens to any more needs no answer.
            let _ = heard.send(Heard::Final(spread(&tokens, frames * 20))).await;
        });
        Ok(session)
    }

    fn band(&self, _language: Language) -> Band {
        Band::Wide
    }
}

/// Says whether a good part of 20 ms is above what a telephone carries: without that they are 2 dB softer.
fn has_more_than_a_telephone(sound: &Sound) -> bool {
    let wide = sound.wide().map(Frame::level_dbfs);
    wide.is_some_and(|wide| wide > AUDIBLE_DBFS && wide > sound.narrow().level_dbfs() + 2.0)
}

/// What is softer is noise of a codec.
const AUDIBLE_DBFS: f32 = -50.0;

/// Gives each token its time, evenly over the utterance.
fn spread(tokens: &str, length_ms: u32) -> Vec<PhoneToken> {
    let tokens: Vec<_> = tokens.split_whitespace().collect();
    let step = length_ms / tokens.len().max(1) as u32;
    tokens
        .iter()
        .zip(0..)
        .map(|(phone, index)| PhoneToken::new(*phone, index * step))
        .collect()
}
