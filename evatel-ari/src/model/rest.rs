//! Requests and answers that go over the event websocket.

use serde::{Deserialize, Serialize};

/// A request over the websocket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RestRequest {
    /// Always `RESTRequest`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Ours; the answer quotes it.
    pub transaction_id: String,
    /// Ours; the answer quotes it.
    pub request_id: String,
    /// The HTTP method.
    pub method: String,
    /// Path below `/ari/`, with its query.
    pub uri: String,
    /// What the body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Parameters that do not stand in the URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_strings: Option<Vec<QueryParameter>>,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_body: Option<String>,
}

/// An answer over the websocket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RestResponse {
    /// Quoted from the request.
    pub transaction_id: String,
    /// Quoted from the request.
    pub request_id: String,
    /// The HTTP status.
    pub status_code: i64,
    /// Its name.
    pub reason_phrase: String,
    /// The path that was asked.
    pub uri: String,
    /// What the body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_body: Option<String>,
}

/// A header of HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RestHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A parameter of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct QueryParameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}
