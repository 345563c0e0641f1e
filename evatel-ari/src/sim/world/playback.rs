//! Sounds that play: one after the other on each channel or bridge.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{World, clock::Timer};

/// One playback: a list of media.
#[derive(Debug)]
pub(in crate::sim) struct Playback {
    /// `channel:x` or `bridge:y`.
    target: String,
    media: Vec<String>,
    /// Which of them plays.
    at: usize,
    language: String,
    state: &'static str,
    timer: u64,
    ends_at: Option<Instant>,
    left: Duration,
    /// When it came, among all.
    turn: u64,
}

impl World {
    pub(in crate::sim) fn playback(&self, id: &str) -> Option<Value> {
        let playback = self.playbacks.get(id)?;
        let mut told = json!({
            "id": id, "media_uri": playback.media[playback.at], "target_uri": playback.target,
            "language": playback.language, "state": playback.state,
        });
        if let Some(next) = playback.media.get(playback.at + 1) {
            told["next_media_uri"] = next.as_str().into();
        }
        Some(told)
    }

    /// Begins a playback, or lets it wait for those before it.
    pub(in crate::sim) fn play(&mut self, id: &str, target: &str, media: Vec<String>, language: &str) {
        self.turn += 1;
        let playback = Playback {
            target: target.to_owned(),
            media,
            at: 0,
            language: language.to_owned(),
            state: "queued",
            timer: 0,
            ends_at: None,
            left: Duration::ZERO,
            turn: self.turn,
        };
        self.playbacks.insert(id.to_owned(), playback);
        self.play_next(target);
    }

    /// Gives the playbacks of a target in the order in which they came.
    fn playbacks_of(&self, target: &str) -> Vec<String> {
        let ours = self
            .playbacks
            .iter()
            .filter(|(_, playback)| playback.target == target);
        let mut ours: Vec<_> = ours.map(|(id, playback)| (playback.turn, id.clone())).collect();
        ours.sort();
        ours.into_iter().map(|(_, id)| id).collect()
    }

    fn play_next(&mut self, target: &str) {
        let waiting = self.playbacks_of(target);
        let Some(id) = waiting.first() else {
            return;
        };
        if self.playbacks[id].state == "queued" && !self.is_recorded(target) {
            self.begin_playback(&id.clone());
        }
    }

    fn begin_playback(&mut self, id: &str) {
        let length = self
            .playbacks
            .get(id)
            .and_then(|playback| self.length(&playback.media[playback.at]));
        self.set_playback(id, "playing");
        self.raise_playback(id, "PlaybackStarted");
        match length {
            Some(length) => self.let_play(id, length),
            None => self.end_playback(id, "failed"),
        }
    }

    fn let_play(&mut self, id: &str, length: Duration) {
        let timer = self.timers.set(length, Timer::PlaybackOver(id.to_owned()));
        if let Some(playback) = self.playbacks.get_mut(id) {
            (playback.timer, playback.ends_at) = (timer, Some(Instant::now() + length));
        }
    }

    pub(in crate::sim) fn playback_is_over(&mut self, id: &str, timer: u64) {
        let Some(playback) = self
            .playbacks
            .get_mut(id)
            .filter(|playback| playback.timer == timer)
        else {
            return;
        };
        if playback.at + 1 == playback.media.len() {
            self.end_playback(id, "done");
            return;
        }
        playback.at += 1;
        self.set_playback(id, "continuing");
        // Asterisk names the medium that is over in this event.
        let mut told = self.playback(id).unwrap_or_default();
        if let Some(playback) = self.playbacks.get(id) {
            told["media_uri"] = playback.media[playback.at - 1].as_str().into();
            told["next_media_uri"] = playback.media[playback.at].as_str().into();
            let topics = [playback.target.clone()];
            self.raise(
                &topics,
                &json!({ "type": "PlaybackContinuing", "playback": told }),
            );
        }
        self.begin_playback(id);
    }

    pub(in crate::sim) fn end_playback(&mut self, id: &str, state: &'static str) {
        self.set_playback(id, state);
        self.raise_playback(id, "PlaybackFinished");
        if let Some(playback) = self.playbacks.remove(id) {
            self.play_next(&playback.target);
        }
    }

    /// Does what `control` asks for; false when it is not playing.
    pub(in crate::sim) fn control(&mut self, id: &str, operation: &str) -> bool {
        let length = self
            .playbacks
            .get(id)
            .and_then(|playback| self.length(&playback.media[playback.at]));
        let Some(playback) = self.playbacks.get_mut(id) else {
            return false;
        };
        let left = playback
            .ends_at
            .map_or(playback.left, |at| at.saturating_duration_since(Instant::now()));
        match (operation, playback.state) {
            ("pause", "playing") => {
                (playback.timer, playback.ends_at, playback.left) = (0, None, left);
                playback.state = "paused";
            }
            ("unpause", "paused") => {
                playback.state = "playing";
                self.let_play(id, left);
                self.raise_playback(id, "PlaybackStarted");
            }
            ("restart", "playing") => self.let_play(id, length.unwrap_or_default()),
            ("forward" | "reverse", "playing") | ("pause", "paused") | ("unpause", "playing") => {}
            _ => return false,
        }
        true
    }

    /// What plays here or waits to, and what is recorded here, ends: nobody is there any more.
    pub(in crate::sim) fn stop_sounds_of(&mut self, target: &str) {
        self.stop_recordings_of(target);
        for id in self.playbacks_of(target) {
            // What waited for its turn begins, if only to fail.
            if self
                .playbacks
                .get(&id)
                .is_some_and(|playback| playback.state == "queued")
            {
                self.set_playback(&id, "playing");
                self.raise_playback(&id, "PlaybackStarted");
            }
            self.set_playback(&id, "failed");
            self.raise_playback(&id, "PlaybackFinished");
            self.playbacks.remove(&id);
        }
    }

    fn set_playback(&mut self, id: &str, state: &'static str) {
        if let Some(playback) = self.playbacks.get_mut(id) {
            playback.state = state;
        }
    }

    fn raise_playback(&mut self, id: &str, name: &str) {
        if let (Some(told), Some(playback)) = (self.playback(id), self.playbacks.get(id)) {
            let topics = [playback.target.clone()];
            self.raise(&topics, &json!({ "type": name, "playback": told }));
        }
    }

    /// Says how long a medium takes, if there is such a one.
    fn length(&self, uri: &str) -> Option<Duration> {
        let (kind, what) = uri.split_once(':')?;
        let spoken = |text: &str| Duration::from_millis(500) * text.chars().count() as u32;
        match kind {
            "sound" => self.sounds.get(what).copied().or_else(|| {
                let seconds = what.strip_prefix("silence/")?.parse().ok()?;
                (1..=10).contains(&seconds).then(|| Duration::from_secs(seconds))
            }),
            "recording" => self
                .recordings
                .stored
                .contains_key(what)
                .then_some(Duration::from_secs(1)),
            "number" | "digits" | "characters" => Some(spoken(what)),
            // A tone ends when it is stopped: a year is for ever.
            "tone" => Some(Duration::from_secs(365 * 24 * 3600)),
            _ => None,
        }
    }
}
