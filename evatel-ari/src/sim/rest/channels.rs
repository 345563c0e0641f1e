//! `/channels`.

use serde_json::{Value, json};

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::{
        World,
        channel::{Channel, Stay},
        dialplan::Plan,
    },
};

impl World {
    pub(super) fn channels(&mut self, path: &[&str], asked: &Asked) -> Reply {
        let there = |world: &Self, id: &str| world.channels.contains_key(id);
        match (asked.method.as_str(), path) {
            ("GET", []) => Reply::json(&self.channels.keys().map(|id| self.channel(id)).collect::<Value>()),
            ("POST", []) => self.originate(asked.param("channelId"), asked),
            ("POST", ["create"]) => self.create(asked),
            ("POST", ["externalMedia"]) => self.external_media(asked),
            ("POST", [id]) => self.originate(id, asked),
            ("GET" | "DELETE", [id]) if !there(self, id) => Reply::refused(404, "Channel not found"),
            ("GET", [id]) => Reply::json(&self.channel(id)),
            ("DELETE", [id]) => self.hang_up(id, asked),
            (_, [] | [_]) => no_such_method(),
            (_, [id, "snoop", ..]) if !there(self, id) => {
                Reply::refused(404, "Provided channel was not found")
            }
            ("POST", [id, "snoop"]) => self.snoop(id, asked.param("snoopId"), asked),
            ("POST", [id, "snoop", snoop]) => self.snoop(id, snoop, asked),
            (_, [_, verb]) if !VERBS.contains(verb) => not_found(),
            (method, [_, verb]) if !is_known(method, verb) => no_such_method(),
            ("GET", [id, "variable" | "variables"]) if !there(self, id) => {
                Reply::refused(404, "Provided channel was not found")
            }
            (_, [id, ..]) if !there(self, id) => Reply::refused(404, "Channel not found"),
            ("GET" | "POST", [id, "variable" | "variables"]) => self.variables_of(id, asked),
            ("GET", [_, "rtp_statistics"]) => Reply::refused(403, "Unsupported channel type"),
            (_, [id, ..]) if self.channels[*id].stay.is_none() => {
                Reply::refused(409, "Channel not in Stasis application")
            }
            ("POST", [id, "dial"]) => self.dial(id, asked),
            ("POST", [_, "transfer_progress"]) => match asked.param("states") {
                "" => Reply::refused(400, "Missing parameter states"),
                _ => Reply::empty(),
            },
            ("POST", [id, "move"]) => self.moved(id, asked),
            ("POST", [id, "record"]) => self.record_here(&format!("channel:{id}"), asked),
            (_, [id, ..]) if self.is_not_ready(id) => Reply::refused(412, "Channel in invalid state"),
            ("POST", [id, "play", playback]) => self.play_here(&format!("channel:{id}"), playback, asked),
            (method, [id, verb]) => self.verb(id, (method, verb), asked),
            _ => not_found(),
        }
    }

    /// Says whether the channel is still on its way out: hardly anything can be done with it.
    fn is_not_ready(&self, id: &str) -> bool {
        let channel = &self.channels[id];
        matches!(channel.state, "Down" | "Rsrvd" | "Ringing")
    }

    fn verb(&mut self, id: &str, verb: (&str, &str), asked: &Asked) -> Reply {
        match verb {
            ("POST", "answer") => {
                let other = self.channels[id].other.clone();
                self.set_state(id, "Up");
                self.answer_pair(other.as_deref());
            }
            ("POST", "continue") => self.continue_in_plan(id, asked),
            ("POST", "dtmf") => match asked.param("dtmf") {
                "" => return Reply::refused(400, "DTMF is required"),
                digits => self.send_digits(id, digits),
            },
            ("POST", "play") => {
                return self.play_here(&format!("channel:{id}"), asked.param("playbackId"), asked);
            }
            ("POST", "redirect") => return self.redirect(id, asked.param("endpoint")),
            ("POST" | "DELETE", "mute") => {
                let direction = asked.given("direction").unwrap_or("both");
                if !["both", "in", "out"].contains(&direction) {
                    return Reply::refused(400, "Invalid direction specified");
                }
            }
            ("POST", "progress" | "ring") => {
                if let Some(other) = self.channels[id].other.clone() {
                    match verb.1 {
                        "ring" => self.far_end_rings(&other),
                        _ => self.far_end_progresses(&other),
                    }
                }
            }
            // Holding, music and silence are heard by nobody here.
            _ => {}
        }
        Reply::empty()
    }

    fn hang_up(&mut self, id: &str, asked: &Asked) -> Reply {
        let (reason, code) = (asked.given("reason"), asked.given("reason_code"));
        let cause = match (reason, code) {
            (Some(_), Some(_)) => {
                return Reply::refused(400, "The reason and reason_code can't both be specified");
            }
            (None, None) => 16,
            (None, Some(code)) => match code.parse() {
                Ok(code @ 0..=127) => code,
                _ => return Reply::refused(400, "Invalid reason_code for hangup reason code provided"),
            },
            (Some(reason), None) => match CAUSES.iter().find(|(name, _)| *name == reason) {
                Some((_, cause)) => *cause,
                None => return Reply::refused(400, "Invalid reason for hangup reason provided"),
            },
        };
        self.end(id, cause, Some(json!({ "cause": 32, "soft": true })));
        Reply::empty()
    }

    fn variables_of(&mut self, id: &str, asked: &Asked) -> Reply {
        // Functions are known as far as a channel can answer for itself.
        if let ("GET", Some(value)) = (asked.method.as_str(), self.function(id, asked.param("variable"))) {
            return Reply::json(&json!({ "value": value }));
        }
        let variables = self.channels.get_mut(id).map(|channel| &mut channel.variables);
        let (reply, set) = super::variables::answer(variables, asked);
        for (name, value) in set {
            self.raise_channel(
                id,
                json!({ "type": "ChannelVarset", "variable": name, "value": value }),
            );
        }
        reply
    }

    fn function(&self, id: &str, name: &str) -> Option<String> {
        let channel = self.channels.get(id)?;
        match name {
            "CHANNEL(name)" => Some(channel.name.clone()),
            "CHANNEL(state)" => Some(channel.state.to_owned()),
            "CHANNEL(language)" => Some(channel.language.clone()),
            "CALLERID(num)" => Some(channel.caller.1.clone()),
            "CALLERID(name)" => Some(channel.caller.0.clone()),
            _ => None,
        }
    }

    fn moved(&mut self, id: &str, asked: &Asked) -> Reply {
        let stay = Stay::new(asked.param("app"), asked.param("appArgs"));
        if stay.app.is_empty() {
            // The real one crashes without it.
            return Reply::refused(400, "Missing parameter app");
        }
        if !self.is_connected(&stay.app) {
            let told = self.channel(id);
            let event = json!({
                "type": "ApplicationMoveFailed", "channel": told, "destination": stay.app, "args": stay.args,
            });
            if let Some(app) = self.channels[id].stay.as_ref().map(|stay| stay.app.clone()) {
                self.tell(&app, event);
            }
            return Reply::empty();
        }
        self.leave(id);
        self.enter(id, stay);
        Reply::empty()
    }

    fn continue_in_plan(&mut self, id: &str, asked: &Asked) {
        let place = self.channels[id].place.clone();
        let is_given = ["context", "extension", "priority"]
            .iter()
            .any(|name| asked.given(name).is_some());
        let plan = Plan {
            context: asked.given("context").unwrap_or(&place.context).to_owned(),
            exten: asked.given("extension").unwrap_or(&place.exten).to_owned(),
            priority: match asked.number("priority") {
                Some(priority) => priority.try_into().unwrap_or(1),
                None if is_given => 1,
                None => place.priority + 1,
            },
        };
        // A call from outside goes on in the dialplan of the test, which says how it ends.
        let is_ours = self.channels[id].technology() == "Local";
        if !is_ours && !self.knows(&plan) {
            self.back_outside(id);
            return;
        }
        self.leave(id);
        self.set_status(id, "SUCCESS");
        self.go_to(id, plan);
    }

    /// The digits are heard by the far end; an echo sends them back.
    fn send_digits(&mut self, id: &str, digits: &str) {
        for digit in digits.chars().filter(|digit| "0123456789*#ABCD".contains(*digit)) {
            let other = self.channels[id].other.clone();
            let Some(other) = other else { return };
            self.press(&other, digit);
            if self.channels.get(&other).is_some_and(|other| other.echoes) {
                self.press(id, digit);
            }
        }
    }

    fn redirect(&mut self, id: &str, endpoint: &str) -> Reply {
        if endpoint.is_empty() {
            return Reply::refused(400, "Required parameter 'endpoint' not provided.");
        }
        let ours = self.channels[id].technology();
        let refusal = match endpoint.split_once('/') {
            None => format!("Endpoint parameter '{endpoint}' does not contain tech/resource"),
            Some((_, "")) => format!("No resource provided in endpoint parameter '{endpoint}'"),
            Some((technology, _)) if technology != ours => {
                format!("Endpoint technology '{technology}' does not match channel technology '{ours}'")
            }
            Some(_) => return Reply::empty(),
        };
        Reply::refused(422, &refusal)
    }

    fn snoop(&mut self, on: &str, id: &str, asked: &Asked) -> Reply {
        let [spy, whisper] = ["spy", "whisper"].map(|name| asked.given(name).unwrap_or("none"));
        for (name, direction) in [("spy", spy), ("whisper", whisper)] {
            if !["none", "both", "out", "in"].contains(&direction) {
                return Reply::refused(400, &format!("Invalid direction specified for {name}"));
            }
        }
        if spy == "none" && whisper == "none" {
            return Reply::refused(400, "Direction must be specified for at least spy or whisper");
        }
        if asked.param("app").is_empty() {
            return Reply::refused(400, "Application name is required");
        }
        let id = self.id_or_new(id);
        if self.channels.contains_key(&id) {
            return Reply::refused(500, "Snoop channel could not be created");
        }
        let name = format!("Snoop/{on}-{:08x}", self.next_turn());
        let mut channel = Channel::new(&name, "Up");
        channel.snoops_on = Some(on.to_owned());
        self.add_channel(&id, channel);
        let told = self.channel(&id);
        if !self.enter(&id, Stay::new(asked.param("app"), asked.param("appArgs"))) {
            self.end(&id, 16, None);
        }
        Reply::json(&told)
    }
}

fn is_known(method: &str, verb: &str) -> bool {
    match verb {
        "variable" | "variables" => method == "GET" || method == "POST",
        "rtp_statistics" => method == "GET",
        "ring" | "mute" | "hold" | "moh" | "silence" => method == "POST" || method == "DELETE",
        _ => method == "POST",
    }
}

/// What can be asked of one channel.
const VERBS: [&str; 19] = [
    "answer",
    "continue",
    "dial",
    "dtmf",
    "hold",
    "moh",
    "move",
    "mute",
    "play",
    "progress",
    "record",
    "redirect",
    "ring",
    "rtp_statistics",
    "silence",
    "snoop",
    "transfer_progress",
    "variable",
    "variables",
];

/// The names of causes that `DELETE` takes.
const CAUSES: [(&str, i64); 13] = [
    ("answered_elsewhere", 26),
    ("busy", 17),
    ("codec_mismatch", 58),
    ("congestion", 34),
    ("failure", 38),
    ("interworking", 127),
    ("no_answer", 19),
    ("normal", 16),
    ("normal_unspecified", 31),
    ("number_incomplete", 28),
    ("rejected", 21),
    ("timeout", 102),
    ("unallocated", 1),
];
