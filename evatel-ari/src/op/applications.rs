//! `/applications`: what an application is told.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use crate::{
    event::EventName,
    id::{BridgeId, ChannelId, DeviceName, EndpointName},
    model::{Application, EventType},
    request::Request,
    subject::Subject,
};

/// `GET /applications` lists the applications that are registered.
pub fn list() -> Request<Vec<Application>> {
    Request::get(["applications"])
}

/// `GET /applications/{app}` says what an application is subscribed to.
pub fn get(app: &str) -> Request<Application> {
    Request::get(["applications", app])
}

/// `POST /applications/{app}/subscription` subscribes it to the events about `sources`.
///
/// At the first source that does not exist it stops with 422; those before it are subscribed to.
pub fn subscribe(app: &str, sources: &[EventSource]) -> Request<Application> {
    Request::post(["applications", app, "subscription"]).query_list("eventSource", texts(sources))
}

/// `DELETE /applications/{app}/subscription` takes subscriptions back; 422 for one that was never made.
pub fn unsubscribe(app: &str, sources: &[EventSource]) -> Request<Application> {
    Request::delete(["applications", app, "subscription"]).query_list("eventSource", texts(sources))
}

/// `PUT /applications/{app}/eventFilter` says which types of events the application gets.
pub fn filter(app: &str, filter: &EventFilter) -> Request<Application> {
    Request::put(["applications", app, "eventFilter"]).body(json!(filter))
}

/// Whom events are about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EventSource {
    /// Every bridge there is and will be.
    AllBridges,
    /// Every channel.
    AllChannels,
    /// Every device state.
    AllDeviceStates,
    /// Every endpoint.
    AllEndpoints,
    /// One bridge.
    Bridge(BridgeId),
    /// One channel.
    Channel(ChannelId),
    /// One device, such as `PJSIP/101` or `Stasis:door`.
    DeviceState(DeviceName),
    /// One endpoint, such as `PJSIP/101`.
    Endpoint(EndpointName),
    /// Every endpoint of one technology.
    Technology(String),
}

impl fmt::Display for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllBridges => f.write_str("bridge:"),
            Self::AllChannels => f.write_str("channel:"),
            Self::AllDeviceStates => f.write_str("deviceState:"),
            Self::AllEndpoints => f.write_str("endpoint:"),
            Self::Bridge(id) => write!(f, "bridge:{id}"),
            Self::Channel(id) => write!(f, "channel:{id}"),
            Self::DeviceState(name) => write!(f, "deviceState:{name}"),
            Self::Endpoint(name) => write!(f, "endpoint:{name}"),
            Self::Technology(technology) => write!(f, "endpoint:{technology}"),
        }
    }
}

impl From<&ChannelId> for EventSource {
    fn from(id: &ChannelId) -> Self {
        Self::Channel(id.clone())
    }
}

impl From<&BridgeId> for EventSource {
    fn from(id: &BridgeId) -> Self {
        Self::Bridge(id.clone())
    }
}

impl Subject {
    /// Gives the event source that brings its events; none for what Asterisk tells of without being asked.
    pub fn source(&self) -> Option<EventSource> {
        match self {
            Self::Bridge(id) => Some(EventSource::Bridge(id.clone())),
            Self::Channel(id) => Some(EventSource::Channel(id.clone())),
            Self::Device(name) => Some(EventSource::DeviceState(name.clone())),
            Self::Endpoint(name) => Some(EventSource::Endpoint(name.clone())),
            Self::Application(_) | Self::Playback(_) | Self::Recording(_) => None,
        }
    }
}

pub(super) fn texts(sources: &[EventSource]) -> impl Iterator<Item = String> {
    sources.iter().map(ToString::to_string)
}

/// Which types of events an application gets. Of a type in both lists it gets none.
///
/// A list that is `None` stays as it is, unless both are: then both are emptied. An empty list allows, or keeps away, nothing special.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EventFilter {
    /// Only these come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<EventType>>,
    /// These do not come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disallowed: Option<Vec<EventType>>,
}

impl EventFilter {
    /// Lets only the named types come.
    pub fn only(names: impl IntoIterator<Item = EventName>) -> Self {
        Self {
            allowed: Some(types(names)),
            disallowed: None,
        }
    }

    /// Keeps the named types away.
    pub fn without(names: impl IntoIterator<Item = EventName>) -> Self {
        Self {
            allowed: None,
            disallowed: Some(types(names)),
        }
    }
}

fn types(names: impl IntoIterator<Item = EventName>) -> Vec<EventType> {
    names.into_iter().map(|name| EventType { name }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_source_names_scheme_and_id() {
        let source = |subject: Subject| subject.source().map(|source| source.to_string());
        assert_eq!(
            source(Subject::Channel("1700.1".into())).as_deref(),
            Some("channel:1700.1")
        );
        assert_eq!(
            source(Subject::Device("Stasis:door".into())).as_deref(),
            Some("deviceState:Stasis:door")
        );
        assert_eq!(source(Subject::Playback("p".into())), None);
    }
}
