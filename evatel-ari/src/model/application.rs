//! Applications.

use serde::{Deserialize, Serialize};

use crate::{
    event::EventName,
    id::{BridgeId, ChannelId, DeviceName, EndpointName},
};

/// An application and what it is subscribed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The channels of which it gets the events.
    pub channel_ids: Vec<ChannelId>,
    /// The bridges of which it gets the events.
    pub bridge_ids: Vec<BridgeId>,
    /// The endpoints of which it gets the events, such as `PJSIP/101`.
    pub endpoint_ids: Vec<EndpointName>,
    /// The devices of which it gets the states.
    pub device_names: Vec<DeviceName>,
    /// The only types of events that it gets, if there are any.
    pub events_allowed: Vec<EventType>,
    /// The types of events that it does not get.
    pub events_disallowed: Vec<EventType>,
}

/// The type of an event, as filters name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct EventType {
    /// Its name.
    #[serde(rename = "type")]
    pub name: EventName,
}
