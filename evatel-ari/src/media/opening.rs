//! How a leg comes about: the channel, the connection, and nothing left behind when either fails.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use evatel_voice::port::AudioPort;
use tokio::{
    net::UdpSocket,
    sync::{broadcast, mpsc},
    task::JoinHandle,
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
    error::{Error, Result},
    event::EventName,
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
    id: ChannelId,
    ari: Ari,
    events: Option<ObjectEvents>,
    /// The request for the channel, as long as its reply is awaited.
    creating: Option<JoinHandle<Result<Channel>>>,
    /// Nothing is left to be ended.
    done: bool,
}

impl Opening {
    /// Begins: from here on no event of the channel is missed.
    pub(super) fn of(id: ChannelId, ari: &Ari) -> Self {
        Self {
            events: Some(ari.subscribe_channel(&id)),
            id,
            ari: ari.clone(),
            creating: None,
            done: false,
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
                event: format!("audio of `{}`", self.id),
                waited: OPENING,
            })
        });
        if self.creating.is_some() {
            // Too early to hang up: whoever drops this does it after the reply.
            return opened;
        }
        if opened.is_err() {
            self.ari.discard_channel(&self.id).await;
        }
        self.done = true;
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
                let expected = door.expect()?;
                let transport = MediaTransport::WebSocketClient {
                    connection: client.clone(),
                    parameters: [("token".to_owned(), expected.token().hex())].into(),
                    options: options(*dialect),
                };
                self.create(Medium::<N>::FORMAT, transport).await?;
                let socket = expected.arrived(OPENING).await?;
                let mut wire = WebSocket::new(socket, *dialect);
                wire.started().await.map_err(|reason| self.broken(reason))?;
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
                let limits = Some(websocket::config());
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

    /// Makes the channel. The request runs on if nobody waits for it any more: only its reply says that there is nothing,
    /// or something to hang up.
    async fn create(&mut self, format: &str, transport: MediaTransport) -> Result<Channel> {
        let (media, ari) = (
            ExternalMedia::new(&self.ari.config().app, format, transport),
            self.ari.clone(),
        );
        let request = op::channels::external_media(&self.id, &media);
        let creating = self
            .creating
            .insert(tokio::spawn(async move { ari.send(request).await }));
        let created = creating.await;
        self.creating = None;
        created.unwrap_or_else(|error| Err(self.broken(error.to_string())))
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
            channel: self.id.clone(),
            ari: self.ari.clone(),
            events,
            commands: commands.downgrade(),
            pump,
            counters: counters.clone(),
        };
        tokio::spawn(keeper.run());
        Ok((
            MediaLeg {
                channel: self.id.clone(),
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
            channel: self.id.to_string(),
            reason,
        }
    }
}

impl Drop for Opening {
    /// Whoever opened it gave up waiting: what came about meanwhile is ended all the same.
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let (id, ari, creating) = (self.id.clone(), self.ari.clone(), self.creating.take());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Some(creating) = creating {
                    // Whatever it replied, the hang-up after it finds the channel if there is one.
                    let _ = creating.await;
                }
                ari.discard_channel(&id).await;
            });
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
