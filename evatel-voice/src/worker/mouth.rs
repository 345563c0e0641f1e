//! The child's side of a voice: reads sentences, lets the engine speak, writes the sound.

use std::{
    io::{self, BufReader},
    path::Path,
};

use super::{
    engine::{Refusal, Text},
    files::{Files, VoiceFiles},
    protocol::{self, FromWorker, MOST_SAMPLES, ToWorker},
};

/// Speaks until its program is gone.
pub(super) fn work(
    folder: &Path,
    input: &mut BufReader<impl io::Read>,
    output: &mut impl io::Write,
) -> io::Result<()> {
    let mut scratch = Vec::new();
    let mut tell = |answer: &FromWorker| {
        protocol::write(answer, output, &mut scratch)?;
        output.flush()
    };
    let voice = match Files::of(folder).and_then(|files| load(&files.voice()?)) {
        Ok(voice) => voice,
        Err(refusal) => return tell(&FromWorker::Refused { refusal }),
    };
    tell(&FromWorker::Ready {
        version: voice.version,
    })?;
    let mut body = Vec::new();
    while protocol::read_body(input, &mut body)? {
        let Ok(ToWorker::Say { percent, text }) = ToWorker::decode(&body) else {
            return Err(protocol::malformed());
        };
        let samples = (voice.say)(&text, percent);
        // A sentence without sound has one part, too: its end.
        let mut parts: Vec<&[i16]> = samples.chunks(MOST_SAMPLES).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        let count = parts.len();
        for (part, place) in parts.into_iter().zip(1..) {
            tell(&FromWorker::Sound {
                rate_hz: voice.rate_hz,
                last: place == count,
                samples: part.to_vec(),
            })?;
        }
    }
    Ok(())
}

/// A voice that is loaded.
struct Loaded {
    version: String,
    rate_hz: u32,
    say: Box<Say>,
}

/// Gives the samples of a sentence at so many percent of the usual pace.
type Say = dyn Fn(&Text, u8) -> Vec<i16>;

#[cfg(feature = "sherpa")]
fn load(files: &VoiceFiles) -> Result<Loaded, Refusal> {
    use crate::transcribe::sherpa::voice::Voice;
    let voice = Voice::load(&files.graph, &files.tokens, files.lexicon.as_deref())?;
    Ok(Loaded {
        version: Voice::version(),
        rate_hz: voice.rate_hz(),
        say: Box::new(move |text, percent| voice.say(text, percent)),
    })
}

#[cfg(not(feature = "sherpa"))]
fn load(_: &VoiceFiles) -> Result<Loaded, Refusal> {
    Err(Refusal::NoLibrary)
}
