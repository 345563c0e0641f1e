//! The short way to an envelope: most events are about one channel and name it early; what stands behind it need not be read.

use super::name::EventName;

/// Reads as far as the id of the channel, if the event concerns its channel and nobody else and stands as Asterisk writes it. Gives
/// nothing otherwise: then all of it has to be read.
///
/// What follows the id is not looked at. If that is no JSON, whoever looks at the event's kind is told.
pub(super) fn front(text: &str) -> Option<(EventName, &str)> {
    let mut rest = Rest(text);
    let mut name = None;
    rest.take("{")?;
    loop {
        let key = rest.text()?;
        rest.take(":")?;
        match key {
            "type" => name = Some(EventName::from(rest.text()?)).filter(concerns_its_channel_only),
            "channel" => {
                rest.take("{\"id\":")?;
                let id = rest.text().filter(|id| !id.is_empty())?;
                return Some((name?, id));
            }
            _ => rest.scalar()?,
        }
        rest.take(",")?;
    }
}

fn concerns_its_channel_only(name: &EventName) -> bool {
    matches!(
        name,
        EventName::ChannelCallerId
            | EventName::ChannelConnectedLine
            | EventName::ChannelCreated
            | EventName::ChannelDestroyed
            | EventName::ChannelDialplan
            | EventName::ChannelDtmfReceived
            | EventName::ChannelHangupRequest
            | EventName::ChannelHold
            | EventName::ChannelStateChange
            | EventName::ChannelTalkingFinished
            | EventName::ChannelTalkingStarted
            | EventName::ChannelToneDetected
            | EventName::ChannelUnhold
            | EventName::ChannelVarset
            | EventName::StasisEnd
    )
}

/// What was not read yet, without blanks between its parts: with blanks (`pretty` in ari.conf) nothing is found here.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn take(&mut self, part: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(part)?;
        Some(())
    }

    /// Takes a text that holds no escapes.
    fn text(&mut self) -> Option<&'a str> {
        let text = self.0.strip_prefix('"')?;
        let end = text.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
        let (text, rest) = text.split_at(end);
        self.0 = rest.strip_prefix('"')?;
        Some(text)
    }

    /// Takes a value that is neither an object nor a list.
    fn scalar(&mut self) -> Option<()> {
        match self.0.as_bytes().first()? {
            b'"' => self.text().map(drop),
            b'{' | b'[' => None,
            _ => {
                let end = self.0.bytes().position(|byte| byte == b',')?;
                self.0 = &self.0[end..];
                Some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::envelope::Envelope, noise::Noise};

    const KEYED: &str = r#"{"type":"ChannelDtmfReceived","timestamp":"2026-11-25T22:02:39.731+0000","digit":"5","duration_ms":160,"channel":{"id":"1795644159.0","name":"PJSIP/trunk-00000000","state":"Up"},"application":"evatel"}"#;

    #[test]
    fn an_event_about_its_channel_only_is_known_without_its_rest() {
        let upto = KEYED.find(r#","name""#).unwrap();
        assert_eq!(
            front(&KEYED[..upto]),
            Some((EventName::ChannelDtmfReceived, "1795644159.0"))
        );
        let varset = r#"{"variable":"A","value":"b","type":"ChannelVarset","channel":{"id":"é"#;
        assert_eq!(front(varset), None, "the id does not end");
        assert_eq!(
            front(&format!("{varset}\"")),
            Some((EventName::ChannelVarset, "é"))
        );
    }

    #[test]
    fn what_may_concern_others_or_is_written_otherwise_is_read_as_a_whole() {
        for text in [
            r#"{"type":"StasisStart","args":[],"channel":{"id":"a"},"replace_channel":{"id":"b"}}"#,
            r#"{"type":"ChannelUserevent","channel":{"id":"a"},"bridge":{"id":"b"}}"#,
            r#"{"type":"ChannelHold","channel":{"name":"x","id":"a"}}"#,
            r#"{"type":"ChannelHold","channel":{"id":""}}"#,
            r#"{"type":"ChannelHold","channel":{"id":"\u0061"}}"#,
            r#"{"type": "ChannelHold","channel":{"id":"a"}}"#,
            r#"{"channel":{"id":"a"},"type":"ChannelHold"}"#,
            r#"{"type":"ChannelVarset","variable":"A","value":"b"}"#,
        ] {
            assert_eq!(front(text), None, "{text}");
        }
    }

    #[test]
    fn whatever_is_an_event_is_the_same_read_either_way() {
        let mut both = 0;
        for seed in 0..20_000 {
            let text = Noise::new(seed).damaged(KEYED);
            let (Some((name, channel)), Ok(all)) = (front(&text), Envelope::read_all(&text)) else {
                continue;
            };
            assert_eq!(
                (&name, Some(channel)),
                (&all.name, all.channel.as_deref()),
                "{text}"
            );
            assert_eq!((all.subjects.len(), &*all.subjects[0].id), (1, channel), "{text}");
            both += 1;
        }
        assert!(both > 1_000, "{both} were read both ways");
    }
}
