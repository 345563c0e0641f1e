//! What Asterisk tells us: a header, a typed kind, and the text as it came.

pub mod kind;

use std::fmt;

use serde::Deserialize;

pub use kind::EventKind;

/// One event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// What every event says.
    pub header: Header,
    /// What happened.
    pub kind: EventKind,
    /// The text as it came; what has no field here is found in it.
    pub raw: Box<str>,
}

/// What every event says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Header {
    /// The event's name, such as `StasisStart`.
    #[serde(rename = "type")]
    pub name: String,
    /// The application that it was sent to.
    pub application: String,
    /// When it happened, by Asterisk's clock.
    pub timestamp: String,
    /// Which Asterisk sent it.
    pub asterisk_id: String,
}

impl Event {
    /// Reads one event. Never fails: what cannot be read is [`EventKind::Malformed`].
    pub fn read(text: &str) -> Self {
        let header = match serde_json::from_str::<Header>(text) {
            Ok(header) => header,
            Err(error) => {
                let kind = EventKind::Malformed {
                    error: error.to_string(),
                };
                return Self {
                    header: Header::default(),
                    kind,
                    raw: text.into(),
                };
            }
        };
        // A second pass over the same text is quicker than one with `flatten`.
        let kind = serde_json::from_str(text).unwrap_or_else(|error| EventKind::Malformed {
            error: error.to_string(),
        });
        Self {
            header,
            kind,
            raw: text.into(),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.header.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::Subject;

    const START: &str = r#"{"type":"StasisStart","timestamp":"2026-11-22T10:00:00.000+0000","args":["did","+15145550199"],
        "channel":{"id":"1700.12","name":"PJSIP/trunk-1","state":"Ring","caller":{"name":"","number":"15145550100"},
        "connected":{"name":"","number":""},"accountcode":"","dialplan":{"context":"evatel","exten":"15145550199","priority":2,
        "app_name":"Stasis","app_data":"evatel,did,+15145550199"},"creationtime":"x","language":"en","novel":{"a":1}},
        "asterisk_id":"aa:bb","application":"evatel"}"#;

    #[test]
    fn a_call_that_comes_in_is_read_with_its_arguments() {
        let event = Event::read(START);
        let EventKind::StasisStart { args, channel, .. } = &event.kind else {
            panic!("{event:?}")
        };
        assert_eq!(args, &["did", "+15145550199"]);
        assert_eq!(channel.caller.number, "15145550100");
        assert!(channel.is_in_app("evatel") && !channel.is_in_app("evate"));
        assert_eq!(event.kind.subjects(), [Subject::Channel("1700.12".into())]);
    }

    #[test]
    fn an_unknown_event_is_kept_with_its_text() {
        let text = r#"{"type":"ChannelTeleported","application":"evatel","to":"mars"}"#;
        let event = Event::read(text);
        assert_eq!(
            (event.kind, event.header.name.as_str(), &*event.raw),
            (EventKind::Unknown, "ChannelTeleported", text)
        );
    }

    #[test]
    fn a_known_event_with_a_bad_field_is_malformed_and_keeps_its_name() {
        let event = Event::read(r#"{"type":"ChannelDestroyed","cause":"many","channel":{"id":"x"}}"#);
        assert_eq!(event.header.name, "ChannelDestroyed");
        let EventKind::Malformed { error } = event.kind else {
            panic!("not malformed")
        };
        assert!(error.contains("many"), "{error}");
    }

    #[test]
    fn text_that_is_no_json_is_malformed() {
        assert!(matches!(Event::read("{oops").kind, EventKind::Malformed { .. }));
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
            assert_eq!(*event.raw, *text, "seed {seed}");
            let known = !matches!(event.kind, EventKind::Malformed { .. } | EventKind::Unknown);
            // What an event ends is among what it is about: what is about nothing ends nothing.
            let ends = |subject: &Subject| event.kind.ends(subject);
            assert!(known || !event.kind.subjects().iter().any(ends), "seed {seed}");
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
            r#"{"type":"StasisStart","x":"#.to_owned() + &"{\"a\":".repeat(200_000),
        ] {
            assert!(matches!(Event::read(&text).kind, EventKind::Malformed { .. }));
        }
    }
}
