//! The limit: a task a leg, an interval and a websocket, and nothing that a leg of a client has to know.

use std::time::Duration;

use anyhow::{Context, Result};
use evatel_ari::{
    ChannelId, EventName,
    op::{
        self,
        channels::{ExternalMedia, MEDIA_CONNECTION_ID},
    },
    router::Signal,
};
use evatel_voice::frame::{Frame, Frame16k};
use futures_util::{SinkExt, StreamExt, TryStreamExt, stream};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use super::{
    gauge::{Gauge, Gauges},
    house::{APP, House},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const AT_A_TIME: usize = 4;

/// Opens pairs of legs; they live until the server ends.
pub(crate) async fn open(house: &House, pairs: usize, gauges: &Gauges) -> Result<()> {
    stream::iter(0..pairs)
        .map(|_| async {
            let (one, one_socket) = leg(house).await?;
            let (other, other_socket) = leg(house).await?;
            house.join(&one, &other).await?;
            for socket in [one_socket, other_socket] {
                tokio::spawn(talk(socket, gauges.add()));
            }
            Ok(())
        })
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await
}

async fn leg(house: &House) -> Result<(ChannelId, Socket)> {
    let id = house.new_id();
    let mut events = house.ari.subscribe_channel(&id);
    let media = ExternalMedia::web_socket(APP, "slin16");
    let channel = house.ari.send(op::channels::external_media(&id, &media)).await?;
    let connection = channel
        .variable(MEDIA_CONNECTION_ID)
        .context("no connection id")?;
    let url = format!("{}/media/{connection}", house.server.url().replace("http", "ws"));
    let mut request = url.into_client_request()?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", "media".parse()?);
    // The settings of our own legs: a limit that is slow for want of them would be none.
    let config = WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(0);
    let (mut socket, _) = tokio_tungstenite::connect_async_with_config(request, Some(config), true).await?;
    socket.next().await.context("no MEDIA_START")??;
    // Only then it can be put into a bridge.
    loop {
        match events.next().await.context("the channel ended")? {
            Signal::Event(event) if event.is(EventName::StasisStart) => return Ok((id, socket)),
            _ => {}
        }
    }
}

async fn talk(mut socket: Socket, gauge: Gauge) -> Result<()> {
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    let mut frame: Frame16k = Frame([321; 320]);
    let mut first = true;
    loop {
        tokio::select! {
            _ = clock.tick() => {
                // Two frames ahead, as ours.
                for _ in 0..=u8::from(first) {
                    gauge.stamp(&mut frame);
                    let bytes: Vec<u8> = frame.0.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                    socket.send(Message::binary(bytes)).await?;
                }
                first = false;
            }
            message = socket.next() => match message.context("closed")?? {
                Message::Binary(bytes) => {
                    let mut heard = Frame16k::SILENCE;
                    for (sample, pair) in heard.0.iter_mut().zip(bytes.as_chunks::<2>().0) {
                        *sample = i16::from_le_bytes(*pair);
                    }
                    gauge.heard(&heard);
                }
                Message::Close(_) => return Ok(()),
                _ => {}
            },
        }
    }
}
