//! Event websockets, and REST over them.

use std::{collections::VecDeque, io, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};
use tokio_util::sync::CancellationToken;

use super::{
    Shared,
    fault::Fault,
    http::{self, Asked, Reply},
    server::{self, Outcome},
    world::app::{QUEUE, Socket, ToSend},
};

/// How long a reader may take before he counts as too slow (`websocket_write_timeout`).
pub const WRITE_TIMEOUT: Duration = Duration::from_millis(100);

/// Makes a connection an event websocket: it registers its applications.
pub(super) async fn serve(mut stream: TcpStream, asked: Asked, key: &str, shared: Shared) -> io::Result<()> {
    let apps = asked.list("app");
    let refusal = {
        let mut world = shared.lock();
        if world.faults.is(&Fault::Booting) || world.faults.is(&Fault::EventsRefused) {
            Some(Reply::refused(503, "Asterisk not booted"))
        } else if let Some(refusal) = server::refused(&asked, &world) {
            Some(refusal)
        } else {
            apps.is_empty()
                .then(|| Reply::refused(400, "HTTP request is missing param: [app]"))
        }
    };
    if let Some(reply) = refusal {
        return http::write(&mut stream, &reply, true).await;
    }
    let websocket = http::upgrade(stream, key, None).await?;
    let all = asked.param("subscribeAll") == "true";
    let session = Session::open(&shared, |world, socket| {
        world.note(asked);
        for app in &apps {
            world.register(app, socket.clone(), all);
        }
    });
    session
        .run(websocket, apps.first().map_or("", String::as_str))
        .await;
    Ok(())
}

/// One event websocket, whoever opened it.
pub(super) struct Session {
    shared: Shared,
    number: u64,
    to_send: mpsc::Receiver<ToSend>,
    end: CancellationToken,
}

impl Session {
    /// Makes one and lets it be registered.
    pub(super) fn open(shared: &Shared, register: impl FnOnce(&mut super::world::World, &Socket)) -> Self {
        let (to, to_send) = mpsc::channel(QUEUE);
        let end = CancellationToken::new();
        let number = shared.change(|world| {
            let number = world.next_turn();
            let socket = Socket {
                number,
                to,
                end: end.clone(),
            };
            register(world, &socket);
            number
        });
        Self {
            shared: shared.clone(),
            number,
            to_send,
            end,
        }
    }

    /// Carries events and requests until the client goes or is cut off. A mark is done once the client's pong has come.
    pub(super) async fn run<S>(mut self, mut socket: WebSocketStream<S>, app: &str)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.carry(&mut socket, app).await;
        self.shared.change(|world| world.unregister(self.number));
        self.end.cancel();
    }

    async fn carry<S>(&mut self, socket: &mut WebSocketStream<S>, app: &str)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut marks = VecDeque::<oneshot::Sender<()>>::new();
        loop {
            let message = tokio::select! {
                () = self.end.cancelled() => return,
                next = self.to_send.recv() => match next {
                    Some(ToSend::Text(text)) => Message::text(text),
                    Some(ToSend::Mark(done)) => {
                        marks.push_back(done);
                        Message::Ping(b"mark".to_vec().into())
                    }
                    Some(ToSend::Close(code)) => {
                        let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
                        // Whoever is gone already needs no farewell.
                        let _ = timeout(WRITE_TIMEOUT, socket.close(Some(frame))).await;
                        return;
                    }
                    None => return,
                },
                came = socket.next() => match came {
                    Some(Ok(Message::Pong(_))) => {
                        if let Some(done) = marks.pop_front() {
                            // Who no longer waits is not told.
                            let _ = done.send(());
                        }
                        continue;
                    }
                    Some(Ok(Message::Text(text))) => {
                        if !self.answer(&text, socket, app).await {
                            return;
                        }
                        continue;
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => continue,
                },
            };
            if !sent(socket, message).await {
                return;
            }
        }
    }

    /// Answers one request; Asterisk does them one at a time, too. False when the websocket is over.
    async fn answer<S>(&self, text: &str, socket: &mut WebSocketStream<S>, app: &str) -> bool
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut request: Value = serde_json::from_str(text).unwrap_or_default();
        // The response quotes the path alone.
        if let Some((path, _)) = request["uri"].as_str().and_then(|uri| uri.split_once('?')) {
            request["uri"] = path.to_owned().into();
        }
        let asked = match read(text) {
            Ok(read) => read,
            Err((reply, reason)) => {
                let response = self.response(&request, &reply, reason, app);
                return sent(socket, Message::text(response)).await;
            }
        };
        // Events go on meanwhile only after this: the real one has threads, and promises no order either.
        let done = tokio::select! {
            () = self.end.cancelled() => return false,
            done = server::perform(asked, &self.shared) => done,
        };
        let is_sent = match &done.outcome {
            Outcome::Reply(reply) => {
                let response = self.response(&request, reply, reply.reason(), app);
                sent(socket, Message::text(response)).await
            }
            Outcome::Nothing => true,
            Outcome::Death => false,
        };
        done.tell(&self.shared);
        is_sent
    }

    fn response(&self, request: &Value, reply: &Reply, reason: &str, app: &str) -> String {
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let mut response = json!({
            "type": "RESTResponse", "transaction_id": text("transaction_id"), "request_id": text("request_id"),
            "status_code": reply.status, "reason_phrase": reason, "uri": text("uri"),
        });
        if !reply.body.is_empty() {
            response["content_type"] = "application/json".into();
            response["message_body"] = String::from_utf8_lossy(&reply.body).into();
        }
        self.shared.lock().dressed(response, app)
    }
}

/// Sends; a reader that is too slow is cut off.
async fn sent<S>(socket: &mut WebSocketStream<S>, message: Message) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    matches!(timeout(WRITE_TIMEOUT, socket.send(message)).await, Ok(Ok(())))
}

type Refused = (Reply, &'static str);

/// Reads a request of REST over the websocket.
fn read(text: &str) -> Result<Asked, Refused> {
    let bad = |message: &str| (Reply::refused(400, message), "Bad request");
    let Ok(request) = serde_json::from_str::<Value>(text) else {
        let nothing = Reply {
            status: 400,
            ..Reply::empty()
        };
        return Err((nothing, "Failed to parse request message JSON"));
    };
    let given = |name: &str| request[name].as_str().unwrap_or_default();
    match given("type") {
        "" => return Err(bad("No 'type' property.")),
        "RESTRequest" => {}
        _ => return Err(bad("Unknown request type.")),
    }
    let uri = given("uri");
    if uri.is_empty() {
        return Err(bad("Empty or missing 'uri' property."));
    }
    let method = given("method");
    if !["DELETE", "GET", "POST", "PUT", "OPTIONS"].contains(&method) {
        return Err(bad("Unknown or missing 'method' property."));
    }
    if uri.split('?').next() == Some("events") && method == "GET" {
        return Err(bad("Can't upgrade to websocket from a websocket"));
    }
    let mut asked = Asked::of_uri(method, &format!("/{}", uri.trim_start_matches('/')));
    asked.over_websocket = true;
    for pair in request["query_strings"].as_array().into_iter().flatten() {
        let [name, value] = ["name", "value"].map(|part| pair[part].as_str().unwrap_or_default().to_owned());
        asked.query.push((name, value));
    }
    asked.take_body(given("content_type"), given("message_body").as_bytes());
    Ok(asked)
}
