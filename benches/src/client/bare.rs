//! Bare loops: the limit of what a client in Rust can do with the same libraries.

use std::{collections::HashMap, time::Instant};

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::Task;
use crate::measure::{Call, Outcome, cpu_seconds, finish, latency, report_when_done};

/// All that any of these events has, borrowed from the text.
#[derive(Deserialize)]
struct Flat<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    asterisk_id: &'a str,
    channel: Id<'a>,
    digit: Option<&'a str>,
    value: Option<&'a str>,
}

#[derive(Deserialize)]
struct Id<'a> {
    id: &'a str,
}

impl Flat<'_> {
    fn apply(&self, call: &mut Call) {
        call.event();
        latency(self.asterisk_id);
        match self.kind {
            "ChannelDtmfReceived" => call.digit(self.digit.unwrap_or_default()),
            "ChannelVarset" => call.value(self.value.unwrap_or_default()),
            "ChannelDestroyed" => call.end(),
            _ => {}
        }
    }
}

/// One map of all channels.
pub async fn map(task: &Task) -> Result<()> {
    let mut socket = connect(task).await?;
    report_when_done(task.expect);
    let mut calls: HashMap<String, Call> = HashMap::new();
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let event: Flat<'_> = serde_json::from_str(&text)?;
        if event.kind == "StasisStart" {
            calls.insert(event.channel.id.to_owned(), Call::default());
        }
        if let Some(call) = calls.get_mut(event.channel.id) {
            event.apply(call);
        }
        if event.kind == "ChannelDestroyed" {
            calls.remove(event.channel.id);
        }
    }
    Ok(())
}

/// How many events wait in a channel's queue at most: as many as in a stream of ours.
const QUEUE: usize = 256;

/// A task and a queue a channel: the limit of a client that brings each event to its own call.
///
/// It is written for this one workload, as a program without a client would be. The reader goes over the text once and knows already what
/// the handler will want: an owned enum goes over with nothing but that. A client cannot know it, and pays for keeping the event's text and
/// for reading it when somebody looks. What any program needs is here: the queue is bounded, a full one is an error, and the reader lets the
/// tasks run after the runtime's budget of 128 events. What was tried and makes little difference: an unbounded queue (5 % at most), a reader
/// that waits for room (`send().await`, 7 %). One that yields after each event takes 1.4 times the processor time with one channel, 1.2 times
/// with 1,000; the loop of this name that was measured when the goals were set took twice as much, and its code is not kept.
pub async fn tasks(task: &Task) -> Result<()> {
    let mut socket = connect(task).await?;
    report_when_done(task.expect);
    let mut calls: HashMap<String, mpsc::Sender<Owned>> = HashMap::new();
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let event: Flat<'_> = serde_json::from_str(&text)?;
        if event.kind == "StasisStart" {
            let (to_call, events) = mpsc::channel(QUEUE);
            tokio::spawn(handle(events));
            calls.insert(event.channel.id.to_owned(), to_call);
        }
        if let Some(call) = calls.get(event.channel.id) {
            call.try_send(Owned::of(&event))
                .map_err(|_| anyhow::anyhow!("a call's queue is full, or its task is gone"))?;
        }
        if event.kind == "ChannelDestroyed" {
            calls.remove(event.channel.id);
        }
        tokio::task::consume_budget().await;
    }
    Ok(())
}

struct Owned {
    asterisk_id: Box<str>,
    what: What,
}

enum What {
    Digit(Box<str>),
    End,
    Other,
    Value(Box<str>),
}

impl Owned {
    fn of(event: &Flat<'_>) -> Self {
        let what = match event.kind {
            "ChannelDtmfReceived" => What::Digit(event.digit.unwrap_or_default().into()),
            "ChannelVarset" => What::Value(event.value.unwrap_or_default().into()),
            "ChannelDestroyed" => What::End,
            _ => What::Other,
        };
        Self {
            asterisk_id: event.asterisk_id.into(),
            what,
        }
    }
}

async fn handle(mut events: mpsc::Receiver<Owned>) {
    let mut call = Call::default();
    while let Some(event) = events.recv().await {
        call.event();
        latency(&event.asterisk_id);
        match event.what {
            What::Digit(digit) => call.digit(&digit),
            What::Value(value) => call.value(&value),
            What::End => call.end(),
            What::Other => {}
        }
    }
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>;

async fn connect(task: &Task) -> Result<Socket> {
    let url = format!("ws://127.0.0.1:{}/ari/events?app=bench", task.port);
    let (mut socket, _) = connect_async(url).await?;
    socket.flush().await?;
    Ok(socket)
}

/// Hand-written HTTP over kept connections: answer, get, set a variable, in turn.
pub async fn requests(task: &Task, at_once: usize) -> Result<()> {
    let each = task.expect / at_once as u64;
    let mut connections = Vec::new();
    for _ in 0..at_once {
        connections.push(TcpStream::connect(("127.0.0.1", task.port)).await?);
    }
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let work = connections
        .into_iter()
        .map(|connection| tokio::spawn(ask(connection, each)));
    let mut requests = 0;
    for done in work.collect::<Vec<_>>() {
        requests += done.await??;
    }
    finish(&Outcome {
        requests,
        seconds: begin.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds() - cpu,
        ..Outcome::default()
    })
}

async fn ask(mut connection: TcpStream, count: u64) -> Result<u64> {
    connection.set_nodelay(true)?;
    const COMMON: &str =
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic YmVuY2g6YmVuY2g=\r\nContent-Length: 0\r\n\r\n";
    let requests = [
        format!("POST /ari/channels/1795644159.0/answer{COMMON}"),
        format!("GET /ari/channels/1795644159.0{COMMON}"),
        format!("POST /ari/channels/1795644159.0/variable?variable=STEP&value=greeting{COMMON}"),
    ];
    let mut answer = vec![0; 8192];
    for index in 0..count {
        connection
            .write_all(requests[index as usize % 3].as_bytes())
            .await?;
        let mut filled = 0;
        loop {
            let read = connection.read(&mut answer[filled..]).await?;
            anyhow::ensure!(read > 0, "closed by the server");
            filled += read;
            if let Some(end) = end_of_answer(&answer[..filled])? {
                anyhow::ensure!(end == filled, "more than an answer came");
                break;
            }
        }
        if index % 3 == 1 {
            let body = answer[..filled]
                .iter()
                .position(|byte| *byte == b'{')
                .context("no body")?;
            let channel: Id<'_> = serde_json::from_slice(&answer[body..filled])?;
            anyhow::ensure!(!channel.id.is_empty(), "no id");
        }
    }
    Ok(count)
}

/// How many connections the bare loop keeps: below any server's limit.
const CONNECTIONS: usize = 64;

/// Answers calls: a task a call, hand-written HTTP over a bounded pool.
pub async fn calls(task: &Task) -> Result<()> {
    let url = format!("ws://bench:bench@127.0.0.1:{}/ari/events?app=bench", task.port);
    let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(url)?;
    request
        .headers_mut()
        .insert("Authorization", "Basic YmVuY2g6YmVuY2g=".parse()?);
    let (mut socket, _) = connect_async(request).await?;
    let (free, pool) = async_channel();
    for _ in 0..CONNECTIONS {
        let connection = TcpStream::connect(("127.0.0.1", task.port)).await?;
        connection.set_nodelay(true)?;
        free.send(connection).await?;
    }
    println!("ready");
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let event: Begun<'_> = serde_json::from_str(&text)?;
        let (Some(channel), "StasisStart") = (event.channel, event.kind) else {
            continue;
        };
        let (id, free, pool, port) = (channel.id.to_owned(), free.clone(), pool.clone(), task.port);
        tokio::spawn(async move {
            let answer = format!("POST /ari/channels/{id}/answer");
            if through(&answer, &free, &pool, port).await.is_ok() {
                tokio::time::sleep(super::HELD).await;
                let _ = through(&format!("DELETE /ari/channels/{id}"), &free, &pool, port).await;
            }
        });
    }
    Ok(())
}

type Pool = std::sync::Arc<tokio::sync::Mutex<mpsc::Receiver<TcpStream>>>;

fn async_channel() -> (mpsc::Sender<TcpStream>, Pool) {
    let (free, pool) = mpsc::channel(CONNECTIONS);
    (free, std::sync::Arc::new(tokio::sync::Mutex::new(pool)))
}

/// One request over a free connection; one that broke gives way to a new one.
async fn through(request: &str, free: &mpsc::Sender<TcpStream>, pool: &Pool, port: u16) -> Result<()> {
    let mut connection = pool.lock().await.recv().await.context("the pool is closed")?;
    let asked = exchange(request, &mut connection).await;
    if asked.is_err() {
        connection = TcpStream::connect(("127.0.0.1", port)).await?;
        connection.set_nodelay(true)?;
    }
    free.send(connection).await?;
    asked
}

async fn exchange(request: &str, connection: &mut TcpStream) -> Result<()> {
    let request = format!(
        "{request} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic YmVuY2g6YmVuY2g=\r\nContent-Length: 0\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await?;
    let (mut answer, mut filled) = ([0; 4096], 0);
    loop {
        let read = connection.read(&mut answer[filled..]).await?;
        anyhow::ensure!(read > 0, "closed by the server");
        filled += read;
        let text = std::str::from_utf8(&answer[..filled])?;
        if text.starts_with("HTTP/1.1 204") && text.ends_with("\r\n\r\n") {
            return Ok(());
        }
        if end_of_answer(&answer[..filled]).is_ok_and(|end| end.is_some()) {
            anyhow::bail!("refused: {}", text.lines().next().unwrap_or_default());
        }
    }
}

/// All that the loop looks at.
#[derive(Deserialize)]
struct Begun<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    channel: Option<Id<'a>>,
}

fn end_of_answer(bytes: &[u8]) -> Result<Option<usize>> {
    let text = std::str::from_utf8(bytes)?;
    let Some(head) = text.find("\r\n\r\n") else {
        return Ok(None);
    };
    let length = text.find("Content-Length: ").context("no length")? + 16;
    let length: usize = text[length..].split('\r').next().unwrap_or_default().parse()?;
    let end = head + 4 + length;
    Ok((bytes.len() >= end).then_some(end))
}
