//! Device states, mailboxes, and the endpoints that are configured.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;

/// The devices of the outside world.
#[derive(Debug, Default)]
pub(in crate::sim) struct Devices {
    /// Those under `Stasis:`, which programs set, by whole name.
    pub(in crate::sim) states: BTreeMap<String, String>,
    /// New and old messages.
    pub(in crate::sim) mailboxes: BTreeMap<String, (i64, i64)>,
    /// By technology and resource: `online`, `offline` or `unknown`.
    pub(in crate::sim) endpoints: BTreeMap<(String, String), String>,
}

impl World {
    pub(in crate::sim) fn device_state(&self, name: &str) -> Value {
        let known = self.devices.states.get(name).map(String::as_str);
        let unknown = if name.contains(':') { "UNKNOWN" } else { "INVALID" };
        json!({ "name": name, "state": known.unwrap_or(unknown) })
    }

    pub(in crate::sim) fn set_device_state(&mut self, name: &str, state: &str) {
        let former = self.devices.states.insert(name.to_owned(), state.to_owned());
        if former.as_deref() == Some(state) {
            return;
        }
        let told = self.device_state(name);
        self.raise(
            &[format!("deviceState:{name}")],
            &json!({ "type": "DeviceStateChanged", "device_state": told }),
        );
    }

    pub(in crate::sim) fn endpoint(&self, technology: &str, resource: &str) -> Option<Value> {
        let state = self
            .devices
            .endpoints
            .get(&(technology.to_owned(), resource.to_owned()))?;
        let front = format!("{technology}/{resource}-");
        let channels = self
            .channels
            .iter()
            .filter(|(_, channel)| channel.name.starts_with(&front));
        let ids: Vec<_> = channels.map(|(id, _)| id).collect();
        Some(json!({ "technology": technology, "resource": resource, "state": state, "channel_ids": ids }))
    }

    pub(in crate::sim) fn set_endpoint(&mut self, technology: &str, resource: &str, state: &str) {
        let key = (technology.to_owned(), resource.to_owned());
        let former = self.devices.endpoints.insert(key, state.to_owned());
        if former.is_some_and(|former| former != state) {
            let told = self.endpoint(technology, resource);
            self.raise(
                &[format!("endpoint:{technology}/{resource}")],
                &json!({ "type": "EndpointStateChange", "endpoint": told }),
            );
        }
    }

    pub(in crate::sim) fn mailbox(&self, name: &str) -> Option<Value> {
        let (new, old) = self.devices.mailboxes.get(name)?;
        Some(json!({ "name": name, "old_messages": old, "new_messages": new }))
    }
}
