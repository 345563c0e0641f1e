//! `/events`: the event websocket, events that we raise ourselves, calls that are offered to many.

use serde_json::{Value, json};

use super::applications::{EventSource, texts};
use crate::{
    id::ChannelId,
    request::{Request, Upgraded},
    version::Since,
};

/// `GET /events` opens the websocket on which the events of `apps` come, and registers them.
pub fn socket(apps: &[&str], heard: Heard) -> Request<Upgraded> {
    Request::get(["events"])
        .query_list("app", apps)
        .query_flag("subscribeAll", heard == Heard::Everything)
}

/// What an application hears without a subscription of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Everything that happens in this Asterisk.
    Everything,
    /// What concerns the channels and bridges that are in it.
    Own,
}

/// `POST /events/user/{name}` raises a `ChannelUserevent` in `app`, about `sources` and carrying `variables`, an object.
pub fn raise(name: &str, app: &str, sources: &[EventSource], variables: &Value) -> Request<()> {
    let mut request = Request::post(["events", "user", name]).query("application", app);
    if !sources.is_empty() {
        request = request.query_list("source", texts(sources));
    }
    request.body(json!({ "variables": variables }))
}

/// `POST /events/claim` takes for `app` a channel that `StasisBroadcast` offers to many; 409 if another was quicker.
pub fn claim(channel: &ChannelId, app: &str) -> Request<()> {
    Request::post(["events", "claim"])
        .query("channelId", channel.as_str())
        .query("application", app)
        .since(Since::VARIABLES)
}
