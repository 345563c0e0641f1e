//! The task of a media leg: it owns the socket, hears at once and speaks by the clock.

use std::time::Duration;

use evatel_core::calls::HangupCause;
use evatel_voice::port::{Delivery, LegSide};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    sync::mpsc,
    time::{Instant, Interval, MissedTickBehavior, timeout},
};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::{Command, LEAD, wire};
use crate::{client::Ari, connection::Socket, id::ChannelId};

const FRAME: Duration = Duration::from_millis(20);
/// How long Asterisk may leave its end of the connection unread before the leg is given up.
const UNREAD: Duration = Duration::from_secs(2);

/// Moves frames between one media connection and one agent.
pub(super) struct Pump {
    ari: Ari,
    channel: ChannelId,
    commands: mpsc::Receiver<Command>,
    cutter: wire::Cutter,
    dropped: u64,
    /// Asterisk asked us to wait.
    held: bool,
    /// We were silent: the next frame opens a lead.
    idle: bool,
    side: LegSide,
    socket: Socket,
}

impl Pump {
    pub(super) fn new(
        channel: ChannelId,
        socket: Socket,
        side: LegSide,
        commands: mpsc::Receiver<Command>,
        ari: Ari,
    ) -> Self {
        let cutter = wire::Cutter::default();
        Self {
            ari,
            channel,
            commands,
            cutter,
            dropped: 0,
            held: false,
            idle: true,
            side,
            socket,
        }
    }

    /// Runs until the handle is dropped, the agent is gone, or the connection ends; then the channel ends on every path.
    pub(super) async fn run(mut self) {
        if let Err(error) = self.move_frames().await {
            tracing::debug!(channel = %self.channel, %error, "audio of `{}` ended", self.channel);
        }
        if self.dropped > 0 {
            tracing::warn!(channel = %self.channel, dropped = self.dropped, "ear of `{}` was too slow", self.channel);
        }
        if let Err(error) = self.ari.hangup(&self.channel, HangupCause::Normal).await {
            tracing::debug!(channel = %self.channel, %error, "media channel `{}` could not be ended", self.channel);
        }
    }

    async fn move_frames(&mut self) -> Result<(), WsError> {
        let mut clock = clock();
        loop {
            tokio::select! {
                biased;
                due = clock.tick() => {
                    if due.elapsed() > FRAME * LEAD as u32 {
                        // Asterisk has played silence since: what is made up for now would be heard late for ever.
                        clock.reset_at(Instant::now() + FRAME);
                        self.idle = true;
                    }
                    self.speak().await?;
                }
                command = self.commands.recv() => match command {
                    Some(Command::Flush) => self.flush().await?,
                    None => return timeout(UNREAD, self.socket.close(None)).await.unwrap_or(Ok(())),
                },
                message = self.socket.next() => match message {
                    Some(message) => {
                        if !self.take(message?) {
                            return Ok(());
                        }
                    }
                    None => return Ok(()),
                },
            }
        }
    }

    /// Sends this tick's frame; the first after a silence brings the lead with it.
    async fn speak(&mut self) -> Result<(), WsError> {
        if self.held {
            return Ok(());
        }
        let frames = if self.idle { LEAD } else { 1 };
        self.idle = false;
        for _ in 0..frames {
            let Some(frame) = self.side.play() else {
                self.idle = true;
                return Ok(());
            };
            self.send(Message::binary(wire::bytes_of(&frame))).await?;
        }
        Ok(())
    }

    async fn send(&mut self, message: Message) -> Result<(), WsError> {
        timeout(UNREAD, self.socket.send(message))
            .await
            .unwrap_or_else(|_| Err(WsError::Io(std::io::ErrorKind::TimedOut.into())))
    }

    async fn flush(&mut self) -> Result<(), WsError> {
        self.idle = true;
        self.send(Message::text(wire::FLUSH)).await
    }

    /// Takes what came; says whether the leg goes on.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Binary(bytes) if bytes.len() <= wire::MAX_MEDIA => {
                let (side, dropped, mut goes_on) = (&self.side, &mut self.dropped, true);
                self.cutter.cut(&bytes, |frame| match side.hear(frame) {
                    Delivery::Taken => {}
                    Delivery::Dropped => *dropped += 1,
                    Delivery::Closed => goes_on = false,
                });
                return goes_on;
            }
            Message::Binary(bytes) => {
                tracing::warn!(channel = %self.channel, bytes = bytes.len(), "media message is too long and is ignored");
            }
            Message::Text(text) => match wire::Control::read(&text) {
                wire::Control::XOff => self.held = true,
                wire::Control::XOn => self.held = false,
                wire::Control::Failed { error_text } => {
                    tracing::warn!(channel = %self.channel, error = %error_text, "Asterisk complains about the medium");
                }
                wire::Control::Started { .. } | wire::Control::Unknown => {}
            },
            Message::Close(_) => return false,
            Message::Frame(_) | Message::Ping(_) | Message::Pong(_) => {}
        }
        true
    }
}

/// A monotonic clock: a tick that comes a little late is made up for, so that the rate stays that of the caller.
fn clock() -> Interval {
    let mut clock = tokio::time::interval(FRAME);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    clock
}
