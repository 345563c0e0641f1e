//! `/events`: events that we raise ourselves.

use serde_json::{Value, json};

use crate::request::Request;

/// `POST /events/user/{name}` raises a `ChannelUserevent` in `app`, carrying `variables`.
pub fn raise(name: &str, app: &str, variables: &Value) -> Request<()> {
    Request::post(["events", "user", name])
        .query("application", app)
        .body(json!({ "variables": variables }))
}
