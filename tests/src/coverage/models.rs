//! Which type a documented model is, and which words its fields know.

use evatel_ari::{Event, EventKind, model as ari};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Decodes a document and encodes it again; none if we have no such model.
pub(super) fn round_trip(model: &str, document: &Value) -> Option<serde_json::Result<Value>> {
    let again = match model {
        "AdditionalParam" => of::<ari::ProtocolParameter>(document),
        "Application" => of::<ari::Application>(document),
        "AsteriskInfo" => of::<ari::AsteriskInfo>(document),
        "AsteriskPing" => of::<ari::AsteriskPing>(document),
        "Bridge" => of::<ari::Bridge>(document),
        "BuildInfo" => of::<ari::BuildInfo>(document),
        "CallerID" => of::<ari::Party>(document),
        "Channel" => of::<ari::Channel>(document),
        "ConfigInfo" => of::<ari::ConfigInfo>(document),
        "ConfigTuple" => of::<ari::ConfigTuple>(document),
        "ContactInfo" => of::<ari::ContactInfo>(document),
        "DeviceState" => of::<ari::DeviceState>(document),
        "Dialed" => of::<ari::Dialed>(document),
        "DialplanCEP" => of::<ari::Position>(document),
        "Endpoint" => of::<ari::Endpoint>(document),
        "FormatLangPair" => of::<ari::FormatLanguage>(document),
        "LiveRecording" => of::<ari::LiveRecording>(document),
        "LogChannel" => of::<ari::LogChannel>(document),
        "Mailbox" => of::<ari::Mailbox>(document),
        "Module" => of::<ari::Module>(document),
        "Peer" => of::<ari::Peer>(document),
        "Playback" => of::<ari::Playback>(document),
        "RESTHeader" => of::<ari::RestHeader>(document),
        "RESTQueryStringParameter" => of::<ari::QueryParameter>(document),
        "RESTRequest" => of::<ari::RestRequest>(document),
        "RTPstat" => of::<ari::RtpStatistics>(document),
        "ReferTo" => of::<ari::ReferTo>(document),
        "ReferredBy" => of::<ari::ReferredBy>(document),
        "RequiredDestination" => of::<ari::RequestedDestination>(document),
        "SetId" => of::<ari::SetId>(document),
        "Sound" => of::<ari::Sound>(document),
        "StatusInfo" => of::<ari::StatusInfo>(document),
        "StoredRecording" => of::<ari::StoredRecording>(document),
        "SystemInfo" => of::<ari::SystemInfo>(document),
        "TextMessage" => of::<ari::TextMessage>(document),
        "Variable" => of::<ari::Variable>(document),
        "Variables" => of::<ari::Variables>(document),
        _ => return of_message(model, document),
    };
    Some(again)
}

/// Lists the words that a field of a model has names for.
pub(super) fn words(model: &str, field: &str) -> Vec<&'static str> {
    macro_rules! known {
        ($words:ty) => {
            <$words>::KNOWN.iter().map(|word| word.as_str()).collect()
        };
    }
    match (model, field) {
        ("Bridge", "bridge_type") => known!(ari::BridgeType),
        ("Channel", "state") => known!(ari::ChannelState),
        ("ContactInfo", "contact_status") => known!(ari::ContactStatus),
        ("DeviceState", "state") => known!(ari::DeviceStatus),
        ("Endpoint", "state") => known!(ari::EndpointState),
        ("LiveRecording", "state") => known!(ari::RecordingState),
        ("Playback", "state") => known!(ari::PlaybackState),
        _ => Vec::new(),
    }
}

fn of<T: DeserializeOwned + Serialize>(document: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(document.clone())?)
}

/// A message is an event's header and what has a kind; `Message` and `Event` themselves are the header alone.
fn of_message(model: &str, document: &Value) -> Option<serde_json::Result<Value>> {
    let event = Event::read(&document.to_string());
    let header = event.header();
    let mut encoded = match event.kind() {
        EventKind::Unknown if !["Event", "Message"].contains(&model) => return None,
        EventKind::Unknown => json!({ "type": header.name }),
        EventKind::Malformed { error } => {
            return Some(Err(serde::de::Error::custom(error)));
        }
        kind => match serde_json::to_value(kind) {
            Ok(encoded) => encoded,
            Err(error) => return Some(Err(error)),
        },
    };
    encoded["application"] = json!(header.application);
    encoded["timestamp"] = json!(header.timestamp);
    encoded["asterisk_id"] = json!(header.asterisk_id);
    Some(Ok(encoded))
}
