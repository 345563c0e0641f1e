//! The connections: requests, and the websockets that some of them become.

use std::{collections::VecDeque, io};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use tokio_util::sync::CancellationToken;

use super::{
    Fault, Shared,
    http::{self, Asked, Reply},
    mark, media,
    world::ToSend,
};

/// Takes connections until `stop` is cancelled, which ends them all.
pub(super) async fn accept(listener: TcpListener, shared: Shared, stop: CancellationToken) {
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let (shared, stop) = (shared.clone(), stop.clone());
        tokio::spawn(async move {
            // A client that breaks its connection off is what some tests want.
            let _ = stop.run_until_cancelled(serve(stream, shared)).await;
        });
    }
}

async fn serve(mut stream: TcpStream, shared: Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut waiting = Vec::new();
    while let Some(asked) = http::read(&mut stream, &mut waiting).await? {
        if let Some(key) = &asked.websocket_key {
            let refusal = shared.lock().refusal(&asked);
            if let Some(reply) = refusal {
                return http::write(&mut stream, &reply).await;
            }
            return match asked.segments.first().map(String::as_str) {
                Some("media") => serve_media(stream, &asked, key, &shared).await,
                _ => serve_events(stream, &asked, key, &shared).await,
            };
        }
        if shared.lock().is_stalled(&asked) {
            shared.lock().asked.send_modify(|log| log.push(asked));
            return std::future::pending().await;
        }
        let (reply, heard) = {
            let mut world = shared.lock();
            let reply = match allowed(&asked, &world.password) {
                true => world.answer(&asked),
                false => Reply::refused(401, "Authentication required"),
            };
            let mut heard = Vec::new();
            if world.faults.contains(&Fault::EventsFirst) {
                world.send_events();
                heard.extend(world.sockets.values().map(|(socket, _)| mark(socket)));
            }
            (reply, heard)
        };
        for mark in heard {
            // A socket that ends takes its mark along.
            let _ = mark.await;
        }
        let unanswered = shared.lock().loses_reply(&asked);
        if !unanswered {
            http::write(&mut stream, &reply).await?;
        }
        let mut world = shared.lock();
        world.send_events();
        world.asked.send_modify(|log| log.push(asked));
    }
    Ok(())
}

fn allowed(asked: &Asked, password: &str) -> bool {
    asked.authorization == format!("Basic {}", BASE64_STANDARD.encode(format!("evatel:{password}")))
}

async fn serve_events(mut stream: TcpStream, asked: &Asked, key: &str, shared: &Shared) -> io::Result<()> {
    let refused = {
        let world = shared.lock();
        let away = [Fault::Booting, Fault::EventsRefused]
            .iter()
            .any(|fault| world.faults.contains(fault));
        match (away, allowed(asked, &world.password)) {
            (true, _) => Some(Reply::refused(503, "Asterisk not booted")),
            (_, false) => Some(Reply::refused(401, "Authentication required")),
            _ => None,
        }
    };
    if let Some(reply) = refused {
        return http::write(&mut stream, &reply).await;
    }
    let socket = http::upgrade(stream, key, None).await?;
    let app = asked.param("app").to_owned();
    let (sender, to_send) = mpsc::unbounded_channel();
    let ours = sender.clone();
    let end = CancellationToken::new();
    let former = {
        let mut world = shared.lock();
        world.asked.send_modify(|log| log.push(asked.clone()));
        world.sockets.insert(app.clone(), (sender, end.clone()))
    };
    if let Some((former, _)) = former {
        let text = format!(r#"{{"type":"ApplicationReplaced","application":"{app}"}}"#);
        // Whoever is gone already needs no word.
        let _ = former.send(ToSend::Text(text));
    }
    tell(socket, to_send, end.clone()).await;
    // One that was replaced meanwhile is not the one that is registered.
    let mut world = shared.lock();
    if world
        .sockets
        .get(&app)
        .is_some_and(|(known, _)| known.same_channel(&ours))
    {
        world.sockets.remove(&app);
    }
    end.cancel();
    Ok(())
}

/// Sends events until the client goes or `end` is cancelled. A mark is done once the client's pong has come.
async fn tell(
    mut socket: WebSocketStream<TcpStream>,
    mut to_send: mpsc::UnboundedReceiver<ToSend>,
    end: CancellationToken,
) {
    let mut marks = VecDeque::<oneshot::Sender<()>>::new();
    loop {
        let sent = tokio::select! {
            () = end.cancelled() => return,
            next = to_send.recv() => match next {
                Some(ToSend::Text(text)) => socket.send(Message::text(text)).await,
                Some(ToSend::Mark(done)) => {
                    marks.push_back(done);
                    socket.send(Message::Ping(b"mark".to_vec().into())).await
                }
                None => return,
            },
            came = socket.next() => match came {
                Some(Ok(Message::Pong(_))) => {
                    if let Some(done) = marks.pop_front() {
                        // Who no longer waits is not told.
                        let _ = done.send(());
                    }
                    Ok(())
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => Ok(()),
            },
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn serve_media(mut stream: TcpStream, asked: &Asked, key: &str, shared: &Shared) -> io::Result<()> {
    let connection = asked.segments.get(1).cloned().unwrap_or_default();
    let found = {
        let world = shared.lock();
        let line = world
            .channels
            .iter()
            .find(|(_, line)| line.connection.as_deref() == Some(&connection));
        line.map(|(id, line)| (id.clone(), line.end.clone()))
    };
    let Some((channel, end)) = found else {
        return http::write(&mut stream, &Reply::refused(404, "No such connection")).await;
    };
    let socket = http::upgrade(stream, key, Some("media")).await?;
    let (peer, served) = media::serve(channel, socket, end);
    // A test that never asks for media does not take them.
    let _ = shared.lock().peers.send(peer);
    served.await;
    Ok(())
}
