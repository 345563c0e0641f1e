//! Over `chan_websocket`: tokio-tungstenite.

use anyhow::{Context, Result, bail};
use evatel_ari::op::channels::{ExternalMedia, MEDIA_CONNECTION_ID};
use evatel_voice::frame::{Frame, Frame16k};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use super::{Heard, Leg, Line};
use crate::house::APP;

pub(crate) struct WebSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line<320> for WebSocket {
    const AHEAD: usize = 2;

    async fn open(leg: &Leg<'_>) -> Result<Self> {
        let channel = leg.create(&ExternalMedia::web_socket(APP, "slin16")).await?;
        let connection = channel
            .variable(MEDIA_CONNECTION_ID)
            .context("no connection id")?;
        let server = leg.house.server.url().replace("http", "ws");
        let mut request = format!("{server}/media/{connection}").into_client_request()?;
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", "media".parse()?);
        // The settings of our own legs: a limit that is slow for want of them would be none.
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0);
        let connected = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        let (mut socket, _) = connected.await?;
        socket.next().await.context("no MEDIA_START")??;
        Ok(Self(socket))
    }

    async fn say(&mut self, frame: &Frame16k) -> Result<()> {
        let bytes: Vec<u8> = frame.0.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        Ok(self.0.send(Message::binary(bytes)).await?)
    }

    async fn hear(&mut self) -> Result<Heard<320>> {
        match self.0.next().await.context("closed")?? {
            Message::Binary(bytes) => {
                let mut heard: Frame16k = Frame::SILENCE;
                for (sample, pair) in heard.0.iter_mut().zip(bytes.as_chunks::<2>().0) {
                    *sample = i16::from_le_bytes(*pair);
                }
                Ok(Heard::Frame(heard))
            }
            Message::Close(_) => bail!("closed by Asterisk"),
            _ => Ok(Heard::Other),
        }
    }
}
