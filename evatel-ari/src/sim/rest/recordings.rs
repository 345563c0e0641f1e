//! `/playbacks` and `/recordings`, and how they begin on a channel or bridge.

use std::time::Duration;

use serde_json::Value;

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::World,
};

impl World {
    pub(super) fn one_playback(&mut self, path: &[&str], asked: &Asked) -> Reply {
        let (id, rest) = match path {
            [id, rest @ ..] => (*id, rest),
            [] => return not_found(),
        };
        match (asked.method.as_str(), rest) {
            (_, [] | ["control"]) if !self.playbacks.contains_key(id) => {
                Reply::refused(404, "Playback not found")
            }
            ("GET", []) => Reply::json(&self.playback(id).unwrap_or_default()),
            ("DELETE", []) => {
                self.end_playback(id, "done");
                Reply::empty()
            }
            ("POST", ["control"]) => match asked.param("operation") {
                "" => Reply::refused(400, "Missing operation"),
                operation if !OPERATIONS.contains(&operation) => {
                    Reply::refused(400, &format!("Invalid operation {operation}"))
                }
                operation => match self.control(id, operation) {
                    true => Reply::empty(),
                    false => Reply::refused(409, "Operation failed"),
                },
            },
            (_, [] | ["control"]) => no_such_method(),
            _ => not_found(),
        }
    }

    /// `POST /{target}/play`.
    pub(super) fn play_here(&mut self, target: &str, id: &str, asked: &Asked) -> Reply {
        let media = asked.list("media");
        if media.is_empty() {
            return Reply::refused(500, "Failed to queue media for playback");
        }
        let id = match id {
            "" => format!("playback-{}", self.next_turn()),
            id => id.to_owned(),
        };
        let language = asked.given("lang").unwrap_or("en").to_owned();
        self.play(&id, target, media.clone(), &language);
        // The reply shows how it was queued, even where it could not be played.
        let told = self.playback(&id).unwrap_or_else(|| {
            serde_json::json!({
                "id": id, "media_uri": media[0], "target_uri": target, "language": language, "state": "queued",
            })
        });
        Reply::created(&told)
    }

    /// `POST /{target}/record`.
    pub(super) fn record_here(&mut self, target: &str, asked: &Asked) -> Reply {
        let (name, format) = (asked.param("name"), asked.param("format"));
        let if_exists = asked.given("ifExists").unwrap_or("fail");
        let terminators = match asked.given("terminateOn").unwrap_or("none") {
            "none" => "",
            "any" => "0123456789*#ABCD",
            "*" => "*",
            "#" => "#",
            _ => return Reply::refused(400, "terminateOn invalid"),
        };
        let longest = asked.number("maxDurationSeconds").unwrap_or_default();
        if longest < 0 {
            return Reply::refused(400, "max_duration_seconds cannot be negative");
        }
        if asked.number("maxSilenceSeconds").unwrap_or_default() < 0 {
            return Reply::refused(400, "max_silence_seconds cannot be negative");
        }
        if !["fail", "overwrite", "append"].contains(&if_exists) {
            return Reply::refused(400, "ifExists invalid");
        }
        if name.is_empty() || format.is_empty() {
            // The real one crashes without them.
            return Reply::refused(400, "Missing parameter name or format");
        }
        if !FORMATS.contains(&format) {
            return Reply::refused(422, "specified format is unknown on this system");
        }
        let exists = self.recordings.stored.contains_key(name) && if_exists == "fail";
        if exists || self.recordings.live.contains_key(name) {
            let message = format!("Recording '{name}' already exists and can not be overwritten");
            return Reply::refused(409, &message);
        }
        let longest = Duration::from_secs(longest.unsigned_abs());
        self.record(name, target, format, terminators, longest);
        Reply::created(&self.live_recording(name).unwrap_or_default())
    }

    pub(super) fn recording(&mut self, path: &[&str], asked: &Asked) -> Reply {
        let none = || Reply::refused(404, "Recording not found");
        match (asked.method.as_str(), path) {
            ("GET", ["stored"]) => {
                let all = self
                    .recordings
                    .stored
                    .keys()
                    .filter_map(|name| self.stored_recording(name));
                Reply::json(&all.collect::<Value>())
            }
            ("GET", ["stored", name]) => self
                .stored_recording(name)
                .map_or_else(none, |told| Reply::json(&told)),
            ("DELETE", ["stored", name]) => match self.recordings.stored.remove(*name) {
                Some(_) => Reply::empty(),
                None => none(),
            },
            ("GET", ["stored", name, "file"]) => match self.recordings.stored.get(*name) {
                Some(_) if asked.over_websocket => {
                    Reply::refused(406, "Unable to send binary over a websocket")
                }
                Some(stored) => Reply::bytes(stored.bytes.clone()),
                None => none(),
            },
            ("POST", ["stored", name, "copy"]) => self.copy(name, asked.param("destinationRecordingName")),
            ("GET", ["live", name]) => self
                .live_recording(name)
                .map_or_else(none, |told| Reply::json(&told)),
            (method, ["live", name, verb @ ..]) => self.live_verb(name, (method, verb)),
            (_, ["stored"] | ["stored", _] | ["stored", _, "file" | "copy"]) => no_such_method(),
            _ => not_found(),
        }
    }

    fn copy(&mut self, name: &str, to: &str) -> Reply {
        if to.is_empty() {
            return Reply::refused(400, "Invalid destination recording name");
        }
        let Some(stored) = self.recordings.stored.get(name).cloned() else {
            return Reply::refused(404, "Recording not found");
        };
        if self.recordings.stored.contains_key(to) {
            return Reply::refused(409, "A recording with the same name already exists on the system");
        }
        self.recordings.stored.insert(to.to_owned(), stored);
        Reply::json(&self.stored_recording(to).unwrap_or_default())
    }

    fn live_verb(&mut self, name: &str, verb: (&str, &[&str])) -> Reply {
        let is_kept = match verb {
            ("DELETE", []) => Some(false),
            ("POST", ["stop"]) => Some(true),
            ("POST" | "DELETE", ["pause" | "mute"]) => None,
            (_, [] | ["stop" | "pause" | "mute"]) => return no_such_method(),
            _ => return not_found(),
        };
        if let Some(is_kept) = is_kept {
            return match self.stop_recording(name, is_kept) {
                true => Reply::empty(),
                false => Reply::refused(404, "Recording not found"),
            };
        }
        let Some(live) = self.recordings.live.get_mut(name) else {
            return Reply::refused(404, "Recording not found");
        };
        match verb {
            ("POST", ["pause"]) => live.state = "paused",
            ("DELETE", ["pause"]) => live.state = "recording",
            _ => {}
        }
        Reply::empty()
    }
}

const OPERATIONS: [&str; 6] = ["restart", "pause", "unpause", "reverse", "forward", "stop"];
const FORMATS: [&str; 10] = [
    "alaw", "g722", "gsm", "sln", "sln16", "ulaw", "wav", "wav16", "wav49", "WAV",
];
