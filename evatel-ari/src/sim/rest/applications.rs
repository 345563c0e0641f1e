//! `/applications`.

use serde_json::Value;

use super::{no_such_method, not_found};
use crate::sim::{
    http::{Asked, Reply},
    world::World,
};

impl World {
    pub(super) fn applications(&mut self, path: &[&str], asked: &Asked) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", []) => {
                let names: Vec<_> = self.apps.keys().collect();
                Reply::json(
                    &names
                        .into_iter()
                        .filter_map(|name| self.describe_app(name))
                        .collect::<Value>(),
                )
            }
            (_, []) => no_such_method(),
            (_, [app, ..]) if !self.apps.contains_key(*app) => Reply::refused(404, "Application not found"),
            ("GET", [app]) => self.told(app),
            ("POST", [app, "subscription"]) => self.subscribed(app, asked),
            ("DELETE", [app, "subscription"]) => self.unsubscribed(app, asked),
            ("PUT", [app, "eventFilter"]) => match self.filter(app, &asked.body) {
                true => self.told(app),
                false => Reply::refused(400, "Invalid format definition"),
            },
            (_, [_] | [_, "subscription" | "eventFilter"]) => no_such_method(),
            _ => not_found(),
        }
    }

    fn told(&self, app: &str) -> Reply {
        Reply::json(&self.describe_app(app).unwrap_or_default())
    }

    fn subscribed(&mut self, app: &str, asked: &Asked) -> Reply {
        let sources = match wanted(asked) {
            Ok(sources) => sources,
            Err(refusal) => return refusal,
        };
        if !sources.iter().all(|source| self.is_source(source)) {
            return Reply::refused(422, "Event source does not exist");
        }
        for source in sources {
            self.subscribe(app, &source);
        }
        self.told(app)
    }

    fn unsubscribed(&mut self, app: &str, asked: &Asked) -> Reply {
        let sources = match wanted(asked) {
            Ok(sources) => sources,
            Err(refusal) => return refusal,
        };
        let told = self.describe_app(app).unwrap_or_default();
        for source in sources {
            if !self.unsubscribe(app, &source) {
                return Reply::refused(422, "Event source was not subscribed to");
            }
        }
        Reply::json(&self.describe_app(app).unwrap_or(told))
    }

    /// Says whether there is something to subscribe to; without an id it is all of a kind.
    fn is_source(&self, source: &str) -> bool {
        match source.split_once(':') {
            Some((_, "")) | Some(("deviceState", _)) => true,
            Some(("channel", id)) => self.channels.contains_key(id),
            Some(("bridge", id)) => self.bridges.contains_key(id),
            Some(("endpoint", name)) => match name.split_once('/') {
                Some((technology, resource)) => self.endpoint(technology, resource).is_some(),
                None => self
                    .devices
                    .endpoints
                    .keys()
                    .any(|(technology, _)| technology == name),
            },
            _ => false,
        }
    }
}

fn wanted(asked: &Asked) -> Result<Vec<String>, Reply> {
    let sources = asked.list("eventSource");
    if sources.is_empty() {
        return Err(Reply::refused(400, "Missing parameter eventSource"));
    }
    let kind = |source: &String| source.split_once(':').map(|(kind, _)| kind.to_owned());
    let known = ["bridge", "channel", "deviceState", "endpoint"];
    // Asterisk looks at one after the other: what does not exist is refused before what comes behind it.
    if !kind(&sources[0]).is_some_and(|kind| known.contains(&kind.as_str())) {
        return Err(Reply::refused(400, "Invalid event source URI scheme"));
    }
    Ok(sources)
}
