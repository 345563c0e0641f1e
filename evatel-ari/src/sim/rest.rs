//! What each request does.

use serde_json::{Value, json};

use super::{
    Fault, RECORDING,
    http::{Asked, Reply},
    world::{Line, World},
};

impl World {
    /// Answers a request; the events that it raises wait for [`World::send_events`].
    pub(super) fn answer(&mut self, asked: &Asked) -> Reply {
        if let Some(reply) = self.refusal(asked) {
            return reply;
        }
        if self.faults.contains(&Fault::Booting) {
            return Reply::refused(503, "Asterisk not booted");
        }
        let path: Vec<&str> = asked.segments.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &path[..]) {
            ("GET", ["asterisk", "info"]) => Reply::json(&json!({
                "system": { "version": self.version, "entity_id": "00:00:5e:00:53:01" },
                "status": { "startup_time": "2026-11-22T09:00:00.000+0000" },
            })),
            (_, ["applications", app, rest @ ..]) => self.application(app, rest, asked),
            ("GET", ["channels"]) => {
                Reply::json(&self.channels.keys().map(|id| self.channel(id)).collect::<Value>())
            }
            ("POST", ["channels", "externalMedia"]) => self.external_media(asked),
            (_, ["channels", id]) => self.one_channel(id, asked),
            (method, ["channels", id, verb]) => self.channel_verb(id, (method, verb), asked),
            ("GET", ["bridges"]) => {
                Reply::json(&self.bridges.keys().map(|id| self.bridge(id)).collect::<Value>())
            }
            (_, ["bridges", id]) => self.one_bridge(id, asked),
            ("POST", ["bridges", id, verb]) => self.bridge_verb(id, verb, asked),
            (_, ["recordings", rest @ ..]) => self.recording(rest, asked),
            _ => Reply::refused(404, "Resource not found"),
        }
    }

    fn application(&mut self, app: &str, rest: &[&str], asked: &Asked) -> Reply {
        if !self.sockets.contains_key(app) {
            return Reply::refused(404, "Application does not exist");
        }
        let source = asked.param("eventSource");
        match (asked.method.as_str(), rest) {
            ("POST", ["subscription"]) => {
                let there = match source.split_once(':') {
                    Some(("bridge", id)) => self.bridges.contains_key(id),
                    Some(("channel", id)) => self.channels.contains_key(id),
                    _ => false,
                };
                if !there {
                    return Reply::refused(422, "Event source does not exist");
                }
                self.subscribed.insert(source.to_owned());
            }
            ("DELETE", ["subscription"]) => {
                self.subscribed.remove(source);
            }
            ("GET", []) | ("PUT", ["eventFilter"]) => {}
            _ => return Reply::refused(404, "Resource not found"),
        }
        Reply::json(&json!({ "name": app, "channel_ids": [], "bridge_ids": [] }))
    }

    fn one_channel(&mut self, id: &str, asked: &Asked) -> Reply {
        let there = self.channels.contains_key(id);
        match asked.method.as_str() {
            "POST" if there => Reply::refused(409, "Channel with given unique ID already exists"),
            "POST" => self.originate(id, asked),
            _ if !there => Reply::refused(404, "Channel not found"),
            "DELETE" => {
                self.end(id, asked.param("reason_code").parse().unwrap_or(16));
                Reply::empty()
            }
            _ => Reply::json(&self.channel(id)),
        }
    }

    fn originate(&mut self, id: &str, asked: &Asked) -> Reply {
        let endpoint = asked.param("endpoint").to_owned();
        if self.faults.contains(&Fault::Unreachable(endpoint)) {
            return Reply::refused(500, "Allocation failed");
        }
        let args = asked.param("appArgs").split(',').map(str::to_owned).collect();
        let variables = asked.body["variables"].as_object().into_iter().flatten();
        let line = Line {
            state: "Down",
            wanted_by: Some((asked.param("app").to_owned(), args)),
            variables: variables
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            ..Line::default()
        };
        self.channels.insert(id.to_owned(), line);
        // Who originates is subscribed.
        self.subscribed.insert(format!("channel:{id}"));
        let peer = self.channel(id);
        self.raise(json!({ "type": "ChannelCreated", "channel": peer }));
        self.raise(
            json!({ "type": "Dial", "dialstatus": "", "dialstring": "", "forward": "", "peer": peer }),
        );
        Reply::json(&peer)
    }

    fn external_media(&mut self, asked: &Asked) -> Reply {
        // `encapsulation` defaults to `rtp`, which a websocket cannot carry.
        let wanted = ["websocket", "none", "INCOMING", "server"];
        let said =
            ["transport", "encapsulation", "external_host", "connection_type"].map(|name| asked.param(name));
        if said != wanted {
            return Reply::refused(400, "The encapsulation and/or transport are not supported");
        }
        let id = asked.param("channelId").to_owned();
        let line = Line {
            state: "Up",
            connection: Some(format!("media_{id}")),
            ..Line::default()
        };
        self.channels.insert(id.clone(), line);
        self.subscribed.insert(format!("channel:{id}"));
        self.enter(&id, asked.param("app").to_owned(), Vec::new());
        Reply::json(&self.channel(&id))
    }

    fn channel_verb(&mut self, id: &str, (method, verb): (&str, &str), asked: &Asked) -> Reply {
        let Some(line) = self.channels.get_mut(id) else {
            return Reply::refused(404, "Channel not found");
        };
        if line.app.is_none() && verb != "variable" {
            return Reply::refused(409, "Channel not in Stasis application");
        }
        match (method, verb) {
            ("POST", "answer") if line.state == "Up" => Reply::empty(),
            ("POST", "answer") => {
                self.set_state(id, "Up");
                Reply::empty()
            }
            ("POST", "continue") => {
                self.leave(id);
                Reply::empty()
            }
            ("POST" | "DELETE", "ring") | ("POST", "dtmf" | "progress") => Reply::empty(),
            ("POST", "variable") => {
                let (name, value) = (asked.param("variable"), asked.param("value"));
                line.variables.insert(name.to_owned(), value.to_owned());
                Reply::empty()
            }
            ("GET", "variable") => match line.variables.get(asked.param("variable")) {
                Some(value) => Reply::json(&json!({ "value": value })),
                None => Reply::refused(404, "Provided variable was not found"),
            },
            _ => Reply::refused(404, "Resource not found"),
        }
    }

    fn one_bridge(&mut self, id: &str, asked: &Asked) -> Reply {
        let there = self.bridges.contains_key(id);
        match asked.method.as_str() {
            "POST" => {
                self.bridges.entry(id.to_owned()).or_default();
                Reply::json(&self.bridge(id))
            }
            _ if !there => Reply::refused(404, "Bridge not found"),
            "DELETE" => {
                let bridge = self.bridge(id);
                self.bridges.remove(id);
                self.raise(json!({ "type": "BridgeDestroyed", "bridge": bridge }));
                Reply::empty()
            }
            _ => Reply::json(&self.bridge(id)),
        }
    }

    fn bridge_verb(&mut self, id: &str, verb: &str, asked: &Asked) -> Reply {
        if !self.bridges.contains_key(id) {
            return Reply::refused(404, "Bridge not found");
        }
        let channels: Vec<_> = asked.param("channel").split(',').map(str::to_owned).collect();
        match verb {
            "addChannel" => {
                for channel in &channels {
                    match self.channels.get(channel) {
                        None => return Reply::refused(400, "Channel not found"),
                        Some(line) if line.app.is_none() => {
                            return Reply::refused(422, "Channel not in Stasis application");
                        }
                        Some(_) => {}
                    }
                }
                for channel in channels {
                    self.part(&channel);
                    self.bridges
                        .entry(id.to_owned())
                        .or_default()
                        .push(channel.clone());
                    let (bridge, channel) = (self.bridge(id), self.channel(&channel));
                    self.raise(
                        json!({ "type": "ChannelEnteredBridge", "bridge": bridge, "channel": channel }),
                    );
                }
                Reply::empty()
            }
            "removeChannel" => {
                channels.iter().for_each(|channel| self.part(channel));
                Reply::empty()
            }
            "record" => {
                let name = asked.param("name").to_owned();
                if self.recordings.contains_key(&name) {
                    return Reply::refused(409, "A recording with this name already exists");
                }
                let recording = json!({
                    "name": name, "format": "wav", "state": "recording", "target_uri": format!("bridge:{id}"),
                });
                self.recordings.insert(name, true);
                self.raise(json!({ "type": "RecordingStarted", "recording": recording }));
                Reply {
                    status: 201,
                    ..Reply::json(&recording)
                }
            }
            _ => Reply::refused(404, "Resource not found"),
        }
    }

    fn recording(&mut self, rest: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), rest) {
            ("GET", ["live", name]) if self.recordings.get(*name) == Some(&true) => {
                Reply::json(&json!({ "name": name, "format": "wav", "state": "recording" }))
            }
            ("GET", ["stored"]) => {
                let names = self.recordings.keys();
                Reply::json(
                    &names
                        .map(|name| json!({ "name": name, "format": "wav" }))
                        .collect::<Value>(),
                )
            }
            ("POST", ["live", name, "stop"]) if self.recordings.get(*name) == Some(&true) => {
                self.finish_recording(name);
                Reply::empty()
            }
            ("GET", ["stored", name, "file"]) if self.recordings.get(*name) == Some(&false) => Reply {
                status: 200,
                body: RECORDING.to_vec(),
            },
            ("DELETE", ["stored", name]) if self.recordings.remove(*name).is_some() => Reply::empty(),
            _ => Reply::refused(404, "Recording not found"),
        }
    }
}
