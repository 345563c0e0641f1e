//! The HTTP server: connections, users, and what faults do to requests and replies.

use std::{io, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;

use super::{
    Options, Shared,
    fault::Fault,
    http::{self, Asked, Read, Reply},
    media, socket,
    world::{World, app, channel::Channel},
};

/// Takes connections until `stop` is cancelled, which ends them all. Over the limit they are closed without a word.
pub(super) async fn accept(listener: TcpListener, shared: Shared, options: Options, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(options.session_limit));
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let Ok(place) = places.clone().try_acquire_owned() else {
            continue;
        };
        let (shared, stop) = (shared.clone(), stop.clone());
        tokio::spawn(async move {
            let _place = place;
            // A client that breaks its connection off is what some tests want.
            let _ = stop
                .run_until_cancelled(serve(stream, shared, options.keep_alive))
                .await;
        });
    }
}

async fn serve(mut stream: TcpStream, shared: Shared, keep_alive: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut waiting = Vec::new();
    loop {
        let asked = match http::read(&mut stream, &mut waiting, keep_alive).await? {
            Read::Request(asked) => *asked,
            Read::Closed => return Ok(()),
            Read::TooLarge => {
                let reply = Reply::refused(413, "Request body too large");
                return http::write(&mut stream, &reply, true).await;
            }
        };
        if let Some(key) = asked.websocket_key.clone() {
            return upgraded(stream, asked, &key, shared).await;
        }
        let closes = asked.closes;
        let done = perform(asked, &shared).await;
        match &done.outcome {
            Outcome::Reply(reply) => http::write(&mut stream, reply, closes).await?,
            Outcome::Nothing => {}
            Outcome::Death => return Ok(()),
        }
        done.tell(&shared);
        if closes {
            return Ok(());
        }
    }
}

async fn upgraded(mut stream: TcpStream, asked: Asked, key: &str, shared: Shared) -> io::Result<()> {
    let refusal = shared.lock().faults.refusal(&asked);
    if let Some(reply) = refusal {
        return http::write(&mut stream, &reply, true).await;
    }
    match asked.segments.first().map(String::as_str) {
        Some("media") => serve_media(stream, &asked, key, &shared).await,
        Some("events") => socket::serve(stream, asked, key, shared).await,
        _ => http::write(&mut stream, &Reply::refused(404, "Resource not found"), true).await,
    }
}

async fn serve_media(mut stream: TcpStream, asked: &Asked, key: &str, shared: &Shared) -> io::Result<()> {
    let connection = asked.segments.get(1).cloned().unwrap_or_default();
    let found = {
        let world = shared.lock();
        let mut channels = world.channels.iter();
        let of = |channel: &Channel| Some(channel.media.as_ref()?.connection == connection);
        let found = channels.find(|(_, channel)| of(channel) == Some(true));
        found.map(|(id, channel)| {
            (
                id.clone(),
                channel.media.as_ref().is_some_and(|link| link.say.is_some()),
            )
        })
    };
    let refusal = match found {
        None => Reply::refused(404, "Not found"),
        Some((_, true)) => Reply::refused(409, "Conflict"),
        Some((channel, false)) => {
            let wanted = asked.protocol.as_deref() == Some("media");
            let websocket = http::upgrade(stream, key, wanted.then_some("media")).await?;
            media::websocket::serve(channel, websocket, shared.clone()).await;
            return Ok(());
        }
    };
    http::write(&mut stream, &refusal, true).await
}

/// What is to be answered, once the request is done.
pub(super) struct Done {
    asked: Asked,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    /// The server died of it: the connection ends.
    Death,
    /// The reply is lost.
    Nothing,
    Reply(Reply),
}

impl Done {
    /// Sends the events of the request, unless they went before, and lets it be seen.
    pub(super) fn tell(self, shared: &Shared) {
        let jobs = {
            let mut world = shared.lock();
            world.send_events();
            world.note(self.asked);
            std::mem::take(&mut world.to_serve)
        };
        for job in jobs {
            shared.spawn(media::client::serve(job, shared.clone()));
        }
    }
}

/// Does what a request asks for, as far as the faults let it.
pub(super) async fn perform(asked: Asked, shared: &Shared) -> Done {
    let done = |asked, outcome| Done { asked, outcome };
    let is_stalled = shared.lock().faults.is_stalled(&asked);
    if is_stalled {
        shared.lock().note(asked);
        return std::future::pending().await;
    }
    let slowness = shared.lock().faults.slowness(&asked);
    if let Some(by) = slowness {
        tokio::time::sleep(by).await;
    }
    let dialled = media::client::dial(&asked).await;
    let (reply, heard, delay) = {
        let mut world = shared.lock();
        if world.faults.is_deadly(&asked) {
            world.restart();
            return done(asked, Outcome::Death);
        }
        world.dialled = dialled;
        let reply = match refused(&asked, &world) {
            Some(refusal) => refusal,
            None => world.answer(&asked),
        };
        world.dialled = None;
        let delay = world.faults.delay(&asked);
        let mut heard = Vec::new();
        if delay.is_some() || world.faults.is(&Fault::EventsFirst) {
            world.send_events();
            heard.extend(world.sockets().iter().map(app::Socket::mark));
        }
        (reply, heard, delay)
    };
    // The socket on which the request came reads nothing meanwhile: it could not show that it was heard.
    if !asked.over_websocket {
        for mark in heard {
            // A socket that ends takes its mark along.
            let _ = mark.await;
        }
    }
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    let is_lost = shared.lock().faults.loses_reply(&asked);
    match is_lost {
        true => done(asked, Outcome::Nothing),
        false => done(asked, Outcome::Reply(reply)),
    }
}

/// Says why somebody may not ask this.
pub(super) fn refused(asked: &Asked, world: &World) -> Option<Reply> {
    // Who asks over a websocket was let in when it was opened.
    if asked.over_websocket {
        return None;
    }
    let written = asked.given("api_key").map(str::to_owned).or_else(|| {
        let code = asked.authorization.strip_prefix("Basic ")?;
        String::from_utf8(BASE64_STANDARD.decode(code).ok()?).ok()
    });
    let known = written.as_deref().and_then(|pair| {
        let (user, password) = pair.split_once(':')?;
        world.users.get(user).filter(|user| user.password == password)
    });
    match known {
        None => Some(Reply::refused(401, "Authentication required")),
        Some(user) if user.is_read_only && asked.method != "GET" => {
            Some(Reply::refused(403, "Write access denied"))
        }
        Some(_) => None,
    }
}
