//! `/endpoints`: telephones and trunks, whether they talk or not.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{model::Endpoint, request::Request, version::Since};

/// `GET /endpoints` lists every endpoint.
pub fn list() -> Request<Vec<Endpoint>> {
    Request::get(["endpoints"])
}

/// `GET /endpoints/{tech}` lists those of one technology, such as `PJSIP`.
pub fn list_of(technology: &str) -> Request<Vec<Endpoint>> {
    Request::get(["endpoints", technology])
}

/// `GET /endpoints/{tech}/{resource}` describes one.
pub fn get(technology: &str, resource: &str) -> Request<Endpoint> {
    Request::get(["endpoints", technology, resource])
}

/// A text message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Who sends it, such as `pjsip:101` or a SIP URI.
    pub from: String,
    /// Its text.
    pub body: Option<String>,
    /// What goes along, such as SIP headers.
    pub variables: BTreeMap<String, String>,
}

impl Message {
    /// Makes a message of text alone.
    pub fn new(from: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            body: Some(body.into()),
            variables: BTreeMap::new(),
        }
    }
}

/// `PUT /endpoints/sendMessage` sends a text message to a URI, such as `pjsip:101` or `pjsip:trunk/sip:alice@example.com`.
pub fn send_message(to: &str, message: &Message) -> Request<()> {
    Request::put(["endpoints", "sendMessage"])
        .query("to", to)
        .message(message)
}

/// `PUT /endpoints/{tech}/{resource}/sendMessage` sends a text message to an endpoint.
pub fn send_message_to(technology: &str, resource: &str, message: &Message) -> Request<()> {
    Request::put(["endpoints", technology, resource, "sendMessage"]).message(message)
}

/// What asks an endpoint to call somebody (SIP REFER).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refer {
    /// Who asks, such as `pjsip:101` or a SIP URI.
    pub from: String,
    /// Whom it shall call, as a URI or an endpoint.
    pub refer_to: String,
    /// Whether the endpoint named in `refer_to` shall be reached through Asterisk.
    pub to_self: bool,
    /// What goes along, such as SIP headers.
    pub variables: BTreeMap<String, String>,
}

impl Refer {
    /// Makes one with nothing that goes along.
    pub fn new(from: impl Into<String>, refer_to: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            refer_to: refer_to.into(),
            to_self: false,
            variables: BTreeMap::new(),
        }
    }
}

/// `POST /endpoints/refer` refers whoever is at the URI `to`.
pub fn refer(to: &str, refer: &Refer) -> Request<()> {
    Request::post(["endpoints", "refer"]).query("to", to).refer(refer)
}

/// `POST /endpoints/{tech}/{resource}/refer` refers an endpoint.
pub fn refer_endpoint(technology: &str, resource: &str, refer: &Refer) -> Request<()> {
    Request::post(["endpoints", technology, resource, "refer"]).refer(refer)
}

impl Request<()> {
    fn message(self, message: &Message) -> Self {
        self.query("from", &message.from)
            .query_opt("body", message.body.as_deref())
            .texts(&message.variables)
    }

    fn refer(self, refer: &Refer) -> Self {
        self.query("from", &refer.from)
            .query("refer_to", &refer.refer_to)
            .query_flag("to_self", refer.to_self)
            .texts(&refer.variables)
            .since(Since::REFER)
    }

    fn texts(self, variables: &BTreeMap<String, String>) -> Self {
        match variables.is_empty() {
            true => self,
            false => self.body(json!({ "variables": variables })),
        }
    }
}
