//! An endpoint of the test's own, on loopback: each request is answered by the next scene of its script.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};

/// How one request is answered.
#[derive(Clone, Debug)]
pub(crate) enum Scene {
    /// A whole answer: status, further header lines, body.
    Answer(u16, &'static str, &'static str),
    /// The connection is cut without a word.
    Cut,
    /// The same piece again and again, as fast as it is taken.
    Endless(&'static str),
    /// The same piece every few ms.
    Drip(&'static str),
    /// Nothing.
    Silence,
    /// An event stream in these pieces, each a chunk of its own, to its end.
    Stream(Vec<Vec<u8>>),
    /// These pieces, then nothing.
    Stall(Vec<Vec<u8>>),
}

/// What was asked.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

/// Something that happened at the endpoint.
#[derive(Debug)]
pub(crate) enum Seen {
    Asked(Asked),
    /// The client has gone in the middle of a scene.
    Left,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: mpsc::UnboundedReceiver<Seen>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn playing(scenes: impl IntoIterator<Item = Scene>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut scenes: Vec<Scene> = scenes.into_iter().collect();
        scenes.reverse();
        let (tell, seen) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A connection that is kept asks again on it: each scene closes its own.
                let Some(scene) = scenes.pop() else { continue };
                tokio::spawn(play(stream, scene, tell.clone()));
            }
        });
        Self { address, seen, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Waits for what happens next.
    pub(crate) async fn next(&mut self) -> Seen {
        let next = timeout(Duration::from_secs(10), self.seen.recv()).await;
        next.expect("the endpoint is asked").expect("the endpoint lives")
    }

    pub(crate) async fn asked(&mut self) -> Asked {
        match self.next().await {
            Seen::Asked(asked) => asked,
            seen => panic!("{seen:?}"),
        }
    }

    /// Says whether nothing more has happened.
    pub(crate) fn was_left_alone(&mut self) -> bool {
        self.seen.try_recv().is_err()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(mut stream: TcpStream, scene: Scene, tell: mpsc::UnboundedSender<Seen>) {
    let asked = read(&mut stream).await;
    // A test that ended before reads no more.
    _ = tell.send(Seen::Asked(asked));
    let played = match scene {
        Scene::Answer(status, headers, body) => {
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).await
        }
        Scene::Cut => return,
        Scene::Silence => gone(&mut stream).await,
        Scene::Endless(piece) => stream_of(&mut stream, std::iter::repeat(piece), None).await,
        Scene::Drip(piece) => {
            let pause = Some(Duration::from_millis(5));
            stream_of(&mut stream, std::iter::repeat(piece), pause).await
        }
        Scene::Stream(pieces) => {
            let sent = stream_of(&mut stream, pieces, None).await;
            match sent {
                Ok(()) => stream.write_all(b"0\r\n\r\n").await,
                Err(error) => Err(error),
            }
        }
        Scene::Stall(pieces) => match stream_of(&mut stream, pieces, None).await {
            Ok(()) => gone(&mut stream).await,
            Err(error) => Err(error),
        },
    };
    if played.is_err() {
        _ = tell.send(Seen::Left);
    }
}

/// Sends each piece as a chunk of its own, in a packet of its own.
async fn stream_of(
    stream: &mut TcpStream,
    pieces: impl IntoIterator<Item = impl AsRef<[u8]>>,
    pause: Option<Duration>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    for piece in pieces {
        let piece = piece.as_ref();
        stream
            .write_all(format!("{:x}\r\n", piece.len()).as_bytes())
            .await?;
        stream.write_all(piece).await?;
        stream.write_all(b"\r\n").await?;
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
    }
    Ok(())
}

/// Waits until the client has gone.
async fn gone(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await?;
    Err(std::io::ErrorKind::UnexpectedEof.into())
}

async fn read(stream: &mut TcpStream) -> Asked {
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(head) = request.parse(&bytes).unwrap() else {
            continue;
        };
        let header = |name: &str| {
            let found = request
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case(name));
            found.map(|header| String::from_utf8(header.value.to_vec()).unwrap())
        };
        let length: usize = header("content-length").unwrap().parse().unwrap();
        if bytes.len() < head + length {
            continue;
        }
        assert_eq!(request.method, Some("POST"));
        return Asked {
            path: request.path.unwrap().to_owned(),
            authorization: header("authorization"),
            body: serde_json::from_slice(&bytes[head..head + length]).unwrap(),
        };
    }
}

/// Events of one call of a tool, as servers stream them, in pieces of this many bytes.
pub(crate) fn called(tool: &str, arguments: &str, piece: usize) -> Vec<Vec<u8>> {
    let (front, back) = arguments.split_at(arguments.len() / 2);
    let part = |function: Value| serde_json::json!({ "choices": [{ "index": 0, "delta": { "tool_calls": [{ "index": 0, "function": function }] } }] });
    let chunks = [
        part(serde_json::json!({ "name": tool, "arguments": "" })),
        part(serde_json::json!({ "arguments": front })),
        part(serde_json::json!({ "arguments": back })),
        serde_json::json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }] }),
        serde_json::json!({ "choices": [], "usage": { "prompt_tokens": 400, "completion_tokens": 10 } }),
    ];
    let mut text: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    text.push_str("data: [DONE]\n\n");
    text.as_bytes().chunks(piece).map(<[u8]>::to_vec).collect()
}
