//! `/applications`: what an application is told.

use serde_json::json;

use crate::{model::Application, request::Request};

/// `GET /applications` lists the applications that are registered.
pub fn list() -> Request<Vec<Application>> {
    Request::get(["applications"])
}

/// `GET /applications/{app}` says what an application is subscribed to.
pub fn get(app: &str) -> Request<Application> {
    Request::get(["applications", app])
}

/// `POST /applications/{app}/subscription` subscribes it to `source`, such as `channel:1700.12`.
pub fn subscribe(app: &str, source: &str) -> Request<Application> {
    Request::post(["applications", app, "subscription"]).query("eventSource", source)
}

/// `DELETE /applications/{app}/subscription` takes one subscription back.
pub fn unsubscribe(app: &str, source: &str) -> Request<Application> {
    Request::delete(["applications", app, "subscription"]).query("eventSource", source)
}

/// `PUT /applications/{app}/eventFilter` keeps the named event types away from the application.
pub fn disallow(app: &str, types: &[&str]) -> Request<Application> {
    let types: Vec<_> = types.iter().map(|name| json!({ "type": name })).collect();
    Request::put(["applications", app, "eventFilter"]).body(json!({ "disallowed": types }))
}
