//! Calls that the harness makes.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use super::{
    Ended, Message, Notice,
    link::{Link, Run},
    track::{Track, track},
};
use crate::{
    ports::Lease,
    rtp::{Codec, Peer},
};

/// A user and a password for the digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// User: the device's id.
    pub user: String,
    /// Password.
    pub password: String,
}

/// A call to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// SIP address of the server.
    pub server: SocketAddr,
    /// Our address: who we are to the server. The port is one of our own.
    pub from_ip: IpAddr,
    /// Called number.
    pub number: String,
    /// Calling number, in From and Contact.
    pub caller: String,
    /// Display name, in From.
    pub display: String,
    /// What a challenge is answered with; without it, a challenge ends as 401.
    pub digest: Option<Digest>,
    /// The one codec that is offered.
    pub codec: Codec,
}

/// A call that the harness made. Dropping it leaves the far end without a BYE, as a dead phone would.
#[derive(Debug)]
pub struct Outgoing {
    /// Our audio. It knows the far address from the first SDP that comes.
    pub audio: Peer,
    track: Track,
    link: Link,
    call_id: String,
    _ports: Lease,
}

impl Outgoing {
    /// Sends the INVITE.
    pub async fn dial(dial: &Dial) -> Result<Self> {
        let mut ports = Lease::new(10)?;
        let sip_port = ports.port()?;
        let audio = Peer::bind_for(dial.codec, dial.from_ip, *ports.rtp(2)?.start())?;
        // SIPp opens ports for media that it never sends; of its own choice they are 6000 to 6198, too few for more than 50 calls.
        let unused = ports.rtp(4)?.start().to_string();
        let mut arguments: Vec<String> = ["-m", "1", "-s", &dial.number].map(Into::into).into();
        for (key, value) in [
            ("rtp_port", audio.address().port().to_string().as_str()),
            ("codec", &dial.codec.payload_type().to_string()),
            ("codec_name", dial.codec.name()),
            ("caller", &dial.caller),
            ("display", &dial.display),
        ] {
            arguments.extend(["-key", key, value].map(Into::into));
        }
        if let Some(Digest { user, password }) = &dial.digest {
            arguments.extend(["-au", user, "-ap", password].map(Into::into));
        }
        arguments.extend(["-mp", &unused].map(Into::into));
        // What comes while SIPp tells something counts as unexpected: it must not end the call, since it comes again (RFC 3261 §17).
        arguments.extend(["-default_behaviors", "all,-abortunexp"].map(Into::into));
        let (sender, mut notices) = mpsc::unbounded_channel::<Notice>();
        let run = Run {
            scenario: "caller.xml",
            server: dial.server,
            local: SocketAddr::new(dial.from_ip, sip_port),
            arguments,
        };
        let link = Link::start(run, sender).await?;
        let (writer, track) = track();
        let peer = audio.clone();
        tokio::spawn(async move {
            while let Some(notice) = notices.recv().await {
                if let Some(far) = notice.message.audio() {
                    peer.set_far(far);
                }
                writer.push(notice);
            }
        });
        let dialled = track.wait(&["dialled"], START).await;
        let call_id = dialled.map_err(|error| error.context(link.complaint()))?.call_id;
        Ok(Self {
            audio,
            track,
            link,
            call_id,
            _ports: ports,
        })
    }

    /// Waits for 180 Ringing; when it came.
    pub async fn ringing(&self, within: Duration) -> Result<Instant> {
        Ok(self.wait(&["ringing"], within).await?.at)
    }

    /// Waits for a sign that the call gets on: 180, 183 or 200.
    pub async fn progressing(&self, within: Duration) -> Result<Instant> {
        Ok(self.wait(&["ringing", "progress", "answered"], within).await?.at)
    }

    /// Waits for 200 OK; when it came. Errors when the call is refused.
    pub async fn answered(&self, within: Duration) -> Result<Instant> {
        Ok(self.wait(&["answered"], within).await?.at)
    }

    /// CANCEL before the answer, BYE after it.
    pub fn hang_up(&self) -> Result<()> {
        self.link.command(&self.call_id, "hang up")
    }

    /// Puts the far end on hold and waits until it has agreed; once in a call.
    pub async fn hold(&self, within: Duration) -> Result<()> {
        self.link.command(&self.call_id, "hold")?;
        self.wait(&["held"], within).await?;
        Ok(())
    }

    /// Takes the far end off hold and waits until it has agreed; once in a call.
    pub async fn resume(&self, within: Duration) -> Result<()> {
        self.link.command(&self.call_id, "resume")?;
        self.wait(&["resumed"], within).await?;
        Ok(())
    }

    /// Sends REFER: the far end is asked to call this SIP URI. Gives the final status of the answer.
    pub async fn refer(&self, to: &str, within: Duration) -> Result<u16> {
        self.link.command(&self.call_id, &format!("refer {to}"))?;
        let answer = self.wait(&["transferred", "kept"], within).await?;
        Ok(answer.message.status().unwrap_or_default())
    }

    /// Names this answered call as a REFER on another one does, whose other party shall take our place in it (RFC 3891).
    pub fn replaces(&self, server: SocketAddr) -> Result<String> {
        let answer = self.message("answered").context("the call is not answered")?;
        let tag = |header: &str| {
            let value = answer.header(header).unwrap_or_default();
            value.rsplit_once(";tag=").map_or("", |(_, tag)| tag).to_owned()
        };
        Ok(format!(
            "sip:{server}?Replaces={}%3Bto-tag%3D{}%3Bfrom-tag%3D{}",
            self.call_id.replace('@', "%40"),
            tag("To"),
            tag("From"),
        ))
    }

    /// Waits until a NOTIFY about the transfer brings a line that begins so, such as `SIP/2.0 200`; gives all such lines so far, in
    /// order.
    pub async fn notified(&self, line: &str, within: Duration) -> Result<Vec<String>> {
        let found = |notices: &[Notice]| {
            let lines: Vec<String> = notices
                .iter()
                .filter(|notice| notice.event == "notified")
                .filter_map(|notice| notice.message.fragment().map(str::to_owned))
                .collect();
            lines.iter().any(|it| it.starts_with(line)).then_some(lines)
        };
        let lines = self.track.until(within, found).await;
        lines.map_err(|error| error.context(self.link.complaint()))
    }

    /// Waits for the call's end, and says who ended it and why.
    pub async fn ended(&self, within: Duration) -> Result<Ended> {
        self.track
            .ended(within)
            .await
            .map_err(|error| error.context(self.link.complaint()))
    }

    /// Hangs up and waits for the end.
    pub async fn finish(&self, within: Duration) -> Result<Ended> {
        self.hang_up()?;
        self.ended(within).await
    }

    /// All that SIPp told so far, in order.
    pub fn notices(&self) -> Vec<Notice> {
        self.track.notices()
    }

    /// The message that came with an event, if it came: `answered` has the 200 OK.
    pub fn message(&self, event: &str) -> Option<Message> {
        self.notices()
            .into_iter()
            .find(|notice| notice.event == event)
            .map(|notice| notice.message)
    }

    async fn wait(&self, events: &[&str], within: Duration) -> Result<Notice> {
        self.track
            .wait(events, within)
            .await
            .map_err(|error| error.context(self.link.complaint()))
    }
}

/// From the connection of SIPp to its first notice.
const START: Duration = Duration::from_secs(10);
