//! The opening handshake of a websocket (RFC 6455 §4.2), with everything checked before it is answered.
//!
//! tungstenite bounds the request: 64 KiB, 124 headers.

use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        self,
        handshake::server::{ErrorResponse, Request, Response},
        http::{
            HeaderValue, StatusCode,
            header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL, WWW_AUTHENTICATE},
        },
        protocol::WebSocketConfig,
    },
};

use super::{
    credentials::Credentials,
    listener::{Refused, Stream},
};
#[cfg(feature = "voice")]
use {
    super::desk::Desk,
    crate::{
        id::ChannelId,
        media::websocket::{
            self,
            control::{Dialect, Event, Start},
        },
    },
    futures_util::StreamExt,
    tokio_tungstenite::tungstenite::{Message, Utf8Bytes},
};

/// A websocket that came through a door.
pub type Socket = WebSocketStream<Stream>;

/// A media websocket that came through a door, and how it began.
#[cfg(feature = "voice")]
#[derive(Debug)]
pub struct Begun {
    /// The websocket.
    pub socket: Socket,
    /// Asterisk's `MEDIA_START`, which was read from it; sound that came before is lost (asterisk#1712).
    pub start: Utf8Bytes,
}

/// Lets a media websocket in that shows the credentials, if any are wanted, and whose `MEDIA_START` names a channel that is expected; hands
/// it to who waits for it.
///
/// What the dial string adds to the URL (`v(token=…)`) is of no use for this: Asterisk 22.10 keeps it where all calls of the section do, and
/// two that begin at once may show the same.
#[cfg(feature = "voice")]
pub(super) async fn greet_media(
    stream: Stream,
    credentials: Option<&Credentials>,
    desk: &Desk<ChannelId, Begun>,
) -> Result<(), Refused> {
    let mut socket = upgrade(stream, websocket::config(), |request| {
        let protocol = protocol(request, "media")?;
        checked(request, credentials)?;
        match desk.is_empty() {
            true => Err(Denied::Nobody),
            false => Ok(protocol),
        }
    })
    .await?;
    let start = first_text(&mut socket).await?;
    let dialect = match start.starts_with('{') {
        true => Dialect::Json,
        false => Dialect::PlainText,
    };
    let Event::Start(Start { channel_id, .. }) = Event::read(&start, dialect) else {
        return Err(Refused::Garbled("it did not begin with `MEDIA_START`".into()));
    };
    let to = desk.take(&ChannelId::from(&*channel_id));
    // Who waited may have given up just now: then the connection is closed here.
    to.ok_or(Refused::Unknown)?
        .send(Begun { socket, start })
        .map_err(|_| Refused::Unknown)
}

#[cfg(feature = "voice")]
async fn first_text(socket: &mut Socket) -> Result<Utf8Bytes, Refused> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Close(_))) | None => {
                return Err(Refused::Garbled("closed before it began".into()));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(Refused::Garbled(error.to_string())),
        }
    }
}

/// What is wrong with a request to become a websocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// 401.
    Credentials,
    /// 503.
    Full,
    /// 404.
    Nobody,
    /// 400: it wants to speak something else.
    Protocol,
}

impl Denied {
    fn answer(self) -> ErrorResponse {
        let (status, text) = match self {
            Self::Credentials => (StatusCode::UNAUTHORIZED, "wrong user or password"),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, "as many are connected as may be"),
            Self::Nobody => (StatusCode::NOT_FOUND, "nobody expects this connection"),
            Self::Protocol => (StatusCode::BAD_REQUEST, "no such sub-protocol"),
        };
        let mut answer = ErrorResponse::new(Some(text.to_owned()));
        *answer.status_mut() = status;
        if self == Self::Credentials {
            let basic = HeaderValue::from_static("Basic realm=\"evatel\"");
            answer.headers_mut().insert(WWW_AUTHENTICATE, basic);
        }
        answer
    }

    fn refused(self) -> Refused {
        match self {
            Self::Full => Refused::Full,
            Self::Credentials | Self::Nobody => Refused::Unknown,
            Self::Protocol => Refused::Garbled("it asked for another sub-protocol".into()),
        }
    }
}

/// Answers the handshake as `admit` decides, which gives the sub-protocol to agree to.
pub(crate) async fn upgrade(
    stream: Stream,
    limits: WebSocketConfig,
    admit: impl FnOnce(&Request) -> Result<Option<&'static str>, Denied> + Unpin,
) -> Result<Socket, Refused> {
    let mut denied = None;
    #[expect(clippy::result_large_err, reason = "tungstenite wants this type")]
    let answer = |request: &Request, mut response: Response| match admit(request) {
        Ok(protocol) => {
            if let Some(protocol) = protocol {
                let protocol = HeaderValue::from_static(protocol);
                response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocol);
            }
            Ok(response)
        }
        Err(reason) => {
            denied = Some(reason);
            Err(reason.answer())
        }
    };
    match accept_hdr_async_with_config(stream, answer, Some(limits)).await {
        Ok(socket) => Ok(socket),
        Err(tungstenite::Error::Http(_)) if denied.is_some() => {
            Err(denied.map_or(Refused::Unknown, Denied::refused))
        }
        Err(error) => Err(Refused::Garbled(format!("no websocket: {error}"))),
    }
}

/// Picks the sub-protocol `wanted` out of those asked for; none has to be asked for.
pub(crate) fn protocol(request: &Request, wanted: &'static str) -> Result<Option<&'static str>, Denied> {
    let mut asked = request
        .headers()
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .peekable();
    if asked.peek().is_none() {
        return Ok(None);
    }
    match asked.any(|name| name == wanted) {
        true => Ok(Some(wanted)),
        false => Err(Denied::Protocol),
    }
}

/// Checks `Authorization` where credentials are wanted.
pub(crate) fn checked(request: &Request, wanted: Option<&Credentials>) -> Result<(), Denied> {
    let shown = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    match wanted {
        Some(credentials) if !credentials.are_shown(shown) => Err(Denied::Credentials),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(protocols: &[&'static str]) -> Request {
        let mut request = Request::new(());
        for protocol in protocols {
            let protocol = HeaderValue::from_static(protocol);
            request.headers_mut().append(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        request
    }

    #[test]
    fn a_sub_protocol_is_agreed_to_only_if_it_is_ours_and_asked_for() {
        assert_eq!(protocol(&request(&[]), "media"), Ok(None));
        for asked in [&["media"][..], &["x, media"], &["x", "media"]] {
            assert_eq!(protocol(&request(asked), "media"), Ok(Some("media")));
        }
        assert_eq!(protocol(&request(&["chat"]), "media"), Err(Denied::Protocol));
    }
}
