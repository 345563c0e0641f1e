//! The caller of a call that is only tried: typed lines or one sound file.

use std::{io, sync::Arc, thread};

use evatel_ari::sim::Asterisk;
use evatel_core::account::Language;
use evatel_voice::{agent::Engines, frame::Clip, synth::sanitised};
use tokio::sync::{mpsc, watch};

use super::{super::super::failure::Failure, line::Line, stage::CALLER};

/// What the caller says.
pub(super) enum Input {
    Sound(Clip),
    Typed(mpsc::Receiver<String>),
}

impl Input {
    /// Reads standard input to its end, beside the call.
    pub(super) fn typed() -> Self {
        let (lines, typed) = mpsc::channel(1);
        // A thread of its own: one that waits for a line holds nothing up when the call has ended.
        thread::spawn(move || {
            for line in io::stdin().lines() {
                if line.is_ok_and(|line| lines.blocking_send(line).is_ok()) {
                    continue;
                }
                return;
            }
        });
        Self::Typed(typed)
    }
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
        Input::Sound(sound) => line.say(sound),
        Input::Typed(mut lines) => {
            while let Some(text) = lines.recv().await {
                line.his_turn().await;
                if is_keys(&text) {
                    text.trim().chars().for_each(|key| asterisk.presses(CALLER, key));
                    line.waits_anew();
                } else if let text = sanitised(&text)
                    && !text.is_empty()
                {
                    line.say(voice.speak(&text).await?);
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
    use super::*;

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
