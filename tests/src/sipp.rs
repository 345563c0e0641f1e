//! SIP callers and called ends: SIPp does the signalling, [`rtp::Peer`](crate::rtp::Peer) is the audio.

mod crowd;
mod incoming;
mod link;
mod message;
mod outgoing;
mod track;

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, Result};

use self::link::{Process, Run};
pub use self::{
    crowd::{Crowd, CrowdPlan},
    incoming::{Behaviour, Callee, Incoming},
    link::Notice,
    message::Message,
    outgoing::{Dial, Digest, Outgoing},
    track::{End, Ended},
};
use crate::{
    ports::{CARRIER_IP, Lease, PHONE_IP, STRANGER_IP},
    rtp::Codec,
};

/// The carrier at the other end of the trunk: it calls our numbers, and is called for the numbers outside.
#[derive(Debug)]
pub struct Carrier {
    server: SocketAddr,
    callee: Callee,
}

impl Carrier {
    /// Listens on [`CARRIER_IP`]`:sip_port`, which the server's trunk names as its peer.
    pub async fn start(server: SocketAddr, sip_port: u16) -> Result<Self> {
        let callee = Callee::start(
            SocketAddr::new(CARRIER_IP, sip_port),
            server,
            Behaviour::default(),
        )
        .await?;
        Ok(Self { server, callee })
    }

    /// The end that is called for numbers outside.
    pub fn callee(&self) -> &Callee {
        &self.callee
    }

    /// Waits until it is called for a number outside.
    pub async fn rung(&self, within: Duration) -> Result<Incoming> {
        self.callee.rung(within).await
    }

    /// Calls one of the server's numbers as `caller`.
    pub async fn call(&self, number: &str, caller: &str) -> Result<Outgoing> {
        Outgoing::dial(&dial(self.server, CARRIER_IP, number, caller, None)).await
    }
}

/// A phone that is registered with the server.
#[derive(Debug)]
pub struct Phone {
    server: SocketAddr,
    digest: Digest,
    callee: Callee,
    _ports: Lease,
}

impl Phone {
    /// Registers a device by its digest for an hour, and then listens. Errors with the registrar's words when it refuses.
    pub async fn register(
        server: SocketAddr,
        user: &str,
        password: &str,
        behaviour: Behaviour,
    ) -> Result<Self> {
        let mut ports = Lease::new(2)?;
        let local = SocketAddr::new(PHONE_IP, ports.port()?);
        let digest = Digest {
            user: user.to_owned(),
            password: password.to_owned(),
        };
        let contact = format!("<sip:{user}@{local}>");
        register(server, local, &digest, &contact, 3600).await?;
        // The same address, so that the server finds the contact where the registration came from.
        let callee = Callee::start(local, server, behaviour).await?;
        Ok(Self {
            server,
            digest,
            callee,
            _ports: ports,
        })
    }

    /// What it registered with.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The end that is called.
    pub fn callee(&self) -> &Callee {
        &self.callee
    }

    /// What it does with the calls that come from now on.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        self.callee.set_behaviour(behaviour);
    }

    /// Unregisters: the server no longer knows where it is.
    pub async fn unregister(&self) -> Result<()> {
        let mut ports = Lease::new(1)?;
        let local = SocketAddr::new(PHONE_IP, ports.port()?);
        // RFC 3261 §10.2.2: all contacts, since this comes from another port than the registration.
        register(self.server, local, &self.digest, "*", 0).await
    }

    /// Waits until it is rung.
    pub async fn rung(&self, within: Duration) -> Result<Incoming> {
        self.callee.rung(within).await
    }

    /// Calls a number, as the device that it registered as.
    pub async fn call(&self, number: &str) -> Result<Outgoing> {
        self.call_with(Codec::default(), number).await
    }

    /// The same with this codec.
    pub async fn call_with(&self, codec: Codec, number: &str) -> Result<Outgoing> {
        let digest = Some(self.digest.clone());
        let dial = dial(self.server, PHONE_IP, number, &self.digest.user, digest);
        Outgoing::dial(&Dial { codec, ..dial }).await
    }
}

/// Calls a number from an address that the server does not know, without any credentials.
pub async fn stranger_calls(server: SocketAddr, number: &str, caller: &str) -> Result<Outgoing> {
    Outgoing::dial(&dial(server, STRANGER_IP, number, caller, None)).await
}

/// Sends a text message to `number` as `caller`, from an address of the carrier.
pub async fn send_text(server: SocketAddr, number: &str, caller: &str, text: &str) -> Result<()> {
    let mut ports = Lease::new(1)?;
    let mut run = texting(server, SocketAddr::new(CARRIER_IP, ports.port()?), "message.xml");
    run.arguments
        .extend(["-s", number, "-key", "caller", caller, "-key", "text", text].map(Into::into));
    Process::start(&run, &[])?.finished(TEXT).await
}

/// Waits at `local` for the text message `good evening`.
pub async fn await_text(server: SocketAddr, local: SocketAddr) -> Result<()> {
    Process::start(&texting(server, local, "texted.xml"), &[])?
        .finished(TEXT)
        .await
}

/// Waits at `local` to be referred to `sip:200@127.0.0.1`.
pub async fn await_referral(server: SocketAddr, local: SocketAddr) -> Result<()> {
    Process::start(&texting(server, local, "referred.xml"), &[])?
        .finished(TEXT)
        .await
}

fn texting(server: SocketAddr, local: SocketAddr, scenario: &str) -> Run<'_> {
    Run {
        scenario,
        server,
        local,
        arguments: ["-m", "1"].map(Into::into).into(),
    }
}

fn dial(server: SocketAddr, from_ip: IpAddr, number: &str, caller: &str, digest: Option<Digest>) -> Dial {
    Dial {
        server,
        from_ip,
        number: number.to_owned(),
        caller: caller.to_owned(),
        display: caller.to_owned(),
        digest,
        codec: Codec::default(),
    }
}

async fn register(
    server: SocketAddr,
    local: SocketAddr,
    digest: &Digest,
    contact: &str,
    expires_s: u32,
) -> Result<()> {
    let expires = expires_s.to_string();
    let keys = [
        "-key",
        "user",
        &digest.user,
        "-key",
        "contact",
        contact,
        "-key",
        "expires",
        &expires,
    ];
    let mut arguments: Vec<String> = ["-m", "1", "-au", &digest.user, "-ap", &digest.password]
        .map(Into::into)
        .into();
    arguments.extend(keys.map(Into::into));
    let process = Process::start(
        &Run {
            scenario: "register.xml",
            server,
            local,
            arguments,
        },
        &[],
    )?;
    process
        .finished(REGISTER)
        .await
        .with_context(|| format!("`{}` could not register with `{server}`", digest.user))
}

/// A registration takes 100 ms on an idle machine.
const REGISTER: Duration = Duration::from_secs(20);
/// So does a text message.
const TEXT: Duration = Duration::from_secs(20);
