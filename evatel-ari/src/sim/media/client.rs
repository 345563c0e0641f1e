//! Media connections that Asterisk opens: what a request opens before it is answered, and what is served after.

use std::{io, time::Duration};

use tokio::{
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{client::IntoClientRequest, http::HeaderValue};
use uuid::Uuid;

use super::{audiosocket, rtp, websocket};
use crate::sim::{Shared, http::Asked};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection that was opened for the request under way.
pub(in crate::sim) enum Dialled {
    AudioSocket(io::Result<TcpStream>),
    Rtp(io::Result<UdpSocket>),
}

/// A connection that waits for its task.
pub(in crate::sim) enum ToServe {
    AudioSocket {
        channel: String,
        stream: TcpStream,
        uuid: Uuid,
    },
    Rtp {
        channel: String,
        socket: UdpSocket,
    },
    Websocket {
        channel: String,
        url: String,
    },
}

/// Opens what a request for external media needs before it can be answered.
pub(in crate::sim) async fn dial(asked: &Asked) -> Option<Dialled> {
    if asked.method != "POST" || asked.path != "/channels/externalMedia" {
        return None;
    }
    let host = asked.param("external_host");
    match asked.given("encapsulation").unwrap_or("rtp") {
        "audiosocket" => {
            let connecting = timeout(PATIENCE, TcpStream::connect(host)).await;
            Some(Dialled::AudioSocket(
                connecting.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
            ))
        }
        "rtp" => Some(Dialled::Rtp(connected(host).await)),
        _ => None,
    }
}

async fn connected(host: &str) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await?;
    socket.connect(host).await?;
    Ok(socket)
}

/// Serves one connection to its end.
pub(in crate::sim) async fn serve(what: ToServe, shared: Shared) {
    match what {
        ToServe::AudioSocket {
            channel,
            stream,
            uuid,
        } => audiosocket::serve(channel, uuid, stream, shared).await,
        ToServe::Rtp { channel, socket } => rtp::serve(channel, socket, shared).await,
        ToServe::Websocket { channel, url } => {
            let connecting = async {
                let mut request = url.into_client_request()?;
                let protocol = HeaderValue::from_static("media");
                request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
                tokio_tungstenite::connect_async(request).await
            };
            match timeout(PATIENCE, connecting).await {
                Ok(Ok((socket, _))) => websocket::serve(channel, socket, shared).await,
                Ok(Err(_)) | Err(_) => {
                    shared.change(|world| world.end(&channel, 0, None));
                }
            }
        }
    }
}
