//! The SIP message that caused an event.

use std::net::{IpAddr, SocketAddr};

/// A SIP message as it came from the network; empty for an event that no message caused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message(pub(super) String);

impl Message {
    /// The whole text, with CRLF at the ends of lines.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        self.0.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The user part of a request's URI: the called number.
    pub fn called(&self) -> Option<&str> {
        user(self.0.lines().next()?)
    }

    /// The user part of the From header: the calling number.
    pub fn caller(&self) -> Option<&str> {
        user(self.header("From")?)
    }

    /// The first header of that name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.0.lines().skip(1).take_while(|line| !line.trim().is_empty());
        headers
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| key.trim().eq_ignore_ascii_case(name).then(|| value.trim()))
    }

    /// The Q.850 cause in the Reason header, RFC 3326: 16 normal clearing, 17 busy, 19 no answer, 21 rejected …
    pub fn cause(&self) -> Option<u8> {
        let reason = self.header("Reason")?;
        let cause = reason
            .strip_prefix("Q.850")?
            .split(';')
            .find_map(|part| part.trim().strip_prefix("cause="))?;
        cause.trim().parse().ok()
    }

    /// The first line of a body of `message/sipfrag` (RFC 3420): how a transfer goes.
    pub fn fragment(&self) -> Option<&str> {
        let (_, body) = self.0.split_once("\r\n\r\n")?;
        body.lines()
            .next()
            .map(str::trim)
            .filter(|line| line.starts_with("SIP/2.0 "))
    }

    /// Where the message's SDP wants its audio.
    pub fn audio(&self) -> Option<SocketAddr> {
        let line = |kind: &str| self.0.lines().find_map(|line| line.strip_prefix(kind));
        let ip: IpAddr = line("c=IN IP4 ")?.trim().parse().ok()?;
        let port = line("m=audio ")?.split_whitespace().next()?.parse().ok()?;
        Some(SocketAddr::new(ip, port))
    }
}

fn user(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("sip:")?;
    let (user, _) = rest.split_once('@')?;
    Some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_tells_who_calls_whom_and_where_the_audio_goes() {
        let text = "INVITE sip:5145550199@127.0.0.2:5070 SIP/2.0\r\nFrom: \"Eve\" <sip:4385550100@127.0.0.1>;tag=1\r\n\
                    Content-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4002 RTP/AVP 0 101\r\n";
        let message = Message(text.to_owned());
        assert_eq!(message.called(), Some("5145550199"));
        assert_eq!(message.caller(), Some("4385550100"));
        assert_eq!(message.audio(), Some("127.0.0.1:4002".parse().unwrap()));
        assert_eq!(message.status(), None);
    }

    #[test]
    fn a_refusal_tells_its_status_and_cause() {
        let message = Message("SIP/2.0 486 Busy Here\r\nreason: Q.850;cause=17\r\n\r\n".to_owned());
        assert_eq!(message.status(), Some(486));
        assert_eq!(message.cause(), Some(17));
        assert_eq!(message.audio(), None);
    }
}
