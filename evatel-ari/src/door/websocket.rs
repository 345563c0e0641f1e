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
    desk::Desk,
    listener::{Refused, Stream},
    token::Token,
};

/// A websocket that came through a door.
pub type Socket = WebSocketStream<Stream>;

/// Longest message on a media websocket, in bytes: Asterisk itself ends a call above 65,500.
const MAX_MEDIA: usize = 65_536;

/// What may wait to be written, in bytes: 200 ms of 16 kHz sound.
const MAX_UNWRITTEN: usize = 6_540;

/// Lets a media websocket in that shows a token, and the credentials if any are wanted, and hands it to who waits for it.
pub(super) async fn greet_media(
    stream: Stream,
    credentials: Option<&Credentials>,
    desk: &Desk<Socket>,
) -> Result<(), Refused> {
    let mut waiting = None;
    // A large read buffer is cleared at each read; a frame has to go at once.
    let limits = WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_UNWRITTEN)
        .max_message_size(Some(MAX_MEDIA))
        .max_frame_size(Some(MAX_MEDIA));
    let socket = upgrade(stream, limits, |request| {
        // The token last: who fails for another reason has not spent it.
        let protocol = protocol(request, "media")?;
        checked(request, credentials)?;
        waiting = token(request).and_then(|token| desk.take(&token));
        match waiting {
            Some(_) => Ok(protocol),
            None => Err(Denied::Nobody),
        }
    })
    .await?;
    let to = waiting.ok_or(Refused::Unknown)?;
    // Who waited may have given up just now: then the connection is closed here.
    to.send(socket).map_err(|_| Refused::Unknown)
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

/// Finds the token in the query or at the end of the path.
fn token(request: &Request) -> Option<Token> {
    let uri = request.uri();
    let in_query = uri
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    let at_end = || uri.path().rsplit('/').next();
    in_query.or_else(at_end).and_then(Token::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, protocols: &[&'static str]) -> Request {
        let mut request = Request::new(());
        *request.uri_mut() = uri.parse().unwrap();
        for protocol in protocols {
            let protocol = HeaderValue::from_static(protocol);
            request.headers_mut().append(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        request
    }

    #[test]
    fn the_token_stands_in_the_query_or_at_the_end_of_the_path() {
        let wanted = Token::of([0xab; 16]);
        for uri in [
            format!("/media?token={}", wanted.hex()),
            format!("/media?call=7&token={}", wanted.uuid()),
            format!("/media/{}", wanted.hex()),
            format!("/{}?call=7", wanted.uuid()),
        ] {
            assert_eq!(token(&request(&uri, &[])), Some(wanted.clone()), "{uri}");
        }
        for uri in ["/", "/media", "/media?token=", "/media?xtoken=abababab"] {
            assert_eq!(token(&request(uri, &[])), None, "{uri}");
        }
    }

    #[test]
    fn a_sub_protocol_is_agreed_to_only_if_it_is_ours_and_asked_for() {
        assert_eq!(protocol(&request("/", &[]), "media"), Ok(None));
        for asked in [&["media"][..], &["x, media"], &["x", "media"]] {
            assert_eq!(protocol(&request("/", asked), "media"), Ok(Some("media")));
        }
        assert_eq!(protocol(&request("/", &["chat"]), "media"), Err(Denied::Protocol));
    }
}
