//! `/deviceStates`, `/mailboxes` and `/endpoints`.

use serde_json::{Value, json};

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::World,
};

impl World {
    pub(super) fn device_states(&mut self, path: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", []) => {
                let states = self.devices.states.keys().map(|name| self.device_state(name));
                Reply::json(&states.collect::<Value>())
            }
            ("GET", [name]) => Reply::json(&self.device_state(name)),
            ("PUT" | "DELETE", [name]) if !name.starts_with("Stasis:") => {
                Reply::refused(409, "Uncontrolled device specified")
            }
            ("PUT", [name]) => {
                let state = asked.param("deviceState");
                if !STATES.contains(&state) {
                    return Reply::refused(500, "Unknown device");
                }
                self.set_device_state(name, state);
                Reply::empty()
            }
            ("DELETE", [name]) => {
                self.devices.states.remove(*name);
                Reply::empty()
            }
            (_, [] | [_]) => no_such_method(),
            _ => not_found(),
        }
    }

    pub(super) fn mailboxes(&mut self, path: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", []) => {
                let all = self
                    .devices
                    .mailboxes
                    .keys()
                    .filter_map(|name| self.mailbox(name));
                Reply::json(&all.collect::<Value>())
            }
            ("PUT", [name]) => {
                let count = |name| asked.number(name).unwrap_or_default();
                let counts = (count("newMessages"), count("oldMessages"));
                self.devices.mailboxes.insert((*name).to_owned(), counts);
                Reply::empty()
            }
            ("GET", [name]) => match self.mailbox(name) {
                Some(told) => Reply::json(&told),
                None => Reply::refused(404, "Mailbox is invalid"),
            },
            ("DELETE", [name]) => match self.devices.mailboxes.remove(*name) {
                Some(_) => Reply::empty(),
                None => Reply::refused(404, "Mailbox is invalid"),
            },
            (_, [] | [_]) => no_such_method(),
            _ => not_found(),
        }
    }

    pub(super) fn endpoints(&mut self, path: &[&str], asked: &Asked) -> Reply {
        let all = |technology: Option<&str>| -> Value {
            let known = self.devices.endpoints.keys();
            let meant = known.filter(|(known, _)| technology.is_none_or(|wanted| wanted == known));
            meant
                .filter_map(|(technology, resource)| self.endpoint(technology, resource))
                .collect()
        };
        match (asked.method.as_str(), path) {
            ("GET", []) => Reply::json(&all(None)),
            ("PUT", ["sendMessage"]) | ("POST", ["refer"]) => {
                let to = asked.param("to").split_once(':').map_or("", |(_, rest)| rest);
                let to = to.split_once('@').map_or(to, |(_, host)| host);
                let known = self.devices.endpoints.keys().any(|(_, resource)| resource == to);
                accepted(known)
            }
            ("GET", [technology]) => match all(Some(technology)) {
                Value::Array(found) if found.is_empty() => {
                    Reply::refused(404, &format!("No Endpoints found - invalid tech {technology}"))
                }
                found => Reply::json(&found),
            },
            ("GET", [technology, resource]) => match self.endpoint(technology, resource) {
                Some(told) => Reply::json(&told),
                None => Reply::refused(404, "Endpoint not found"),
            },
            ("PUT", [technology, resource, "sendMessage"]) | ("POST", [technology, resource, "refer"]) => {
                accepted(self.endpoint(technology, resource).is_some())
            }
            (_, [] | [_] | [_, _]) => no_such_method(),
            _ => not_found(),
        }
    }
}

fn accepted(known: bool) -> Reply {
    if !known {
        return Reply::refused(404, "Endpoint not found");
    }
    Reply {
        status: 202,
        ..Reply::json(&json!(null))
    }
}

/// What a device's state may be set to.
const STATES: [&str; 8] = [
    "NOT_INUSE",
    "INUSE",
    "BUSY",
    "INVALID",
    "UNAVAILABLE",
    "RINGING",
    "RINGINUSE",
    "ONHOLD",
];
