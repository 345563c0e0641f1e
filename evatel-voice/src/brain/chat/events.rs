//! An event stream as its events (WHATWG HTML §9.2.6), of which only the data matters here.
//!
//! Our own: eventsource-stream 0.2.3 panics on a stream that begins with a byte order mark, and reads a line anew with each piece of it.

use std::{collections::VecDeque, mem};

use super::error::Error;

/// Cuts bytes into events, wherever the network cut them.
#[derive(Debug)]
pub(super) struct Events {
    /// The line that is being read.
    line: Vec<u8>,
    /// What the event that is being read says so far.
    data: Option<String>,
    /// A line feed that comes next belongs to the line before.
    after_return: bool,
    /// A first line was read.
    begun: bool,
    events: usize,
    ready: VecDeque<Result<String, Error>>,
    limit: usize,
    left: usize,
}

impl Events {
    /// Reads at most so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            data: None,
            after_return: false,
            begun: false,
            events: 0,
            ready: VecDeque::new(),
            limit,
            left: limit,
        }
    }

    /// Takes what came.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.left == 0 {
                self.ready.push_back(Err(Error::TooLong { limit: self.limit }));
                return;
            }
            self.left -= 1;
            match byte {
                b'\n' if mem::take(&mut self.after_return) => {}
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    self.end_line();
                }
                _ => {
                    self.after_return = false;
                    self.line.push(*byte);
                }
            }
        }
    }

    /// Gives the data of the next event that is there. After an error nothing that follows makes sense.
    pub(super) fn next(&mut self) -> Option<Result<String, Error>> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) {
        let line = mem::take(&mut self.line);
        let Ok(mut line) = str::from_utf8(&line) else {
            let event = self.events + 1;
            let what = "no UTF-8";
            return self.ready.push_back(Err(Error::Garbage { event, what }));
        };
        if !mem::replace(&mut self.begun, true) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            // Some servers keep a connection alive with events that say nothing.
            if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
                self.events += 1;
                self.ready.push_back(Ok(data));
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<Result<String, Error>> {
        let mut events = Events::new(64);
        pieces.iter().for_each(|piece| events.take(piece));
        std::iter::from_fn(|| events.next()).collect()
    }

    #[test]
    fn only_data_counts_and_every_end_of_line_and_a_byte_order_mark_are_taken() {
        for text in [
            "data: a\n\ndata:b\n\n",
            "\u{feff}data: a\r\n\r\ndata:b\r\n\r\n",
            "data: a\r\rdata:b\r\r",
            ": comment\nid: 7\nevent: x\ndata: a\nretry\n\n\ndata\n\ndata:b\n\n",
        ] {
            assert_eq!(
                read(&[text.as_bytes()]),
                [Ok("a".to_owned()), Ok("b".to_owned())],
                "{text:?}"
            );
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(read(&bytes), read(&[text.as_bytes()]), "{text:?}");
        }
        assert_eq!(
            read(&[b"data: a\ndata:\ndata:  b\n\n"]),
            [Ok("a\n\n b".to_owned())]
        );
    }

    #[test]
    fn half_an_event_is_none() {
        assert_eq!(read(&[b"data: a\n"]), []);
        assert_eq!(read(&[b"data: a"]), []);
    }

    #[test]
    fn bytes_that_are_no_text_or_too_many_are_told_in_their_place() {
        let garbage = Error::Garbage {
            event: 2,
            what: "no UTF-8",
        };
        assert_eq!(
            read(&[b"data: a\n\ndata: \xff\n\n"]),
            [Ok("a".to_owned()), Err(garbage)]
        );
        let long = [b"data: a\n\n".to_vec(), vec![b'a'; 64]].concat();
        assert_eq!(
            read(&[&long]),
            [Ok("a".to_owned()), Err(Error::TooLong { limit: 64 })]
        );
    }
}
