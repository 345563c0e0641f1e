//! The first frame of AudioSocket (Asterisk's `res/res_audiosocket.c`): kind 0x01, length 16 in network order, the UUID.

use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_util::either::Either;

use super::{
    desk::Desk,
    listener::{Refused, Stream},
    token::Token,
};

/// What the first frame begins with.
const UUID_FRAME: [u8; 3] = [0x01, 0, 16];

/// Reads the UUID, no byte more, and hands the connection to who waits for it.
pub(super) async fn greet(stream: Stream, desk: &Desk<Token, TcpStream>) -> Result<(), Refused> {
    let Either::Left(mut tcp) = stream else {
        return Err(Refused::Garbled("AudioSocket knows no TLS".into()));
    };
    let mut frame = [0; 19];
    // In two steps: who speaks something else is cut off without waiting for a whole frame of it.
    let (head, uuid) = frame.split_at_mut(UUID_FRAME.len());
    let broken = |error: std::io::Error| Refused::Garbled(format!("it broke off before the UUID: {error}"));
    tcp.read_exact(head).await.map_err(broken)?;
    if *head != UUID_FRAME {
        return Err(Refused::Garbled(format!(
            "it began with {head:02x?}, not with a UUID"
        )));
    }
    tcp.read_exact(uuid).await.map_err(broken)?;
    let bits = uuid
        .try_into()
        .expect("the frame is 16 bytes longer than its head");
    let to = desk.take(&Token::of(bits)).ok_or(Refused::Unknown)?;
    // Who waited may have given up just now: then the connection is closed here.
    to.send(tcp).map_err(|_| Refused::Unknown)
}
