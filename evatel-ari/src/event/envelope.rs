//! What the router must know of an event: its name and whom it concerns. One pass over the text that borrows from it and skips
//! all the rest, an eighth of the work of reading everything; where the [`front`] says enough, not even that.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use smallvec::{SmallVec, smallvec};

use super::{front::front, name::EventName};
use crate::subject::{SubjectKind, SubjectRef};

/// The outside of an event.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) name: EventName,
    /// The application of an event about applications; others may leave it empty.
    pub(crate) application: Cow<'a, str>,
    /// The channel that it happened to; others may be concerned.
    pub(crate) channel: Option<Cow<'a, str>>,
    /// Whom it concerns, each once, in the order of the text.
    pub(crate) subjects: SmallVec<[SubjectRef<'a>; 4]>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn read(text: &'a str) -> serde_json::Result<Self> {
        let Some((name, channel)) = front(text) else {
            return Self::read_all(text);
        };
        let subject = SubjectRef {
            kind: SubjectKind::Channel,
            id: Cow::Borrowed(channel),
        };
        Ok(Self {
            name,
            application: Cow::Borrowed(""),
            channel: Some(subject.id.clone()),
            subjects: smallvec![subject],
        })
    }

    /// Goes through the whole text.
    pub(super) fn read_all(text: &'a str) -> serde_json::Result<Self> {
        let mut envelope = serde_json::from_str::<Self>(text)?;
        let is_about_applications = matches!(
            envelope.name,
            EventName::ApplicationMoveFailed
                | EventName::ApplicationRegistered
                | EventName::ApplicationReplaced
                | EventName::ApplicationUnregistered
        );
        if is_about_applications {
            let application = envelope.application.clone();
            envelope.add(SubjectKind::Application, application);
        }
        Ok(envelope)
    }

    fn add(&mut self, kind: SubjectKind, id: Cow<'a, str>) {
        let subject = SubjectRef { kind, id };
        if !subject.id.is_empty() && !self.subjects.contains(&subject) {
            self.subjects.push(subject);
        }
    }
}

impl EventName {
    /// Says whether nothing more will come about a subject of this kind after the event.
    pub(crate) fn ends(&self, kind: SubjectKind) -> bool {
        matches!(
            (self, kind),
            (Self::ChannelDestroyed, SubjectKind::Channel)
                | (Self::BridgeDestroyed, SubjectKind::Bridge)
                | (Self::PlaybackFinished, SubjectKind::Playback)
                | (
                    Self::RecordingFailed | Self::RecordingFinished,
                    SubjectKind::Recording
                )
        )
    }
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Outside)
    }
}

/// What stands under a key of an event, or of a part of it.
enum Field {
    Application,
    Channel,
    Is(SubjectKind),
    /// A part that speaks of channels and bridges itself.
    Part,
    Skipped,
    Type,
}

impl Field {
    fn of(key: &str) -> Self {
        match key {
            "type" => Self::Type,
            "application" => Self::Application,
            "channel" => Self::Channel,
            "caller"
            | "connected_channel"
            | "destination_channel"
            | "destination_link_first_leg"
            | "destination_link_second_leg"
            | "destination_threeway_channel"
            | "forwarded"
            | "peer"
            | "replace_channel"
            | "source_channel"
            | "transfer_target"
            | "transferee"
            | "transferer_first_leg"
            | "transferer_second_leg" => Self::Is(SubjectKind::Channel),
            "bridge"
            | "bridge_from"
            | "destination_threeway_bridge"
            | "transferer_first_leg_bridge"
            | "transferer_second_leg_bridge" => Self::Is(SubjectKind::Bridge),
            "device_state" => Self::Is(SubjectKind::Device),
            "endpoint" => Self::Is(SubjectKind::Endpoint),
            "playback" => Self::Is(SubjectKind::Playback),
            "recording" => Self::Is(SubjectKind::Recording),
            "refer_to" | "referred_by" => Self::Part,
            _ => Self::Skipped,
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;
        impl Visitor<'_> for Key {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Field, E> {
                Ok(Field::of(key))
            }
        }
        deserializer.deserialize_identifier(Key)
    }
}

struct Outside;

impl<'de> Visitor<'de> for Outside {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'de>, A::Error> {
        let mut envelope = Envelope {
            name: EventName::Other("".into()),
            application: Cow::Borrowed(""),
            channel: None,
            subjects: SmallVec::new(),
        };
        while let Some(field) = map.next_key::<Field>()? {
            match field {
                Field::Type => envelope.name = EventName::from(&*map.next_value::<Text<'de>>()?.0),
                Field::Channel => {
                    if let Some(id) = map.next_value_seed(IdOf(SubjectKind::Channel))? {
                        envelope.channel = Some(id.clone());
                        envelope.add(SubjectKind::Channel, id);
                    }
                }
                Field::Application => envelope.application = map.next_value::<Text<'de>>()?.0,
                Field::Is(kind) => {
                    if let Some(id) = map.next_value_seed(IdOf(kind))? {
                        envelope.add(kind, id);
                    }
                }
                Field::Part => map.next_value_seed(Part(&mut envelope))?,
                Field::Skipped => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(envelope)
    }
}

/// A part of a transfer, searched as the event itself is.
struct Part<'a, 'de>(&'a mut Envelope<'de>);

impl<'de> DeserializeSeed<'de> for Part<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a transfer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key::<Field>()? {
            match field {
                Field::Is(kind) => {
                    if let Some(id) = map.next_value_seed(IdOf(kind))? {
                        self.0.add(kind, id);
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Finds the id in a model. Whatever is no object has none: `caller` is a channel in `Dial` and a text in `CallBroadcast`.
///
/// Asterisk writes the id first: the model is skipped as a whole and its front looked at, half the work of going through
/// its keys. That is done where the id stands elsewhere, or holds escapes.
struct IdOf(SubjectKind);

impl IdOf {
    /// Under which key the id stands.
    fn key(&self) -> &'static str {
        match self.0 {
            SubjectKind::Device | SubjectKind::Recording => "name",
            SubjectKind::Endpoint => "resource",
            _ => "id",
        }
    }

    fn at_front<'a>(&self, model: &'a str) -> Option<&'a str> {
        let rest = model
            .strip_prefix("{\"")?
            .strip_prefix(self.key())?
            .strip_prefix("\":\"")?;
        let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
        (rest.as_bytes()[end] == b'"').then(|| &rest[..end])
    }
}

impl<'de> DeserializeSeed<'de> for IdOf {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let model = <&RawValue>::deserialize(deserializer)?.get();
        if let Some(id) = self.at_front(model) {
            return Ok(Some(Cow::Borrowed(id)));
        }
        let mut model = serde_json::Deserializer::from_str(model);
        model.deserialize_any(self).map_err(D::Error::custom)
    }
}

impl<'de> Visitor<'de> for IdOf {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something with an id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let key = self.key();
        let (mut id, mut technology) = (None, None);
        while let Some(is) = map.next_key_seed(WhichKey(key))? {
            match is {
                Which::Wanted => id = Some(map.next_value::<Text<'de>>()?.0),
                Which::Technology if self.0 == SubjectKind::Endpoint => {
                    technology = Some(map.next_value::<Text<'de>>()?.0);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(match (id, technology) {
            (Some(resource), Some(technology)) => Some(Cow::Owned(format!("{technology}/{resource}"))),
            (id, _) => id,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Tells the key that is looked for from the others.
struct WhichKey(&'static str);

enum Which {
    Other,
    Technology,
    Wanted,
}

impl<'de> DeserializeSeed<'de> for WhichKey {
    type Value = Which;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Which, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for WhichKey {
    type Value = Which;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Which, E> {
        Ok(match key {
            key if key == self.0 => Which::Wanted,
            "technology" => Which::Technology,
            _ => Which::Other,
        })
    }
}

/// A text, borrowed unless it holds escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests;
