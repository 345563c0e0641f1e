//! What Asterisk tells us: its name at a glance, everything else read when somebody looks.

mod decode;
mod envelope;
mod front;
pub mod kind;
mod name;

use std::{borrow::Cow, fmt, sync::OnceLock};

use serde::Deserialize;

pub(crate) use envelope::Envelope;
pub use kind::EventKind;
pub use name::EventName;

use crate::{
    subject::{Subject, SubjectRef},
    timestamp::Timestamp,
};

/// One event, as the text that came. Its name is known; the rest is read on the first look at [`Event::kind`].
pub struct Event {
    name: EventName,
    /// A copy of its own: a slice would keep the socket's whole read buffer alive as long as somebody keeps the event.
    raw: Box<str>,
    kind: OnceLock<Box<EventKind>>,
}

/// What every event says, borrowed from its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Header<'a> {
    /// The event's name, such as `StasisStart`.
    #[serde(rename = "type", borrow)]
    pub name: Cow<'a, str>,
    /// The application that it was sent to.
    #[serde(borrow)]
    pub application: Cow<'a, str>,
    /// When it happened, by Asterisk's clock.
    pub timestamp: Timestamp,
    /// Which Asterisk sent it.
    #[serde(borrow)]
    pub asterisk_id: Cow<'a, str>,
}

impl Event {
    /// Takes one event. Never fails: what cannot be read is [`EventKind::Malformed`].
    pub fn read(text: &str) -> Self {
        match Envelope::read(text) {
            Ok(envelope) => Self::enclosed(envelope.name, text),
            Err(error) => Self::unreadable(&error, text),
        }
    }

    /// Takes an event whose envelope was read.
    pub(crate) fn enclosed(name: EventName, text: &str) -> Self {
        Self {
            name,
            raw: text.into(),
            kind: OnceLock::new(),
        }
    }

    /// Takes a text of which not even the envelope could be read.
    pub(crate) fn unreadable(error: &serde_json::Error, text: &str) -> Self {
        let name = Header::of(text).name;
        tracing::warn!(event = %name, "an event could not be read: {error}");
        Self {
            name: EventName::from(&*name),
            raw: text.into(),
            kind: OnceLock::from(Box::new(EventKind::Malformed {
                error: error.to_string(),
            })),
        }
    }

    /// Gives the event's name, such as `StasisStart`; empty where there was none.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Says whether the event has this name, without reading the rest.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a name is written where it is asked for"
    )]
    pub fn is(&self, name: EventName) -> bool {
        self.name == name
    }

    /// Gives the name to match on.
    pub fn which(&self) -> &EventName {
        &self.name
    }

    /// Gives what happened. The first look reads the text, and logs one that cannot be read.
    pub fn kind(&self) -> &EventKind {
        self.kind.get_or_init(|| {
            Box::new(EventKind::read(&self.name, &self.raw).unwrap_or_else(|error| {
                tracing::warn!(event = %self, "event `{self}` could not be read: {error}");
                EventKind::Malformed {
                    error: error.to_string(),
                }
            }))
        })
    }

    /// Reads only what `T` has fields for: cheaper than [`Event::kind`] where one field is wanted, and for what it lacks.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Key<'a> {
    ///     digit: &'a str,
    /// }
    /// let event = evatel_ari::Event::read(r#"{"type":"ChannelDtmfReceived","digit":"5","channel":{"id":"1700.1"}}"#);
    /// assert_eq!(event.payload::<Key<'_>>()?.digit, "5");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a field that `T` needs is not there or has another form.
    pub fn payload<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(&self.raw)
    }

    /// Reads what every event says.
    pub fn header(&self) -> Header<'_> {
        Header::of(&self.raw)
    }

    /// Borrows the text as it came; what has no field here is found in it.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Lists what the event is about: whoever listens to one of these gets it.
    pub fn subjects(&self) -> Vec<Subject> {
        let envelope = Envelope::read(&self.raw);
        let subjects = envelope.map(|it| it.subjects).unwrap_or_default();
        subjects.iter().map(SubjectRef::to_subject).collect()
    }

    /// Says whether nothing more will come about `subject` after this.
    pub fn ends(&self, subject: &Subject) -> bool {
        self.name.ends(subject.kind()) && self.subjects().contains(subject)
    }
}

impl<'a> Header<'a> {
    /// Reads what can be read; the rest stays empty.
    fn of(text: &'a str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Clone for Event {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            raw: self.raw.clone(),
            kind: self.kind.clone(),
        }
    }
}

impl fmt::Debug for Event {
    /// Shows the name only: the text holds numbers of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({self})")
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = r#"{"type":"StasisStart","timestamp":"2026-11-22T10:00:00.000+0000","args":["did","+15145550199"],
        "channel":{"id":"1700.12","name":"PJSIP/trunk-1","state":"Ring","caller":{"name":"","number":"15145550100"},
        "connected":{"name":"","number":""},"accountcode":"","dialplan":{"context":"evatel","exten":"15145550199","priority":2,
        "app_name":"Stasis","app_data":"evatel,did,+15145550199"},"creationtime":"x","language":"en","novel":{"a":1}},
        "asterisk_id":"aa:bb","application":"evatel"}"#;

    #[test]
    fn a_call_that_comes_in_is_read_with_its_arguments() {
        let event = Event::read(START);
        let EventKind::StasisStart { args, channel, .. } = event.kind() else {
            panic!("{event:?}")
        };
        assert_eq!(args, &["did", "+15145550199"]);
        assert_eq!(channel.caller.number, "15145550100");
        assert!(channel.is_in_app("evatel") && !channel.is_in_app("evate"));
        assert_eq!(event.subjects(), [Subject::Channel("1700.12".into())]);
    }

    #[test]
    fn an_unknown_event_is_kept_with_its_text() {
        let text = r#"{"type":"ChannelTeleported","application":"evatel","to":"mars"}"#;
        let event = Event::read(text);
        assert_eq!(
            (event.kind(), event.name(), event.raw()),
            (&EventKind::Unknown, "ChannelTeleported", text)
        );
    }

    #[test]
    fn a_known_event_with_a_bad_field_is_malformed_and_keeps_its_name() {
        let event = Event::read(r#"{"type":"ChannelDestroyed","cause":"many","channel":{"id":"x"}}"#);
        assert_eq!(event.name(), "ChannelDestroyed");
        let EventKind::Malformed { error } = event.kind() else {
            panic!("not malformed")
        };
        assert!(error.contains("many"), "{error}");
    }

    #[test]
    fn text_that_is_no_json_is_malformed() {
        assert!(matches!(Event::read("{oops").kind(), EventKind::Malformed { .. }));
    }

    #[test]
    fn whatever_comes_is_read_without_a_panic_and_its_text_is_kept() {
        use crate::noise::Noise;
        const OTHERS: [&str; 4] = [
            r#"{"type":"ChannelDestroyed","cause":17,"cause_txt":"User busy","channel":{"id":"x","state":"Down"}}"#,
            r#"{"type":"Dial","dialstatus":"RINGING","peer":{"id":"x"},"caller":{"id":"y"}}"#,
            r#"{"type":"RecordingFinished","recording":{"name":"r","duration":3,"cause":null}}"#,
            r#"{"type":"ChannelEnteredBridge","bridge":{"id":"b","channels":["x"]},"channel":{"id":"x"}}"#,
        ];
        let mut understood = 0;
        for seed in 0..20_000 {
            let mut noise = Noise::new(seed);
            let text = match noise.below(6) {
                0 => String::from_utf8_lossy(&noise.bytes(300)).into_owned(),
                1 => noise.damaged(START),
                other => noise.damaged(OTHERS[other - 2]),
            };
            let event = Event::read(&text);
            assert_eq!(event.raw(), text, "seed {seed}");
            let known = !matches!(event.kind(), EventKind::Malformed { .. } | EventKind::Unknown);
            // What an event ends is among what it is about.
            let subjects = event.subjects();
            assert!(
                subjects.iter().filter(|it| event.ends(it)).count() <= 1,
                "seed {seed}"
            );
            understood += usize::from(known);
        }
        // The damage is such that both ends are reached.
        assert!(
            (500..19_000).contains(&understood),
            "{understood} were understood"
        );
    }

    #[test]
    fn nesting_without_end_is_malformed_and_does_not_overflow_the_stack() {
        for text in [
            "[".repeat(200_000),
            r#"{"type":"StasisStart","channel":{"id":"a","x":"#.to_owned() + &"[".repeat(200_000),
            r#"{"type":"StasisStart","x":"#.to_owned() + &"{\"a\":".repeat(200_000),
        ] {
            assert!(matches!(Event::read(&text).kind(), EventKind::Malformed { .. }));
        }
    }

    #[test]
    fn a_name_is_known_without_reading_and_a_header_is_read_when_asked_for() {
        let event = Event::read(START);
        assert!(event.is(EventName::StasisStart) && !event.is(EventName::StasisEnd));
        assert!(event.kind.get().is_none(), "nobody looked");
        let header = event.header();
        assert_eq!((&*header.application, &*header.asterisk_id), ("evatel", "aa:bb"));
        assert_eq!(
            header.timestamp.moment().unwrap().to_string(),
            "2026-11-22T10:00:00Z"
        );
    }

    #[test]
    fn an_unknown_event_still_concerns_the_channel_in_it() {
        let event = Event::read(r#"{"type":"ChannelTeleported","channel":{"id":"1700.1"}}"#);
        assert_eq!(event.subjects(), [Subject::Channel("1700.1".into())]);
    }

    #[test]
    fn repeated_keys_are_malformed_or_read_and_never_a_panic() {
        let text = r#"{"type":"ChannelHold","type":"ChannelHold","channel":{"id":"a","id":"b"},"channel":7}"#;
        let event = Event::read(text);
        assert!(matches!(event.kind(), EventKind::Malformed { .. }));
        assert_eq!((event.name(), event.raw()), ("ChannelHold", text));
    }
}
