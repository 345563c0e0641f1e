//! Recordings: those that run, and those that lie on the disk.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{World, clock::Timer};
use crate::sim::RECORDING;

/// All recordings.
#[derive(Debug, Default)]
pub(in crate::sim) struct Recordings {
    pub(in crate::sim) live: BTreeMap<String, Live>,
    pub(in crate::sim) stored: BTreeMap<String, Stored>,
}

/// A recording that runs.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Live {
    pub(in crate::sim) target: String,
    pub(in crate::sim) format: String,
    pub(in crate::sim) state: &'static str,
    /// The digits that end it.
    pub(in crate::sim) terminators: &'static str,
    timer: u64,
}

/// A recording on the disk.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Stored {
    pub(in crate::sim) format: String,
    pub(in crate::sim) bytes: Vec<u8>,
}

impl World {
    pub(in crate::sim) fn live_recording(&self, name: &str) -> Option<Value> {
        let live = self.recordings.live.get(name)?;
        Some(json!({ "name": name, "format": live.format, "state": live.state, "target_uri": live.target }))
    }

    pub(in crate::sim) fn stored_recording(&self, name: &str) -> Option<Value> {
        let stored = self.recordings.stored.get(name)?;
        Some(json!({ "name": name, "format": stored.format }))
    }

    /// Begins a recording; `longest` is zero where it has no limit.
    pub(in crate::sim) fn record(
        &mut self,
        name: &str,
        target: &str,
        format: &str,
        terminators: &'static str,
        longest: Duration,
    ) {
        let timer = match longest {
            Duration::ZERO => 0,
            longest => self.timers.set(longest, Timer::RecordingOver(name.to_owned())),
        };
        let live = Live {
            target: target.to_owned(),
            format: format.to_owned(),
            state: "recording",
            terminators,
            timer,
        };
        self.recordings.live.insert(name.to_owned(), live);
        let told = self.live_recording(name);
        self.raise(
            &[target.to_owned()],
            &json!({ "type": "RecordingStarted", "recording": told }),
        );
    }

    pub(in crate::sim) fn is_recorded(&self, target: &str) -> bool {
        target.starts_with("channel:") && self.recordings.live.values().any(|live| live.target == target)
    }

    /// Ends a recording, and keeps it unless it was cancelled.
    pub(in crate::sim) fn stop_recording(&mut self, name: &str, is_kept: bool) -> bool {
        let Some(mut told) = self.live_recording(name) else {
            return false;
        };
        let Some(live) = self.recordings.live.remove(name) else {
            return false;
        };
        if is_kept {
            let stored = Stored {
                format: live.format,
                bytes: RECORDING.to_vec(),
            };
            self.recordings.stored.insert(name.to_owned(), stored);
        }
        // Asterisk says `done` also of a recording that was cancelled.
        told["state"] = "done".into();
        told["duration"] = 1.into();
        self.raise(
            &[live.target],
            &json!({ "type": "RecordingFinished", "recording": told }),
        );
        true
    }

    pub(in crate::sim) fn recording_is_over(&mut self, name: &str, timer: u64) {
        if self
            .recordings
            .live
            .get(name)
            .is_some_and(|live| live.timer == timer)
        {
            self.stop_recording(name, true);
        }
    }

    pub(in crate::sim) fn stop_recordings_of(&mut self, target: &str) {
        let ours = self
            .recordings
            .live
            .iter()
            .filter(|(_, live)| live.target == target);
        for name in ours.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.stop_recording(&name, true);
        }
    }

    /// A key was pressed: it ends the recordings of the channel that wait for it.
    pub(in crate::sim) fn digit_ends_recordings(&mut self, channel: &str, digit: char) {
        let target = format!("channel:{channel}");
        let meant = |live: &Live| live.target == target && live.terminators.contains(digit);
        let ended = self.recordings.live.iter().filter(|(_, live)| meant(live));
        for name in ended.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.stop_recording(&name, true);
        }
    }
}
