//! The fake server: it answers a few requests as quickly as it can, and writes ready-made events into the event socket.
//!
//! It stands on threads and blocking sockets, so that what is measured is the client. `POST /go` starts the events.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Condvar, Mutex},
    thread,
};

use anyhow::{Context, Result};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    events::{Stream, stamp},
    measure::now,
};

/// What the server is to send.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// How many channels are alive at once.
    #[arg(long, default_value_t = 1000)]
    pub channels: u32,
    /// How many events are sent in all.
    #[arg(long, default_value_t = 200_000)]
    pub events: u64,
    /// Events a second; none means as fast as the socket takes them.
    #[arg(long)]
    pub rate: Option<u64>,
    /// No channel ends.
    #[arg(long)]
    pub endless: bool,
    /// Where the random order begins.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

/// Serves until the process is killed; prints its port first.
pub fn serve(plan: Plan, api_docs: Option<PathBuf>) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    println!("{port}");
    let shared = Arc::new(Shared {
        port,
        frames: frames(&plan)?,
        plan,
        api_docs,
        started: Mutex::new(Start::Awaited),
        start: Condvar::new(),
    });
    for stream in listener.incoming() {
        let (stream, shared) = (stream?, shared.clone());
        stream.set_nodelay(true)?;
        thread::spawn(move || {
            // A client that goes away ends its thread only.
            let _ = connection(stream, &shared);
        });
    }
    Ok(())
}

struct Shared {
    port: u16,
    plan: Plan,
    /// The frames one after the other, and where each begins and its Asterisk id is.
    frames: (Vec<u8>, Vec<(usize, usize)>),
    api_docs: Option<PathBuf>,
    started: Mutex<Start>,
    start: Condvar,
}

/// The events are sent once: a client that lost its connection and opened another has lost the rest, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Awaited,
    Given,
    Taken,
}

fn frames(plan: &Plan) -> Result<(Vec<u8>, Vec<(usize, usize)>)> {
    let mut stream = Stream::new(plan.channels, plan.events, plan.seed, plan.endless)?;
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    loop {
        let begin = bytes.len();
        match stream.frame(&mut bytes) {
            Some(asterisk) => places.push((begin, asterisk)),
            None => return Ok((bytes, places)),
        }
    }
}

fn connection(stream: TcpStream, shared: &Arc<Shared>) -> Result<()> {
    let mut out = stream.try_clone()?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    let (mut line, mut head) = (String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (mut length, mut key) = (0, None);
        loop {
            head.clear();
            reader.read_line(&mut head)?;
            let Some((name, value)) = head.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            } else if name.eq_ignore_ascii_case("sec-websocket-key") {
                key = Some(value.trim().to_owned());
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        if let Some(key) = key {
            let accept = derive_accept_key(key.as_bytes());
            write!(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            )?;
            return event_socket(reader, out, shared);
        }
        let mut words = line.split(' ');
        let (method, uri) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if uri == "/go" {
            *shared.started.lock().expect("nothing panics with it") = Start::Given;
            shared.start.notify_all();
        }
        let (status, body) = shared.answer(method, uri);
        let reason = if status == 200 { "OK" } else { "No Content" };
        let typed = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/json\r\n"
        };
        let answer = format!(
            "HTTP/1.1 {status} {reason}\r\n{typed}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        out.write_all(answer.as_bytes())?;
    }
}

impl Shared {
    fn answer(&self, method: &str, uri: &str) -> (u16, String) {
        let path = uri
            .split('?')
            .next()
            .unwrap_or_default()
            .trim_start_matches("/ari");
        let docs = path.strip_prefix("/api-docs/").zip(self.api_docs.as_ref());
        if let Some((file, folder)) = docs {
            // As Asterisk does, the file's own address gives way to where it was asked for.
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            return (
                200,
                text.replace("localhost:8088", &format!("127.0.0.1:{}", self.port)),
            );
        }
        match (method, path) {
            ("GET", "/asterisk/info") => (200, INFO.into()),
            ("GET", "/applications") => (200, format!("[{APPLICATION}]")),
            (_, path) if path.starts_with("/applications/") => (200, APPLICATION.into()),
            ("GET", "/channels" | "/bridges") => (200, "[]".into()),
            ("GET", _) => (200, CHANNEL.into()),
            _ => (204, String::new()),
        }
    }
}

/// Answers probes and requests on one thread, writes events on another.
fn event_socket(mut reader: BufReader<TcpStream>, out: TcpStream, shared: &Arc<Shared>) -> Result<()> {
    let out = Arc::new(Mutex::new(out));
    let (writer, plan) = (out.clone(), shared.clone());
    thread::spawn(move || {
        let started = plan.started.lock().expect("nothing panics with it");
        let started = plan
            .start
            .wait_while(started, |started| *started == Start::Awaited);
        let begun = std::mem::replace(&mut *started.expect("nothing panics with it"), Start::Taken);
        if begun == Start::Taken {
            return;
        }
        match plan.plan.rate {
            None => burst(&plan, &writer),
            Some(rate) => paced(&plan, rate, &writer),
        }
    });
    let mut answers = Vec::new();
    loop {
        let (kind, payload) = client_frame(&mut reader)?;
        match kind {
            0x8 => return Ok(()),
            0x9 => frame(0x8a, &payload, &mut answers),
            0x1 => {
                let request: RestRequest<'_> = serde_json::from_slice(&payload).context("no request")?;
                let (status, body) = shared.answer(request.method, request.uri);
                let answer = serde_json::json!({
                    "type": "RESTResponse", "transaction_id": "", "request_id": request.request_id, "status_code": status,
                    "reason_phrase": "OK", "uri": request.uri, "message_body": body, "application": "bench",
                });
                frame(0x81, answer.to_string().as_bytes(), &mut answers);
            }
            _ => {}
        }
        // What came together is answered together.
        if reader.buffer().is_empty() && !answers.is_empty() {
            out.lock().expect("nothing panics with it").write_all(&answers)?;
            answers.clear();
        }
    }
}

#[derive(serde::Deserialize)]
struct RestRequest<'a> {
    method: &'a str,
    uri: &'a str,
    request_id: std::borrow::Cow<'a, str>,
}

/// How much is written at a time.
const CHUNK: usize = 64 * 1024;

/// Writes whole frames at a time: the answer to a client's ping may come between two of these, and must not come into a frame.
fn burst(shared: &Shared, out: &Mutex<TcpStream>) {
    let (bytes, places) = &shared.frames;
    let mut begin = 0;
    while begin < bytes.len() {
        let next = places.partition_point(|(at, _)| *at < begin + CHUNK);
        let end = places.get(next).map_or(bytes.len(), |next| next.0);
        // A client that ended early is told by its own report.
        if out
            .lock()
            .expect("nothing panics with it")
            .write_all(&bytes[begin..end])
            .is_err()
        {
            return;
        }
        begin = end;
    }
}

fn paced(shared: &Shared, rate: u64, out: &Mutex<TcpStream>) {
    let (bytes, places) = &shared.frames;
    let begin = now();
    for (index, (at, asterisk)) in places.iter().enumerate() {
        let end = places.get(index + 1).map_or(bytes.len(), |next| next.0);
        let mut event = bytes[*at..end].to_vec();
        let due = begin + index as u64 * 1_000_000_000 / rate;
        while now() < due {
            std::hint::spin_loop();
        }
        stamp(&mut event[asterisk - at..], now());
        if out
            .lock()
            .expect("nothing panics with it")
            .write_all(&event)
            .is_err()
        {
            return;
        }
    }
}

/// Reads one frame of a client (RFC 6455 §5.2): masked, never fragmented by those that are measured here.
fn client_frame(reader: &mut impl Read) -> Result<(u8, Vec<u8>)> {
    let mut head = [0; 2];
    reader.read_exact(&mut head)?;
    let length = match head[1] & 0x7f {
        126 => {
            let mut length = [0; 2];
            reader.read_exact(&mut length)?;
            usize::from(u16::from_be_bytes(length))
        }
        length => usize::from(length),
    };
    let mut mask = [0; 4];
    reader.read_exact(&mut mask)?;
    let mut payload = vec![0; length];
    reader.read_exact(&mut payload)?;
    payload
        .iter_mut()
        .zip(mask.iter().cycle())
        .for_each(|(byte, mask)| *byte ^= mask);
    Ok((head[0] & 0xf, payload))
}

fn frame(head: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(head);
    match u8::try_from(payload.len()) {
        Ok(length @ 0..=125) => out.push(length),
        _ => {
            out.push(126);
            out.extend_from_slice(&(payload.len() as u16).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

const INFO: &str = r#"{"build":{"os":"Linux","kernel":"6","options":"","machine":"x86_64","date":"2026-06-25","user":"root"},"system":{"version":"22.10.1","entity_id":"02:fc:00:00:00:01"},"config":{"name":"","default_language":"en","setid":{"user":"","group":""}},"status":{"startup_time":"2026-11-25T22:02:30.000+0000","last_reload_time":"2026-11-25T22:02:30.000+0000"}}"#;
const APPLICATION: &str = r#"{"name":"bench","channel_ids":[],"bridge_ids":[],"endpoint_ids":[],"device_names":[],"events_allowed":[],"events_disallowed":[]}"#;
const CHANNEL: &str = r#"{"id":"1795644159.0","name":"PJSIP/trunk-00000000","state":"Up","protocol_id":"1-28337@127.0.0.1","caller":{"name":"Marie Tremblay","number":"15145550100"},"connected":{"name":"","number":""},"accountcode":"","dialplan":{"context":"from-trunk","exten":"5145550199","priority":2,"app_name":"Stasis","app_data":"bench,trunk,5145550199"},"creationtime":"2026-11-25T22:02:39.221+0000","language":"en"}"#;
