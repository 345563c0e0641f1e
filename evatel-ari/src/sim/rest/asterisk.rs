//! `/asterisk` and `/sounds`: what the server says of itself.

use serde_json::{Value, json};

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::{World, timestamp},
};

impl World {
    pub(super) fn asterisk(&mut self, path: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", ["info"]) => Reply::json(&self.info(&asked.list("only"))),
            ("GET", ["ping"]) => {
                let pong = json!({ "ping": "pong", "timestamp": timestamp(), "asterisk_id": self.entity });
                Reply::json(&pong)
            }
            ("GET" | "POST", ["variable"]) => self.global_variable(asked),
            ("GET", ["modules"]) => Reply::json(&MODULES.iter().map(|name| module(name)).collect::<Value>()),
            ("GET", ["modules", name]) => match MODULES.contains(name) {
                true => Reply::json(&module(name)),
                false => Reply::refused(404, "Module could not be found in running modules"),
            },
            ("POST", ["modules", name]) => match MODULES.contains(name) {
                true => Reply::refused(409, "Module is already loaded"),
                false => Reply::refused(409, "Module load declined"),
            },
            ("PUT" | "DELETE", ["modules", name]) => match MODULES.contains(name) {
                true => Reply::empty(),
                false => Reply::refused(404, "Module not found in running modules"),
            },
            ("GET", ["logging"]) => Reply::json(&json!([])),
            ("PUT", ["logging", _, "rotate"]) | ("DELETE", ["logging", _]) => {
                Reply::refused(404, "Log channel does not exist")
            }
            ("GET" | "PUT" | "DELETE", ["config", "dynamic", class, _, _]) => {
                Reply::refused(404, &format!("configClass '{class}' not found"))
            }
            (_, ["info" | "ping" | "variable" | "modules" | "logging"] | ["modules" | "logging", _]) => {
                no_such_method()
            }
            _ => not_found(),
        }
    }

    fn info(&self, only: &[String]) -> Value {
        let mut all = json!({
            "build": { "os": "Linux", "kernel": "unknown", "machine": "unknown", "options": "", "date": "", "user": "" },
            "system": { "version": self.version, "entity_id": self.entity },
            "config": { "name": "", "default_language": "en", "setid": { "user": "", "group": "" } },
            "status": { "startup_time": STARTED, "last_reload_time": STARTED },
        });
        if let Some(parts) = all.as_object_mut()
            && !only.is_empty()
        {
            parts.retain(|name, _| only.contains(name));
        }
        all
    }

    fn global_variable(&mut self, asked: &Asked) -> Reply {
        let name = asked.param("variable");
        if name.is_empty() {
            return Reply::refused(400, "Variable name is required");
        }
        if asked.method == "POST" {
            self.globals
                .insert(name.to_owned(), asked.param("value").to_owned());
            return Reply::empty();
        }
        let value = self.globals.get(name).cloned().unwrap_or_default();
        Reply::json(&json!({ "value": value }))
    }

    pub(super) fn installed_sounds(&self, path: &[&str], asked: &Asked) -> Reply {
        let sound = |id: &str| json!({ "id": id, "formats": [{ "language": "en", "format": "slin" }] });
        match (asked.method.as_str(), path) {
            ("GET", []) => match asked.given("lang").is_some_and(|language| language != "en") {
                true => Reply::refused(404, "No sounds found that matched the query"),
                false => Reply::json(&self.sounds.keys().map(|id| sound(id)).collect::<Value>()),
            },
            ("GET", [id]) => match self.sounds.contains_key(*id) {
                true => Reply::json(&sound(id)),
                false => Reply::refused(404, "Sound not found"),
            },
            (_, [] | [_]) => no_such_method(),
            _ => not_found(),
        }
    }
}

fn module(name: &str) -> Value {
    json!({ "name": name, "description": "", "use_count": 1, "status": "Running", "support_level": "core" })
}

const STARTED: &str = "2026-11-22T09:00:00.000+0000";
const MODULES: [&str; 4] = [
    "chan_audiosocket.so",
    "chan_websocket.so",
    "res_ari.so",
    "res_stasis.so",
];
