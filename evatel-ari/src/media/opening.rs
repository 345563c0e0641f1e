//! How a leg comes about: the channel, the connection, and nothing left behind when either fails.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use evatel_voice::port::AudioPort;
use tokio::{
    net::UdpSocket,
    sync::{broadcast, mpsc},
};

use super::{
    MediaLeg,
    audiosocket::AudioSocket,
    keeper::Keeper,
    medium::{Medium, Way},
    pump::Pump,
    rtp::{Rtp, coding::Coding},
    stats::Counters,
    websocket::{self, WebSocket, control::Dialect},
    wire::Wire,
};
use crate::{
    client::Ari,
    connection,
    door::Begun,
    error::{Error, Result},
    event::EventName,
    helper::ChannelGuard,
    id::ChannelId,
    model::Channel,
    op::{
        self,
        channels::{ControlFormat, ExternalMedia, MEDIA_CONNECTION_ID, MediaTransport, WebSocketOptions},
    },
    router::{ObjectEvents, Signal},
};

/// How long the channel and its connection may take to come about.
pub(super) const OPENING: Duration = Duration::from_secs(3);
/// Commands to a leg that wait: each is done at once. When it is full, who commands waits.
const COMMANDS: usize = 8;
/// Digits that wait for who follows them; a slower one is told how many he missed.
const DIGITS: usize = 32;

/// The variables in which the reply for RTP names where to send.
const RTP_ADDRESS: &str = "UNICASTRTP_LOCAL_ADDRESS";
const RTP_PORT: &str = "UNICASTRTP_LOCAL_PORT";

/// A leg that is being opened. If that fails, or nobody waits for it any more, its channel ends.
pub(super) struct Opening {
    guard: ChannelGuard,
    ari: Ari,
    events: Option<ObjectEvents>,
}

impl Opening {
    /// Begins: from here on no event of the channel is missed.
    pub(super) fn of(id: ChannelId, ari: &Ari) -> Self {
        Self {
            events: Some(ari.subscribe_channel(&id)),
            guard: ChannelGuard::new(id, ari),
            ari: ari.clone(),
        }
    }

    /// Opens the leg, in [`OPENING`] at most.
    pub(super) async fn open<const N: usize>(
        mut self,
        medium: &Medium<N>,
    ) -> Result<(MediaLeg, AudioPort<N>)> {
        let opened = tokio::time::timeout(OPENING, self.open_patiently(medium)).await;
        let opened = opened.unwrap_or_else(|_| {
            Err(Error::Overdue {
                event: format!("audio of `{}`", self.guard.id()),
                waited: OPENING,
            })
        });
        if opened.is_ok() {
            self.guard.keep();
        }
        opened
    }

    async fn open_patiently<const N: usize>(
        &mut self,
        medium: &Medium<N>,
    ) -> Result<(MediaLeg, AudioPort<N>)> {
        match &medium.way {
            Way::AudioSocket(door) => {
                let host = reachable(door.address())?;
                let expected = door.expect()?;
                let transport = MediaTransport::AudioSocket {
                    host: host.to_string(),
                    id: expected.token().as_uuid(),
                };
                self.create(Medium::<N>::FORMAT, transport).await?;
                let stream = expected.arrived(OPENING).await?;
                let wire = AudioSocket::new(stream).map_err(|error| self.broken(error.to_string()))?;
                self.begin(wire).await
            }
            Way::Dialled {
                door,
                client,
                dialect,
            } => {
                let expected = door.expect(self.guard.id());
                let transport = MediaTransport::WebSocketClient {
                    connection: client.clone(),
                    parameters: BTreeMap::new(),
                    options: options(*dialect),
                };
                self.create(Medium::<N>::FORMAT, transport).await?;
                let Begun { socket, start } = expected.arrived(OPENING).await?;
                let wire = WebSocket::new(socket, *dialect);
                wire.began_with(&start).map_err(|reason| self.broken(reason))?;
                self.begin(wire).await
            }
            Way::Rtp { coding, local } => self.open_rtp(*coding, *local).await,
            Way::WebSocket { dialect } => {
                let options = options(*dialect);
                let transport = MediaTransport::WebSocketServer { options };
                let channel = self.create(Medium::<N>::FORMAT, transport).await?;
                let connection_id = self.variable(&channel, MEDIA_CONNECTION_ID)?;
                let path = format!("/media/{}", crate::request::encoded(connection_id));
                let config = self.ari.config();
                let url = config.websocket(&path);
                let limits = websocket::config();
                let socket =
                    connection::connect(&url, "GET /media", None, Some("media"), limits, config).await?;
                let mut wire = WebSocket::new(socket, *dialect);
                wire.started().await.map_err(|reason| self.broken(reason))?;
                self.begin(wire).await
            }
        }
    }

    /// Opens a leg over RTP; one that only hears is opened alike.
    async fn open_rtp<const N: usize>(
        &mut self,
        coding: Coding,
        local: IpAddr,
    ) -> Result<(MediaLeg, AudioPort<N>)> {
        let socket = UdpSocket::bind((local, 0))
            .await
            .map_err(|error| self.broken(format!("no UDP port can be had on `{local}`: {error}")))?;
        let ours = socket
            .local_addr()
            .map_err(|error| self.broken(error.to_string()))?;
        let transport = MediaTransport::Rtp {
            host: reachable(ours)?,
        };
        let channel = self.create(coding.format(), transport).await?;
        let (address, port) = (
            self.variable(&channel, RTP_ADDRESS)?,
            self.variable(&channel, RTP_PORT)?,
        );
        let theirs: SocketAddr = match (address.parse(), port.parse()) {
            (Ok(address), Ok(port)) => SocketAddr::new(address, port),
            _ => return Err(self.broken(format!("`{address}` port `{port}` is no address to send to"))),
        };
        socket
            .connect(theirs)
            .await
            .map_err(|error| self.broken(format!("`{theirs}` cannot be reached: {error}")))?;
        let random = [(); 3].map(|()| connection::random());
        self.begin(Rtp::new(socket, coding, random)).await
    }

    async fn create(&mut self, format: &str, transport: MediaTransport) -> Result<Channel> {
        let media = ExternalMedia::new(&self.ari.config().app, format, transport);
        let request = op::channels::external_media(self.guard.id(), &media);
        self.guard.make(request, &self.ari).await
    }

    fn variable<'a>(&self, channel: &'a Channel, name: &str) -> Result<&'a str> {
        channel
            .variable(name)
            .ok_or_else(|| self.broken(format!("Asterisk's reply has no `{name}`")))
    }

    /// Waits until the channel is in the application, then starts what moves frames and what watches over it.
    async fn begin<W: Wire<N>, const N: usize>(&mut self, wire: W) -> Result<(MediaLeg, AudioPort<N>)> {
        let Some(mut events) = self.events.take() else {
            return Err(self.gone());
        };
        loop {
            match events.next().await {
                Some(Signal::Event(event)) if event.is(EventName::StasisStart) => break,
                Some(Signal::Gone | Signal::Closed) | None => return Err(self.gone()),
                Some(_) => {}
            }
        }
        let (port, side) = AudioPort::pair();
        let (commands, to_do) = mpsc::channel(COMMANDS);
        let (digits, _) = broadcast::channel(DIGITS);
        let counters = Arc::<Counters>::default();
        let pump = Pump::new(wire, side, to_do, digits.clone(), counters.clone());
        let keeper = Keeper {
            channel: self.guard.id().clone(),
            ari: self.ari.clone(),
            events,
            commands: commands.downgrade(),
            pump,
            counters: counters.clone(),
        };
        tokio::spawn(keeper.run());
        Ok((
            MediaLeg {
                channel: self.guard.id().clone(),
                commands,
                counters,
                digits,
            },
            port,
        ))
    }

    fn gone(&self) -> Error {
        self.broken("its channel ended before it began".to_owned())
    }

    fn broken(&self, reason: String) -> Error {
        Error::Media {
            channel: self.guard.id().to_string(),
            reason,
        }
    }
}

fn options(dialect: Dialect) -> WebSocketOptions {
    let control = match dialect {
        Dialect::Json => ControlFormat::Json,
        Dialect::PlainText => ControlFormat::PlainText,
    };
    WebSocketOptions {
        control,
        ..WebSocketOptions::default()
    }
}

/// Refuses an address that says only where we listen, not where we are.
fn reachable(address: SocketAddr) -> Result<SocketAddr> {
    if address.ip().is_unspecified() {
        return Err(Error::Config {
            setting: "media address",
            reason: format!(
                "Asterisk cannot connect to `{address}`: name the address at which it reaches us"
            ),
        });
    }
    Ok(address)
}
