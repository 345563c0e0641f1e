//! What runs inside a worker process: an engine with its streams, or the scripted one of the tests.

use std::path::Path;

use super::engine::{Backend, Refusal, Stream};
use crate::transcribe::PhoneToken;

/// Which engine a model needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelKind {
    /// The engine of tests: a run of frames that all hold the sample `100 * n` is the `n`-th token of `tokens.txt`, and
    /// the sample [`POISON`] kills the worker.
    Scripted,
    /// A streaming CTC model in the form that sherpa-onnx calls `zipformer2_ctc`: `phones.onnx`, `tokens.txt`.
    Zipformer2Ctc,
}

/// The sample that kills a worker of the kind [`ModelKind::Scripted`], as a bad model would.
pub const POISON: i16 = 32_000;

impl ModelKind {
    pub(crate) fn code(self) -> u8 {
        match self {
            ModelKind::Scripted => 0,
            ModelKind::Zipformer2Ctc => 1,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        [ModelKind::Scripted, ModelKind::Zipformer2Ctc]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    /// The files that a model of this kind has in its folder.
    #[must_use]
    pub fn files(self) -> &'static [&'static str] {
        match self {
            ModelKind::Scripted => &["tokens.txt"],
            ModelKind::Zipformer2Ctc => &["phones.onnx", "tokens.txt"],
        }
    }
}

pub(crate) fn load(kind: ModelKind, folder: &Path) -> Result<Box<dyn Backend>, Refusal> {
    for file in kind.files() {
        let path = folder.join(file);
        if std::fs::File::open(&path).is_err() {
            return Err(Refusal::Missing(path));
        }
    }
    let tokens = folder.join("tokens.txt");
    match kind {
        ModelKind::Scripted => Ok(Box::new(Scripted {
            tokens: std::rc::Rc::new(read_tokens(&tokens)?),
        })),
        #[cfg(feature = "sherpa")]
        ModelKind::Zipformer2Ctc => {
            // What is obviously no token list would end the process inside the engine with few words.
            read_tokens(&tokens)?;
            Ok(Box::new(crate::transcribe::sherpa::Sherpa::load(
                &folder.join("phones.onnx"),
                &tokens,
            )?))
        }
        #[cfg(not(feature = "sherpa"))]
        ModelKind::Zipformer2Ctc => Err(Refusal::NoLibrary),
    }
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
    tokens: std::rc::Rc<Vec<String>>,
}

impl Backend for Scripted {
    fn version(&self) -> String {
        "scripted".to_owned()
    }

    fn open(&self) -> Box<dyn Stream> {
        Box::new(ScriptedStream {
            tokens: self.tokens.clone(),
            heard: Vec::new(),
            last: 0,
            at: 0,
        })
    }
}

struct ScriptedStream {
    tokens: std::rc::Rc<Vec<String>>,
    heard: Vec<PhoneToken>,
    last: i16,
    at: u32,
}

impl Stream for ScriptedStream {
    fn push(&mut self, samples: &[i16]) -> Vec<PhoneToken> {
        for &sample in samples {
            if sample == POISON {
                std::process::abort();
            }
            if sample != self.last && sample > 0 {
                let token = self.tokens.get(usize::from(sample.unsigned_abs() / 100));
                let at_ms = self.at / 8;
                self.heard.extend(token.map(|phone| PhoneToken {
                    phone: phone.clone(),
                    at_ms,
                }));
            }
            self.last = sample;
            self.at += 1;
        }
        self.heard.clone()
    }

    fn finish(&mut self) -> Vec<PhoneToken> {
        self.heard.clone()
    }
}
