//! A leg on which we hear and speak: Asterisk's `chan_websocket`, 8 kHz, 16-bit, 20 ms.
//!
//! Asterisk makes a channel for it (`POST /channels/externalMedia`) and we connect to `/media/<connection id>` on its HTTP server,
//! loopback or TLS ([`Config`](crate::Config) allows nothing else): the connection id is its only secret. What the caller says comes as binary messages
//! of any length; what he shall hear goes one frame each 20 ms, never more than [`LEAD`] ahead, so that a stop is heard at once.

mod pump;
mod wire;

use std::time::Duration;

use evatel_voice::port::AudioPort;
use tokio::sync::mpsc;

use crate::{
    client::Ari,
    connection,
    error::{Error, Result},
    event::EventName,
    id::ChannelId,
    op::{self, channels::ExternalMedia},
    router::Signal,
};

/// How many frames of 20 ms may lie in Asterisk's queue: 40 ms, against its own 20 s.
pub const LEAD: usize = 2;
/// How long the channel and its connection may take to come about.
const OPENING: Duration = Duration::from_secs(3);

/// Commands to a leg that wait: each is done within a frame.
const COMMANDS: usize = 8;

#[derive(Debug)]
enum Command {
    Flush,
}

/// The handle of a media leg. Dropping it ends the leg and its channel.
#[derive(Debug)]
pub struct MediaLeg {
    channel: ChannelId,
    commands: mpsc::Sender<Command>,
}

impl MediaLeg {
    /// Opens a leg as channel `id`, ready to be put into a bridge: its `StasisStart` and `MEDIA_START` have come.
    ///
    /// # Errors
    /// Those of the requests; [`Error::Media`] and [`Error::Overdue`] when the connection does not come about. The channel is then ended.
    pub async fn open(id: ChannelId, ari: &Ari) -> Result<(Self, AudioPort)> {
        match tokio::time::timeout(OPENING, Self::open_patiently(id.clone(), ari)).await {
            Ok(Ok(opened)) => Ok(opened),
            Ok(Err(error)) => {
                ari.discard_channel(&id).await;
                Err(error)
            }
            Err(_) => {
                ari.discard_channel(&id).await;
                Err(Error::Overdue {
                    event: format!("audio of `{id}`"),
                    waited: OPENING,
                })
            }
        }
    }

    async fn open_patiently(id: ChannelId, ari: &Ari) -> Result<(Self, AudioPort)> {
        let mut events = ari.subscribe_channel(&id);
        let app = ari.config().app.clone();
        let channel = ari
            .send(op::channels::external_media(
                &id,
                &ExternalMedia::web_socket(app, "slin"),
            ))
            .await?;
        let broken = |reason: &str| Error::Media {
            channel: id.to_string(),
            reason: reason.to_owned(),
        };
        let connection_id = channel
            .variable(op::channels::MEDIA_CONNECTION_ID)
            .ok_or_else(|| broken("Asterisk gave no connection id"))?;
        let path = format!("/media/{}", crate::request::encoded(connection_id));
        let url = ari.config().websocket(&path);
        let mut socket =
            connection::connect(&url, "GET /media", None, Some("media"), None, ari.config()).await?;
        wire::started(&mut socket, &id).await?;
        loop {
            match events.next().await {
                Some(Signal::Event(event)) if event.is(EventName::StasisStart) => break,
                Some(Signal::Gone | Signal::Closed) | None => {
                    return Err(broken("its channel ended before it began"));
                }
                Some(_) => {}
            }
        }
        let (port, side) = AudioPort::pair();
        let (commands, to_do) = mpsc::channel(COMMANDS);
        tokio::spawn(pump::Pump::new(id.clone(), socket, side, to_do, ari.clone()).run());
        Ok((
            Self {
                channel: id,
                commands,
            },
            port,
        ))
    }

    /// Gives the leg's channel, to be put into a bridge.
    pub fn channel(&self) -> &ChannelId {
        &self.channel
    }

    /// Throws away what Asterisk has not played yet; a leg that is gone has nothing.
    pub async fn flush(&self) {
        let _ = self.commands.send(Command::Flush).await;
    }
}
