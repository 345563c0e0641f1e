//! Calls that the harness is rung by.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::{
    sync::{Mutex as AsyncMutex, mpsc},
    time::{sleep, timeout},
};

use super::{
    Ended, Message, Notice,
    link::{Link, Run},
    track::{Track, Writer, track},
};
use crate::{ports::Lease, rtp::Peer};

/// What a called end does by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Behaviour {
    /// Rings so long, then answers with 200.
    Answer {
        /// From the INVITE to the 200 OK.
        after: Duration,
    },
    /// Refuses with 486 Busy Here.
    Busy,
    /// Refuses with 603 Decline.
    Decline,
    /// Refuses with 503 Service Unavailable.
    Fail,
    /// Rings until the test says otherwise by the [`Incoming`] call, or for ever.
    #[default]
    Ring,
    /// Refuses with 480 Temporarily Unavailable.
    Unavailable,
    /// Refuses with 404: there is no such number.
    Unknown,
}

/// Somebody who can be called: a SIP address at which INVITEs are answered with 180 and then as told.
#[derive(Debug)]
pub struct Callee {
    address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    rung: AsyncMutex<mpsc::UnboundedReceiver<Incoming>>,
    link: Link,
}

/// A call that the harness was rung by. Clones are the same call.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// When the INVITE came.
    pub at: Instant,
    /// The INVITE, with the called and the calling number.
    pub invite: Message,
    /// Our audio. It knows the far address from the INVITE.
    pub audio: Peer,
    track: Track,
    link: Link,
    call_id: String,
    _ports: Arc<Lease>,
}

impl Callee {
    /// Listens at `local` for calls of `server`.
    pub async fn start(local: SocketAddr, server: SocketAddr, behaviour: Behaviour) -> Result<Self> {
        let (sender, notices) = mpsc::unbounded_channel();
        // `-aa` answers the server's OPTIONS, by which it asks whether we are there.
        let run = Run {
            scenario: "callee.xml",
            server,
            local,
            arguments: vec!["-aa".to_owned()],
        };
        let link = Link::start(run, sender).await?;
        let (ring, rung) = mpsc::unbounded_channel();
        let behaviour = Arc::new(Mutex::new(behaviour));
        let desk = Desk {
            local,
            link: link.clone(),
            behaviour: Arc::clone(&behaviour),
            calls: HashMap::new(),
        };
        tokio::spawn(desk.run(notices, ring));
        Ok(Self {
            address: local,
            behaviour,
            rung: AsyncMutex::new(rung),
            link,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it does with the calls that come from now on.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        *self.behaviour.lock().expect("nobody panics with this lock") = behaviour;
    }

    /// Ends it: its address is free for another.
    pub fn leave(&self) {
        self.link.kill();
    }

    /// Waits until it is rung, by a call that was not taken from here before.
    pub async fn rung(&self, within: Duration) -> Result<Incoming> {
        let mut rung = self.rung.lock().await;
        let call = timeout(within, rung.recv()).await;
        let call = call.with_context(|| {
            format!(
                "`{}` was not rung within {within:?}: {}",
                self.address,
                self.link.complaint()
            )
        })?;
        call.with_context(|| format!("SIPp at `{}` has ended: {}", self.address, self.link.complaint()))
    }
}

impl Incoming {
    /// The called number, in the INVITE's URI.
    pub fn number(&self) -> &str {
        self.invite.called().unwrap_or_default()
    }

    /// The calling number, in From.
    pub fn caller(&self) -> &str {
        self.invite.caller().unwrap_or_default()
    }

    /// Sends 200 OK.
    pub fn answer(&self) -> Result<()> {
        self.link
            .command(&self.call_id, &format!("answer {}", self.audio.address().port()))
    }

    /// Does what a behaviour says: refuses at once, answers or goes on ringing.
    pub async fn behave(&self, behaviour: Behaviour) -> Result<()> {
        let order = match behaviour {
            Behaviour::Answer { after } => {
                sleep(after).await;
                return self.answer();
            }
            Behaviour::Busy => "busy",
            Behaviour::Decline => "decline",
            Behaviour::Fail => "fail",
            Behaviour::Ring => return Ok(()),
            Behaviour::Unavailable => "unavailable",
            Behaviour::Unknown => "unknown",
        };
        self.link.command(&self.call_id, order)
    }

    /// Waits for the ACK of our 200; when it came. Errors when the caller gave up.
    pub async fn answered(&self, within: Duration) -> Result<Instant> {
        let notice = self
            .track
            .wait(&["answered"], within)
            .await
            .map_err(|error| error.context(self.link.complaint()))?;
        Ok(notice.at)
    }

    /// Sends BYE.
    pub fn hang_up(&self) -> Result<()> {
        self.link.command(&self.call_id, "hang up")
    }

    /// Waits for the call's end: BYE, CANCEL or our refusal.
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
}

/// Where the notices of all calls of one SIPp come in.
struct Desk {
    local: SocketAddr,
    link: Link,
    behaviour: Arc<Mutex<Behaviour>>,
    calls: HashMap<String, Writer>,
}

impl Desk {
    async fn run(
        mut self,
        mut notices: mpsc::UnboundedReceiver<Notice>,
        ring: mpsc::UnboundedSender<Incoming>,
    ) {
        while let Some(notice) = notices.recv().await {
            if let Some(writer) = self.calls.get(&notice.call_id) {
                writer.push(notice);
                continue;
            }
            // Without a port there is no call: SIPp goes on ringing, and the test says that nobody answered.
            let Ok(call) = self.invited(&notice) else { continue };
            let behaviour = *self.behaviour.lock().expect("nobody panics with this lock");
            tokio::spawn({
                let call = call.clone();
                // It fails only where SIPp has ended, which whoever waits for the call is told.
                async move { call.behave(behaviour).await }
            });
            if ring.send(call).is_err() {
                return;
            }
        }
    }

    fn invited(&mut self, notice: &Notice) -> Result<Incoming> {
        let mut ports = Lease::new(4)?;
        let audio = Peer::bind(self.local.ip(), *ports.rtp(2)?.start())?;
        if let Some(far) = notice.message.audio() {
            audio.set_far(far);
        }
        let (writer, track) = track();
        writer.push(notice.clone());
        self.calls.insert(notice.call_id.clone(), writer);
        Ok(Incoming {
            at: notice.at,
            invite: notice.message.clone(),
            audio,
            track,
            link: self.link.clone(),
            call_id: notice.call_id.clone(),
            _ports: Arc::new(ports),
        })
    }
}
