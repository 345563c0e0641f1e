//! `/bridges`.

use serde_json::Value;

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::{World, bridge::Bridge},
};

impl World {
    pub(super) fn bridges(&mut self, path: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", []) => Reply::json(&self.bridges.keys().map(|id| self.bridge(id)).collect::<Value>()),
            ("POST", []) => {
                let id = match asked.param("bridgeId") {
                    "" => format!("bridge-{}", self.next_turn()),
                    id => id.to_owned(),
                };
                self.make_bridge(&id, asked)
            }
            (_, []) => no_such_method(),
            ("POST", [id]) => self.make_bridge(id, asked),
            (_, [id, ..]) if !self.bridges.contains_key(*id) => Reply::refused(404, "Bridge not found"),
            ("GET", [id]) => Reply::json(&self.bridge(id)),
            ("DELETE", [id]) => {
                self.destroy_bridge(id);
                Reply::empty()
            }
            ("POST", [id, "addChannel"]) => self.add_channels(id, asked),
            ("POST", [id, "removeChannel"]) => self.remove_channels(id, asked),
            ("POST", [id, "moh"]) => self.music(id, true),
            ("DELETE", [id, "moh"]) => self.music(id, false),
            ("POST", [id, "play"]) => {
                self.play_here(&format!("bridge:{id}"), asked.param("playbackId"), asked)
            }
            ("POST", [id, "play", playback]) => self.play_here(&format!("bridge:{id}"), playback, asked),
            ("POST", [id, "record"]) => self.record_here(&format!("bridge:{id}"), asked),
            ("POST", [_, "videoSource", channel]) => match self.in_stasis(channel) {
                Err(refusal) => refusal,
                Ok(()) => Reply::empty(),
            },
            ("DELETE", [_, "videoSource"]) => Reply::empty(),
            ("GET" | "POST", [id, "variable" | "variables"]) => {
                let variables = self.bridges.get_mut(*id).map(|bridge| &mut bridge.variables);
                super::variables::answer(variables, asked).0
            }
            (
                _,
                [_]
                | [
                    _,
                    "addChannel" | "removeChannel" | "moh" | "play" | "record" | "variable" | "variables",
                ],
            ) => no_such_method(),
            _ => not_found(),
        }
    }

    fn make_bridge(&mut self, id: &str, asked: &Asked) -> Reply {
        let kinds = asked.list("type");
        if self.bridges.contains_key(id) {
            return Reply::refused(409, &format!("Bridge with id '{id}' already exists"));
        }
        if kinds.iter().any(|kind| !KINDS.contains(&kind.as_str())) {
            return Reply::refused(500, "Unable to create bridge");
        }
        let is_holding = kinds.iter().any(|kind| kind == "holding");
        self.add_bridge(id, Bridge::new(asked.param("name"), is_holding));
        let variables = self.bridges.get_mut(id).map(|bridge| &mut bridge.variables);
        super::variables::set_all(variables, &asked.body["variables"]);
        Reply::json(&self.bridge(id))
    }

    /// Says why a channel cannot be put into a bridge.
    fn in_stasis(&self, channel: &str) -> Result<(), Reply> {
        match self.channels.get(channel) {
            None => Err(Reply::refused(400, "Channel not found")),
            Some(known) if known.stay.is_none() => {
                Err(Reply::refused(422, "Channel not in Stasis application"))
            }
            Some(_) => Ok(()),
        }
    }

    fn meant(&self, asked: &Asked) -> Result<Vec<String>, Reply> {
        let channels = asked.list("channel");
        if channels.is_empty() {
            return Err(Reply::refused(400, "Missing parameter channel"));
        }
        for channel in &channels {
            self.in_stasis(channel)?;
        }
        Ok(channels)
    }

    fn add_channels(&mut self, id: &str, asked: &Asked) -> Reply {
        let channels = match self.meant(asked) {
            Ok(channels) => channels,
            Err(refusal) => return refusal,
        };
        let recorded = channels
            .iter()
            .find(|channel| self.is_recorded(&format!("channel:{channel}")));
        if let Some(channel) = recorded {
            return Reply::refused(409, &format!("Channel {channel} currently recording"));
        }
        for channel in channels {
            self.join(id, &channel);
        }
        Reply::empty()
    }

    fn remove_channels(&mut self, id: &str, asked: &Asked) -> Reply {
        let channels = match self.meant(asked) {
            Ok(channels) => channels,
            Err(refusal) => return refusal,
        };
        if channels
            .iter()
            .any(|channel| self.bridge_of(channel).as_deref() != Some(id))
        {
            return Reply::refused(422, "Channel not in this bridge");
        }
        for channel in channels {
            self.part(&channel, true);
        }
        Reply::empty()
    }

    fn music(&mut self, id: &str, plays: bool) -> Reply {
        let Some(bridge) = self.bridges.get_mut(id) else {
            return Reply::refused(404, "Bridge not found");
        };
        if !plays && !bridge.plays_music {
            return Reply::refused(409, "Bridge isn't playing music");
        }
        bridge.plays_music = plays;
        Reply::empty()
    }
}

/// What a bridge may be asked to be.
const KINDS: [&str; 7] = [
    "mixing",
    "holding",
    "dtmf_events",
    "proxy_media",
    "video_sfu",
    "video_single",
    "sdp_label",
];
