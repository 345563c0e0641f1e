//! What runs inside a worker process: an engine with its streams, or the scripted one of the tests.

use std::{collections::HashMap, io::Write, ops::RangeInclusive, path::Path};

use super::{
    engine::{Backend, Refusal, StreamId},
    files::Files,
    form::SILERO,
};
use crate::{
    sound::Band,
    transcribe::{PhoneToken, Provider},
};

/// Which engine a model needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelKind {
    /// The engine of tests: a run of frames that all hold the sample `100 * n` is the `n`-th token of `tokens.txt`, the
    /// sample [`POISON`] kills the worker, and [`GARBLE`] has it answer what is no message.
    Scripted,
    /// A streaming transducer that hears words at 16 kHz ([`super::Form::Transducer`]); what it reports are pieces of words, one that begins with a
    /// space begins a word.
    Transducer,
    /// A model that finds speech, in silero's form ([`super::Form::Vad`]): what it reports is the last change, `speech` or `silence`.
    Vad,
    /// A streaming CTC model in the form that sherpa-onnx calls `zipformer2_ctc`: `phones.onnx`, `tokens.txt`.
    Zipformer2Ctc,
}

/// The sample that kills a worker of the kind [`ModelKind::Scripted`], as a bad model would.
pub const POISON: i16 = 32_000;

/// The sample that has a worker of the kind [`ModelKind::Scripted`] write nonsense to its program.
pub const GARBLE: i16 = 31_000;

impl ModelKind {
    /// The levels of speech that a model of this kind was trained on, in dBFS (root mean square of 20 ms). That of this project heard
    /// voices whose peaks are from -26 to -1 dBFS; public ones say nothing of it, and what people publish is normalised as a rule.
    pub(super) fn levels(self) -> Option<RangeInclusive<f32>> {
        match self {
            ModelKind::Scripted | ModelKind::Vad => None,
            ModelKind::Transducer | ModelKind::Zipformer2Ctc => Some(-38.0..=-10.0),
        }
    }

    /// The band in which a model of this kind hears best.
    pub(super) fn band(self) -> Band {
        match self {
            ModelKind::Scripted | ModelKind::Vad | ModelKind::Zipformer2Ctc => Band::Narrow,
            ModelKind::Transducer => Band::Wide,
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            ModelKind::Scripted => 0,
            ModelKind::Zipformer2Ctc => 1,
            ModelKind::Transducer => 2,
            ModelKind::Vad => 3,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        [
            ModelKind::Scripted,
            ModelKind::Zipformer2Ctc,
            ModelKind::Transducer,
            ModelKind::Vad,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }

    /// The files whose names are the same for every model of this kind.
    #[must_use]
    pub fn files(self) -> &'static [&'static str] {
        match self {
            ModelKind::Scripted | ModelKind::Transducer => &["tokens.txt"],
            ModelKind::Vad => &[],
            ModelKind::Zipformer2Ctc => &["phones.onnx", "tokens.txt"],
        }
    }
}

pub(crate) fn load(kind: ModelKind, provider: Provider, folder: &Path) -> Result<Box<dyn Backend>, Refusal> {
    for file in kind.files() {
        let path = folder.join(file);
        if std::fs::File::open(&path).is_err() {
            return Err(Refusal::Missing(path));
        }
    }
    let tokens = folder.join("tokens.txt");
    match kind {
        ModelKind::Scripted if provider != Provider::Cpu => {
            Err(Refusal::NoProvider("a script needs no card".to_owned()))
        }
        ModelKind::Scripted => Ok(Box::new(Scripted {
            tokens: read_tokens(&tokens)?,
            heard: HashMap::new(),
        })),
        ModelKind::Transducer | ModelKind::Zipformer2Ctc => sherpa(kind, provider, folder, &tokens),
        ModelKind::Vad => detector(&Files::of(folder)?.graph(SILERO)?, provider),
    }
}

#[cfg(feature = "sherpa")]
fn sherpa(
    kind: ModelKind,
    provider: Provider,
    folder: &Path,
    tokens: &Path,
) -> Result<Box<dyn Backend>, Refusal> {
    use crate::transcribe::sherpa::{Graphs, Sherpa};
    // What is obviously no token list would end the process inside the engine with few words.
    read_tokens(tokens)?;
    let graphs = match kind {
        ModelKind::Transducer => {
            let files = Files::of(folder)?;
            Graphs::Words {
                graphs: files.transducer()?,
                pieces: files.named(super::hotwords::PIECES).ok(),
            }
        }
        _ => Graphs::Phones(folder.join("phones.onnx")),
    };
    Ok(Box::new(Sherpa::load(&graphs, tokens, provider)?))
}

#[cfg(feature = "sherpa")]
fn detector(graph: &Path, provider: Provider) -> Result<Box<dyn Backend>, Refusal> {
    use crate::transcribe::sherpa::detector::Detector;
    Ok(Box::new(Detector::load(graph, provider)?))
}

#[cfg(not(feature = "sherpa"))]
fn detector(_: &Path, _: Provider) -> Result<Box<dyn Backend>, Refusal> {
    Err(Refusal::NoLibrary)
}

#[cfg(not(feature = "sherpa"))]
fn sherpa(kind: ModelKind, _: Provider, folder: &Path, tokens: &Path) -> Result<Box<dyn Backend>, Refusal> {
    read_tokens(tokens)?;
    if kind == ModelKind::Transducer {
        Files::of(folder)?.transducer()?;
    }
    Err(Refusal::NoLibrary)
}

/// Reads `token id` lines; the blank must be there, or the engine ends the process.
fn read_tokens(path: &Path) -> Result<Vec<String>, Refusal> {
    let text = std::fs::read_to_string(path).map_err(|_| Refusal::Missing(path.to_owned()))?;
    let mut tokens = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let parsed = line.rsplit_once(' ').filter(|(_, id)| id.parse() == Ok(index));
        let Some((token, _)) = parsed else {
            return Err(Refusal::Model(format!(
                "`tokens.txt` line {number} is not `token {index}`"
            )));
        };
        tokens.push(token.to_owned());
    }
    if !tokens.iter().any(|token| token == "<blk>") {
        return Err(Refusal::Model("`tokens.txt` has no `<blk>`".to_owned()));
    }
    Ok(tokens)
}

struct Scripted {
    tokens: Vec<String>,
    heard: HashMap<StreamId, Heard>,
}

#[derive(Default)]
struct Heard {
    tokens: Vec<PhoneToken>,
    last: i16,
    at: u32,
}

impl Backend for Scripted {
    fn version(&self) -> String {
        "scripted".to_owned()
    }

    fn open(&mut self, stream: StreamId, _: Band, _: &str) {
        self.heard.insert(stream, Heard::default());
    }

    fn accept(&mut self, stream: StreamId, samples: &[i16]) {
        let Some(heard) = self.heard.get_mut(&stream) else {
            return;
        };
        for &sample in samples {
            if sample == POISON {
                std::process::abort();
            }
            if sample == GARBLE {
                // Whether anybody reads it does not matter: the worker is lost.
                let _ = std::io::stdout().write_all(&[0xff; 64]);
                let _ = std::io::stdout().flush();
            }
            if sample != heard.last && sample > 0 {
                let token = self.tokens.get(usize::from(sample.unsigned_abs() / 100));
                let at_ms = heard.at / 8;
                heard
                    .tokens
                    .extend(token.map(|phone| PhoneToken::new(phone, at_ms)));
            }
            heard.last = sample;
            heard.at += 1;
        }
    }

    fn finish(&mut self, _: StreamId) {}

    fn decode(&mut self) {}

    fn tokens(&self, stream: StreamId) -> Vec<PhoneToken> {
        self.heard
            .get(&stream)
            .map_or_else(Vec::new, |heard| heard.tokens.clone())
    }

    fn close(&mut self, stream: StreamId) {
        self.heard.remove(&stream);
    }
}
