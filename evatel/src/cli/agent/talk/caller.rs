//! The caller of a call that is only tried: typed lines or one sound file.

use std::{
    io::{self, BufRead},
    sync::Arc,
    thread,
};

use evatel_ari::sim::Asterisk;
use evatel_core::account::Language;
use evatel_voice::{agent::Engines, frame::Clip, synth::sanitised};
use tokio::sync::{mpsc, watch};

use super::{
    super::super::{
        failure::Failure,
        lines::{Length, read_line},
    },
    line::Line,
    stage::CALLER,
};

/// What the caller says.
pub(super) enum Input {
    Sound(Clip),
    Typed {
        lines: mpsc::Receiver<Typed>,
        /// What is said of a line that is too long.
        too_long: String,
    },
}

/// A typed line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Text(String),
    /// Its number; the first one is 1.
    TooLong(usize),
}

impl Input {
    /// Reads standard input to its end, beside the call.
    pub(super) fn typed(too_long: String) -> Self {
        let (lines, typed) = mpsc::channel(1);
        // A thread of its own: one that waits for a line holds nothing up when the call has ended.
        thread::spawn(move || {
            for typed in typed_lines(io::stdin().lock()) {
                if lines.blocking_send(typed).is_err() {
                    return;
                }
            }
        });
        Self::Typed {
            lines: typed,
            too_long,
        }
    }
}

/// Gives lines up to the end, or to one that is too long.
fn typed_lines(mut input: impl BufRead) -> impl Iterator<Item = Typed> {
    let mut bytes = Vec::new();
    let mut number = 0;
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        number += 1;
        let length = read_line(&mut input, &mut bytes).ok()??;
        is_over = matches!(length, Length::TooLong);
        Some(match length {
            Length::Whole => Typed::Text(String::from_utf8_lossy(&bytes).into_owned()),
            Length::TooLong => Typed::TooLong(number),
        })
    })
}

/// The voice that says typed lines, in the language of the call.
pub(super) struct Voice {
    pub(super) engines: Engines,
    pub(super) language: Language,
}

impl Voice {
    async fn speak(&self, text: &str) -> Result<Clip, Failure> {
        let spoken = self.engines.voice.speak(text, self.language.into()).await;
        spoken.map_err(|error| Failure::input(error.to_string(), "hint-voice"))
    }
}

/// Says all, each line once it is the caller's turn, and hangs up when nobody is rung any more.
pub(super) async fn call(
    mut line: Line,
    input: Input,
    voice: Voice,
    mut rings: watch::Receiver<bool>,
    asterisk: Arc<Asterisk>,
) -> Result<(), Failure> {
    match input {
        Input::Sound(sound) => line.say(sound).await,
        Input::Typed { mut lines, too_long } => {
            while let Some(typed) = lines.recv().await {
                line.his_turn().await;
                let text = match typed {
                    Typed::Text(text) => text,
                    Typed::TooLong(number) => {
                        asterisk.hangs_up(CALLER, 16);
                        return Err(Failure::Line {
                            number,
                            why: too_long,
                        });
                    }
                };
                if is_keys(&text) {
                    text.trim().chars().for_each(|key| asterisk.presses(CALLER, key));
                    line.waits_anew();
                } else if let text = sanitised(&text)
                    && !text.is_empty()
                {
                    line.say(voice.speak(&text).await?).await;
                }
            }
        }
    }
    loop {
        line.his_turn().await;
        if !*rings.borrow() {
            asterisk.hangs_up(CALLER, 16);
            return Ok(());
        }
        if rings.wait_for(|rings| !rings).await.is_err() {
            return Ok(());
        }
        // Whoever was rung did not answer: that is told to the caller.
        line.waits_anew();
    }
}

fn is_keys(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|key| key.is_ascii_digit() || "*#".contains(key))
}

#[cfg(test)]
mod tests {
    use super::{super::super::super::lines::MAX_LINE_BYTES, *};

    #[test]
    fn a_line_that_is_too_long_ends_what_is_typed_and_is_told() {
        let input = [
            b"oui\r\n".to_vec(),
            vec![b'a'; MAX_LINE_BYTES + 1],
            b"\nnon\n".to_vec(),
        ]
        .concat();
        let typed: Vec<Typed> = typed_lines(&*input).collect();
        assert_eq!(typed, [Typed::Text("oui".to_owned()), Typed::TooLong(2)]);
    }

    #[test]
    fn digits_star_and_pound_are_keyed_and_all_else_is_spoken() {
        for keys in ["1", " 5145550142# ", "*"] {
            assert!(is_keys(keys), "{keys}");
        }
        for spoken in ["", " ", "oui", "le 3", "1 2", "٣"] {
            assert!(!is_keys(spoken), "{spoken}");
        }
    }
}
