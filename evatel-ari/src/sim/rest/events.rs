//! `/events`: events that programs raise, and claims. The websocket itself is in `socket`.

use serde_json::{Map, Value, json};

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::{World, dialplan::Claim},
};

impl World {
    pub(super) fn events(&mut self, path: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", []) => Reply::refused(426, "Upgrade Required"),
            ("POST", ["user", name]) => self.user_event(name, asked),
            ("POST", ["claim"]) => self.claimed(asked),
            (_, [] | ["user", _] | ["claim"]) => no_such_method(),
            _ => not_found(),
        }
    }

    fn user_event(&mut self, name: &str, asked: &Asked) -> Reply {
        let app = asked.param("application");
        if app.is_empty() {
            return Reply::refused(400, "Missing parameter application");
        }
        if !self.apps.contains_key(app) {
            return Reply::refused(404, "Application not found");
        }
        let mut event = json!({ "type": "ChannelUserevent", "eventname": name });
        for source in asked.list("source") {
            let found = match source.split_once(':') {
                Some(("channel", id)) => (
                    "channel",
                    self.channels.contains_key(id).then(|| self.channel(id)),
                ),
                Some(("bridge", id)) => ("bridge", self.bridges.contains_key(id).then(|| self.bridge(id))),
                Some(("endpoint", name)) => {
                    let (technology, resource) = name.split_once('/').unwrap_or((name, ""));
                    ("endpoint", self.endpoint(technology, resource))
                }
                _ => return Reply::refused(400, "Invalid event source URI scheme"),
            };
            let (kind, Some(told)) = found else {
                return Reply::refused(422, "Event source was not found");
            };
            event[kind] = told;
        }
        let mut userevent = asked.body["variables"]
            .as_object()
            .cloned()
            .unwrap_or_else(Map::new);
        userevent.insert("eventname".to_owned(), name.into());
        event["userevent"] = Value::Object(userevent);
        self.tell(app, event);
        Reply::empty()
    }

    fn claimed(&mut self, asked: &Asked) -> Reply {
        let (channel, app) = (asked.param("channelId"), asked.param("application"));
        if channel.is_empty() {
            return Reply::refused(400, "channelId parameter is required");
        }
        if app.is_empty() {
            return Reply::refused(400, "application parameter is required");
        }
        match self.claim(channel, app) {
            Claim::Ours => Reply::empty(),
            Claim::Taken => Reply::refused(409, "Channel has already been claimed by another application"),
            Claim::NotOffered => Reply::refused(404, "Channel not found or not in broadcast state"),
        }
    }
}
