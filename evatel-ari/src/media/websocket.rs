//! Sound over `chan_websocket`: binary messages are samples in Asterisk's byte order, text messages are [`control`].

pub mod control;

use std::{
    borrow::Cow,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{BufMut, BytesMut};
use evatel_voice::frame::Frame;
use futures_util::{Sink, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error as WsError, Message, Utf8Bytes, protocol::WebSocketConfig},
};

use self::control::{Command, Dialect, Event, MAX_MEDIA, Start};
use super::{
    cutter::Cutter,
    pacer::LONGEST_QUEUE,
    wire::{Ear, Sent, Told, Wire},
};

/// How long the goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);
/// Header and mask of one message.
const HEAD: usize = 14;

/// A media connection, whoever dialled it.
pub(super) struct WebSocket<S, const N: usize> {
    socket: WebSocketStream<S>,
    dialect: Dialect,
    cutter: Cutter<N>,
    /// The frame on its way out; reused, since the socket copies it.
    bytes: BytesMut,
    flush: Utf8Bytes,
    get_status: Utf8Bytes,
}

/// How the sockets of media are set: written at once, read in small pieces (a large read buffer is cleared at each read), bounded.
pub(crate) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_write_buffer_size(LONGEST_QUEUE as usize * (640 + HEAD))
        .max_message_size(Some(MAX_MEDIA))
        .max_frame_size(Some(MAX_MEDIA))
}

impl<S: AsyncRead + AsyncWrite + Unpin, const N: usize> WebSocket<S, N> {
    pub(super) fn new(socket: WebSocketStream<S>, dialect: Dialect) -> Self {
        const { assert!(2 * N <= MAX_MEDIA) }
        let text = |command: Command<'_>| command.encode(dialect).expect("it has no id and is short").into();
        Self {
            socket,
            dialect,
            cutter: Cutter::default(),
            bytes: BytesMut::with_capacity(4 * N),
            flush: text(Command::Flush),
            get_status: text(Command::GetStatus),
        }
    }

    /// Waits for `MEDIA_START`. Sound may come before it (asterisk#1712); that much is not missed.
    pub(super) async fn started(&mut self) -> Result<(), String> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => match Event::read(&text, self.dialect) {
                    Event::Start(start) => return Self::check(&start),
                    Event::Failed(reason) => return Err(reason.into_owned()),
                    _ => {}
                },
                Some(Ok(Message::Close(_))) | None => return Err("closed before it began".into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }

    /// Checks the `MEDIA_START` that was read from it.
    pub(super) fn began_with(&self, text: &str) -> Result<(), String> {
        match Event::read(text, self.dialect) {
            Event::Start(start) => Self::check(&start),
            _ => Err("it did not begin with `MEDIA_START`".into()),
        }
    }

    fn check(start: &Start<'_>) -> Result<(), String> {
        match start.optimal_frame_size == 2 * N as u64 {
            true => Ok(()),
            false => Err(format!(
                "frames of {} bytes were offered, not {}",
                start.optimal_frame_size,
                2 * N
            )),
        }
    }

    fn write(&mut self, message: Message) -> Sent {
        match Pin::new(&mut self.socket).start_send(message) {
            Ok(()) => Sent::Taken,
            Err(WsError::WriteBufferFull(_)) => Sent::Dropped,
            Err(error) => Sent::Broken(error.to_string().into()),
        }
    }

    /// What is worth telling of a text message.
    fn told(&self, text: &str) -> Option<Told> {
        match Event::read(text, self.dialect) {
            Event::DtmfEnd(digit) => Some(Told::Digit(digit)),
            Event::Failed(reason) => Some(Told::Failed(reason.into_owned())),
            Event::MarkProcessed(id) => id.parse().ok().map(Told::Mark),
            Event::Status(status) => Some(Told::Queue(status.queue_length)),
            Event::XOff => Some(Told::XOff),
            Event::XOn => Some(Told::XOn),
            Event::BufferingCompleted(_) | Event::QueueDrained | Event::Start(_) | Event::Unknown => None,
        }
    }
}

impl<S, const N: usize> Wire<N> for WebSocket<S, N>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    const TARGET: u64 = super::LEAD as u64;
    const TELLS: bool = true;

    fn poll(&mut self, context: &mut Context<'_>, ear: &mut Ear<'_, N>) -> Poll<Told> {
        // Ready at once, unless a write was blocked: then it goes on here, while reading goes on too.
        if let Poll::Ready(Err(error)) = Pin::new(&mut self.socket).poll_ready(context) {
            return Poll::Ready(broken(&error));
        }
        loop {
            let Poll::Ready(message) = Pin::new(&mut self.socket).poll_next(context) else {
                return Poll::Pending;
            };
            match message {
                Some(Ok(Message::Binary(bytes))) => self.cutter.cut(&bytes, |frame| ear.hear(frame)),
                Some(Ok(Message::Text(text))) => {
                    if let Some(told) = self.told(&text) {
                        return Poll::Ready(told);
                    }
                }
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Told::Closed),
                Some(Ok(Message::Frame(_) | Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(error)) => return Poll::Ready(broken(&error)),
            }
        }
    }

    fn send(&mut self, frame: &Frame<N>) -> Sent {
        self.bytes.reserve(2 * N);
        for sample in frame.samples() {
            self.bytes.put_i16_le(*sample);
        }
        let bytes = self.bytes.split().freeze();
        self.write(Message::Binary(bytes))
    }

    fn command(&mut self, command: Command<'_>) -> Sent {
        let text = match command {
            Command::Flush => self.flush.clone(),
            Command::GetStatus => self.get_status.clone(),
            _ => match command.encode(self.dialect) {
                Ok(text) => text.into(),
                Err(error) => return Sent::Broken(error.to_string().into()),
            },
        };
        self.write(Message::Text(text))
    }

    async fn close(mut self) {
        // A peer that no longer reads is left alone.
        let _ = tokio::time::timeout(GOODBYE, self.socket.close(None)).await;
    }
}

fn broken(error: &WsError) -> Told {
    match error {
        WsError::ConnectionClosed | WsError::AlreadyClosed => Told::Closed,
        error => Told::Broken(Cow::Owned(error.to_string())),
    }
}
