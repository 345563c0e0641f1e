//! Bridges and who is in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{World, channel::Variable, timestamp};

/// One bridge.
#[derive(Debug, Default)]
pub(in crate::sim) struct Bridge {
    pub(in crate::sim) name: String,
    pub(in crate::sim) is_holding: bool,
    /// In the order in which they came.
    pub(in crate::sim) channels: Vec<String>,
    /// How it mixed when its channels were last counted.
    technology: &'static str,
    pub(in crate::sim) created: String,
    pub(in crate::sim) plays_music: bool,
    pub(in crate::sim) variables: BTreeMap<String, Variable>,
}

impl Bridge {
    pub(in crate::sim) fn new(name: &str, is_holding: bool) -> Self {
        let mut bridge = Self {
            name: name.to_owned(),
            is_holding,
            created: timestamp(),
            ..Self::default()
        };
        bridge.settle();
        bridge
    }

    /// Chooses how to mix: Asterisk does it only after it has told who came or went.
    fn settle(&mut self) {
        self.technology = match self.channels.len() {
            _ if self.is_holding => "holding_bridge",
            0..=2 => "simple_bridge",
            _ => "softmix",
        };
    }
}

impl World {
    /// Describes a bridge as Asterisk does.
    pub(in crate::sim) fn bridge(&self, id: &str) -> Value {
        let Some(bridge) = self.bridges.get(id) else {
            return json!({ "id": id });
        };
        let mut told = json!({
            "id": id, "technology": bridge.technology,
            "bridge_type": if bridge.is_holding { "holding" } else { "mixing" },
            "bridge_class": "stasis", "creator": "Stasis", "name": bridge.name, "channels": bridge.channels,
            "creationtime": bridge.created, "video_mode": "talker",
        });
        let reported = bridge
            .variables
            .iter()
            .filter(|(_, variable)| variable.is_reported);
        let reported: BTreeMap<_, _> = reported.map(|(name, variable)| (name, &variable.value)).collect();
        if !reported.is_empty() {
            told["bridgevars"] = json!(reported);
        }
        told
    }

    pub(in crate::sim) fn raise_bridge(&mut self, id: &str, mut event: Value) {
        event["bridge"] = self.bridge(id);
        self.raise(&[format!("bridge:{id}")], &event);
    }

    pub(in crate::sim) fn add_bridge(&mut self, id: &str, bridge: Bridge) {
        self.bridges.insert(id.to_owned(), bridge);
        self.raise_bridge(id, json!({ "type": "BridgeCreated" }));
    }

    /// The channel comes into the bridge, out of any other; its application hears of the bridge from now on.
    pub(in crate::sim) fn join(&mut self, id: &str, channel: &str) {
        self.part(channel, true);
        let app = self
            .channels
            .get(channel)
            .and_then(|it| it.stay.as_ref())
            .map(|stay| stay.app.clone());
        if let Some(app) = app {
            self.subscribe(&app, &format!("bridge:{id}"));
        }
        if let Some(bridge) = self.bridges.get_mut(id) {
            bridge.channels.push(channel.to_owned());
        }
        let told = self.channel(channel);
        self.raise_bridge(id, json!({ "type": "ChannelEnteredBridge", "channel": told }));
        self.settle_bridge(id);
    }

    /// Gives the bridge in which a channel is.
    pub(in crate::sim) fn bridge_of(&self, channel: &str) -> Option<String> {
        let mut bridges = self.bridges.iter();
        let found = bridges.find(|(_, bridge)| bridge.channels.iter().any(|member| member == channel));
        found.map(|(id, _)| id.clone())
    }

    /// Takes a channel out of the bridge in which it is. If it stays in its application, that hears no more of the
    /// bridge; one that is hung up, or leaves the application, leaves the subscription behind.
    pub(in crate::sim) fn part(&mut self, channel: &str, stays: bool) {
        let Some(id) = self.bridge_of(channel) else {
            return;
        };
        if let Some(bridge) = self.bridges.get_mut(&id) {
            bridge.channels.retain(|member| member != channel);
        }
        let told = self.channel(channel);
        self.raise_bridge(&id, json!({ "type": "ChannelLeftBridge", "channel": told }));
        self.settle_bridge(&id);
        let app = self
            .channels
            .get(channel)
            .and_then(|known| known.stay.as_ref())
            .map(|stay| stay.app.clone());
        if let Some(app) = app
            && stays
        {
            self.unsubscribe(&app, &format!("bridge:{id}"));
        }
    }

    fn settle_bridge(&mut self, id: &str) {
        if let Some(bridge) = self.bridges.get_mut(id) {
            bridge.settle();
        }
    }

    /// Ends a bridge; its channels stay.
    pub(in crate::sim) fn destroy_bridge(&mut self, id: &str) {
        self.stop_sounds_of(&format!("bridge:{id}"));
        let channels = self
            .bridges
            .get(id)
            .map(|bridge| bridge.channels.clone())
            .unwrap_or_default();
        for channel in channels {
            self.part(&channel, true);
        }
        self.raise_bridge(id, json!({ "type": "BridgeDestroyed" }));
        self.bridges.remove(id);
        self.forget(&format!("bridge:{id}"));
    }

    /// Lists the media channels that hear what this one says: those in its bridge, and itself where somebody echoes.
    pub(in crate::sim) fn listeners(&self, channel: &str) -> Vec<String> {
        let members = self.bridge_of(channel).and_then(|id| self.bridges.get(&id));
        let Some(members) = members.map(|bridge| &bridge.channels) else {
            return Vec::new();
        };
        let others = members.iter().filter(|member| *member != channel);
        others
            .filter_map(|member| {
                let known = self.channels.get(member)?;
                let other = known.other.as_ref().and_then(|other| self.channels.get(other));
                if other.is_some_and(|other| other.echoes) {
                    return Some(channel.to_owned());
                }
                known.media.is_some().then(|| member.clone())
            })
            .collect()
    }
}
