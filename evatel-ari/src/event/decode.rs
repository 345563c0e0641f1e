//! How an event's payload is read and written: straight into the variant that its name says.
//!
//! serde's own `tag = "type"` keeps the whole payload in a tree until it has found the tag, which doubles the work. Here the name
//! is known before (the envelope has it), so the derived code for a tag outside is used, and told the name.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, EnumAccess, Error as _, IgnoredAny, IntoDeserializer, VariantAccess, Visitor},
    forward_to_deserialize_any,
    ser::Error as _,
};
use serde_json::{Map, Value};

use super::{EventKind, EventName};

impl EventKind {
    /// Reads the payload of an event of this name; a name without a variant is [`EventKind::Unknown`].
    pub(super) fn read(name: &EventName, text: &str) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        let kind = Self::named(name, &mut json)?;
        json.end()?;
        Ok(kind)
    }

    fn named<'de, D: Deserializer<'de>>(name: &EventName, payload: D) -> Result<Self, D::Error> {
        match name {
            EventName::Other(_) => IgnoredAny::deserialize(payload).map(|_| Self::Unknown),
            known => Self::deserialize(Named {
                name: known.as_str(),
                payload,
            }),
        }
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let payload = Value::deserialize(deserializer)?;
        let name = payload.get("type").and_then(Value::as_str).unwrap_or_default();
        Self::named(&EventName::from(name), &payload).map_err(D::Error::custom)
    }
}

impl Serialize for EventKind {
    /// Writes the payload with its `type`. [`EventKind::Malformed`] and [`EventKind::Unknown`] have none: their text is [`super::Event::raw`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outside = Self::serialize(self, serde_json::value::Serializer).map_err(S::Error::custom)?;
        let named = outside.as_object().and_then(|outside| outside.iter().next());
        let Some((name, Value::Object(fields))) = named else {
            return Err(S::Error::custom("the event has no fields of its own"));
        };
        let mut event = Map::from_iter([("type".to_owned(), Value::from(name.as_str()))]);
        event.extend(fields.clone());
        event.serialize(serializer)
    }
}

/// A payload with the name of its variant, as an enum whose tag stands outside.
struct Named<'a, D> {
    name: &'a str,
    payload: D,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Named<'_, D> {
    type Error = D::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_enum(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Named<'_, D> {
    type Error = D::Error;
    type Variant = Payload<D>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Payload<D>), D::Error> {
        let variant = seed.deserialize(self.name.into_deserializer())?;
        Ok((variant, Payload(self.payload)))
    }
}

struct Payload<D>(D);

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Payload<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        IgnoredAny::deserialize(self.0).map(drop)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, D::Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_written_and_read_again_is_the_same() {
        for text in [
            r#"{"type":"ChannelDtmfReceived","digit":"5","duration_ms":160,"channel":{"id":"1700.1"}}"#,
            r#"{"type":"ApplicationReplaced","application":"evatel"}"#,
            r#"{"type":"BridgeBlindTransfer","channel":{"id":"1700.1"},"exten":"100","context":"x","result":"Success"}"#,
        ] {
            let name = EventName::from(
                serde_json::from_str::<Value>(text).unwrap()["type"]
                    .as_str()
                    .unwrap(),
            );
            let kind = EventKind::read(&name, text).unwrap();
            let written = serde_json::to_string(&kind).unwrap();
            assert!(
                written.contains(&format!(r#""type":"{}""#, name.as_str())),
                "{written}"
            );
            assert_eq!(serde_json::from_str::<EventKind>(&written).unwrap(), kind);
        }
    }

    #[test]
    fn a_name_without_a_variant_is_unknown_and_has_no_form_of_its_own() {
        let kind: EventKind = serde_json::from_str(r#"{"type":"ChannelTeleported","to":"mars"}"#).unwrap();
        assert_eq!(kind, EventKind::Unknown);
        assert!(serde_json::to_string(&kind).is_err());
    }
}
