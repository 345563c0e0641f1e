//! Reading an HTTP answer from what has come of it so far. Pure.

use httparse::{Response, Status};

use super::{MAX_HEAD, Replied};

/// How many header lines an answer may have.
const HEADERS: usize = 64;

/// How far an answer is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It is whole; whether the connection may be kept.
    Done(Replied, bool),
    /// At least this much is still to come.
    Needs(usize),
}

/// How an answer says where it ends (RFC 9112 §6.3).
enum Length {
    Chunked,
    Exactly(usize),
    UntilClosed,
}

/// Reads what has come; `is_over` when nothing more will.
pub(super) fn read(mut came: &[u8], is_over: bool) -> Result<Progress, String> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut head = Response::new(&mut headers);
        match head
            .parse(came)
            .map_err(|error| format!("no HTTP answer: {error}"))?
        {
            // An interim answer: the real one follows.
            Status::Complete(end) if head.code.is_some_and(|code| code < 200) => came = &came[end..],
            Status::Complete(end) => return read_body(&head, &came[end..], is_over),
            Status::Partial if came.len() > MAX_HEAD => return Err("the answer's front is too long".into()),
            Status::Partial => return Ok(Progress::Needs(1)),
        }
    }
}

fn read_body(head: &Response<'_, '_>, rest: &[u8], is_over: bool) -> Result<Progress, String> {
    let status = head.code.unwrap_or_default();
    let mut length = Length::UntilClosed;
    let mut is_kept = head.version == Some(1);
    for header in head.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
        if header.name.eq_ignore_ascii_case("content-length") {
            let exactly = value.parse().map_err(|_| format!("a length of `{value}`"))?;
            // What is chunked has no length, whatever else it says.
            if !matches!(length, Length::Chunked) {
                length = Length::Exactly(exactly);
            }
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            is_kept &= !value.eq_ignore_ascii_case("close");
        }
    }
    if matches!(status, 204 | 304) {
        length = Length::Exactly(0);
    }
    let done = |body: Vec<u8>, is_kept| Ok(Progress::Done(Replied { status, body }, is_kept));
    match length {
        Length::Exactly(length) if rest.len() < length => Ok(Progress::Needs(length - rest.len())),
        // More than the answer is nothing that was asked for: such a connection is not kept.
        Length::Exactly(length) => done(rest[..length].to_vec(), is_kept && rest.len() == length),
        Length::Chunked => match dechunked(rest)? {
            Some((body, end)) => done(body, is_kept && rest.len() == end),
            None => Ok(Progress::Needs(1)),
        },
        Length::UntilClosed if is_over => done(rest.to_vec(), false),
        Length::UntilClosed => Ok(Progress::Needs(1)),
    }
}

/// Puts chunks together (RFC 9112 §7.1) and gives how much they took; nothing while some are still to come.
fn dechunked(mut rest: &[u8]) -> Result<Option<(Vec<u8>, usize)>, String> {
    let whole = rest.len();
    let mut body = Vec::new();
    loop {
        let size = httparse::parse_chunk_size(rest).map_err(|_| "a chunk without a size".to_owned())?;
        let Status::Complete((start, size)) = size else {
            return Ok(None);
        };
        let size = usize::try_from(size).map_err(|_| "a chunk that is too long".to_owned())?;
        rest = &rest[start..];
        if size == 0 {
            // Trailers end, as headers do, with an empty line.
            let mut trailers = [httparse::EMPTY_HEADER; HEADERS];
            return match httparse::parse_headers(rest, &mut trailers) {
                Ok(Status::Complete((end, _))) => Ok(Some((body, whole - rest.len() + end))),
                Ok(Status::Partial) => Ok(None),
                Err(error) => Err(format!("bad trailers: {error}")),
            };
        }
        let Some(end) = size.checked_add(2).filter(|end| *end <= rest.len()) else {
            return Ok(None);
        };
        body.extend_from_slice(&rest[..size]);
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;

    const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2;x=y\r\n2]\r\n0\r\nTrailer: x\r\n\r\n";

    fn done(text: &str, is_over: bool) -> (u16, String, bool) {
        match read(text.as_bytes(), is_over) {
            Ok(Progress::Done(Replied { status, body }, is_kept)) => {
                (status, String::from_utf8(body).unwrap(), is_kept)
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn an_answer_ends_where_it_says() {
        assert_eq!(done(OK, false), (200, "[]".into(), true));
        assert_eq!(done(CHUNKED, false), (200, "[1,2]".into(), true));
        assert_eq!(
            done("HTTP/1.1 204 No Content\r\n\r\n", false),
            (204, String::new(), true)
        );
        let interim = format!("HTTP/1.1 100 Continue\r\n\r\n{OK}");
        assert_eq!(done(&interim, false), (200, "[]".into(), true));
        let closed = "HTTP/1.1 200 OK\r\n\r\nall that comes";
        assert!(matches!(read(closed.as_bytes(), false), Ok(Progress::Needs(_))));
        assert_eq!(done(closed, true), (200, "all that comes".into(), false));
    }

    #[test]
    fn a_connection_is_not_kept_that_is_to_be_closed_or_says_more_than_was_asked() {
        let closing = OK.replace("Content-Type", "Connection: Close\r\nContent-Type");
        assert_eq!(done(&closing, false), (200, "[]".into(), false));
        assert_eq!(done(&OK.replace("1.1", "1.0"), false), (200, "[]".into(), false));
        assert_eq!(
            done(&format!("{OK}HTTP/1.1 200"), false),
            (200, "[]".into(), false)
        );
    }

    #[test]
    fn an_answer_in_pieces_is_read_once_it_is_whole_and_not_before() {
        for text in [OK, CHUNKED] {
            for end in 0..text.len() {
                let progress = read(&text.as_bytes()[..end], false);
                assert!(
                    matches!(progress, Ok(Progress::Needs(1..))),
                    "{end}: {progress:?}"
                );
            }
        }
    }

    #[test]
    fn whatever_comes_is_read_without_a_panic() {
        for seed in 0..20_000 {
            let mut noise = Noise::new(seed);
            let text = match noise.below(3) {
                0 => String::from_utf8_lossy(&noise.bytes(200)).into_owned(),
                1 => noise.damaged(OK),
                _ => noise.damaged(CHUNKED),
            };
            let _ = read(text.as_bytes(), seed % 2 == 0);
        }
    }
}
