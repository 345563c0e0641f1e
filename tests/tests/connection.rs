//! The connection to a real Asterisk: requests over either transport, and what is heard after the event websocket was cut.

#![allow(clippy::unwrap_used, reason = "what the tests share may panic as they do")]

use std::{sync::Arc, time::Duration};

use evatel_ari::{
    Ari, BridgeId, ChannelId, Config, Error, Event, EventKind, EventName,
    config::Transport,
    op::{
        self,
        applications::EventFilter,
        channels::{Destination, DialplanPlace, Outgoing},
        events::Heard,
    },
    router::{ObjectEvents, Offers, Signal},
};
use evatel_core::calls::HangupCause;
use evatel_tests::{
    echo::{ECHO, EchoServer, PASSWORD, USER},
    proxy::{Proxy, Which},
};
use secrecy::SecretString;
use tokio::{sync::broadcast, time::timeout};

/// Far more than anything here takes, so that a busy machine does not matter.
const SOON: Duration = Duration::from_secs(20);
const APP: &str = "connection";

/// A server behind a proxy that can cut its connections.
struct House {
    server: EchoServer,
    proxy: Proxy,
}

impl House {
    async fn start() -> Self {
        let server = EchoServer::start(9, 2).await.unwrap();
        let to = server.url().trim_start_matches("http://").parse().unwrap();
        let proxy = Proxy::start(to).await.unwrap();
        Self { server, proxy }
    }

    fn config(&self) -> Config {
        let url = format!("http://{}", self.proxy.address());
        Config::new(&url, USER, SecretString::from(PASSWORD), APP).unwrap()
    }

    /// Cuts the event websocket, and waits until everything was found out again.
    async fn reconnect(&self, ari: &Ari) {
        let before = ari.stats().reconnects;
        let mut state = ari.state();
        self.proxy.cut(Which::Events);
        let connected = async {
            while ari.stats().reconnects == before {
                state.changed().await.unwrap();
            }
        };
        timeout(SOON, connected).await.unwrap();
    }
}

/// Makes a channel in the application and gives its events from `StasisStart` on.
async fn in_app(name: &str, ari: &Ari) -> (ChannelId, ObjectEvents) {
    let id = ChannelId::from(ari.mark().fresh(name));
    let mut events = ari.subscribe_channel(&id);
    let outgoing = Outgoing::new(ECHO, APP);
    ari.send(op::channels::originate(&id, &outgoing)).await.unwrap();
    until(&mut events, EventName::StasisStart).await;
    (id, events)
}

async fn until(events: &mut ObjectEvents, name: EventName) {
    let came = async {
        loop {
            match events.next().await {
                Some(Signal::Event(event)) if *event.which() == name => return,
                Some(_) => {}
                None => panic!("the stream ended before `{name}`"),
            }
        }
    };
    timeout(SOON, came).await.unwrap();
}

async fn signalled(events: &mut ObjectEvents, wanted: &Signal) {
    let came = async {
        loop {
            match events.next().await {
                Some(signal) if signal == *wanted => return,
                Some(_) => {}
                None => panic!("the stream ended before `{wanted:?}`"),
            }
        }
    };
    timeout(SOON, came).await.unwrap();
}

async fn connected(config: Config) -> (Ari, Offers) {
    timeout(SOON, Ari::connect(config)).await.unwrap().unwrap()
}

#[tokio::test]
async fn requests_do_the_same_over_http_and_over_the_event_websocket() {
    let house = House::start().await;
    for transport in [Transport::Http, Transport::Websocket, Transport::Auto] {
        let mut config = house.config();
        config.transport = transport;
        let (ari, _offers) = connected(config).await;
        let (id, mut events) = in_app("leg", &ari).await;
        ari.send(op::channels::answer(&id)).await.unwrap();
        ari.send(op::channels::set_variable(&id, "SAID", "a \"b\" é/+ &="))
            .await
            .unwrap();
        let said = ari.send(op::channels::variable(&id, "SAID")).await.unwrap();
        assert_eq!(said.value, "a \"b\" é/+ &=", "{transport:?}");
        let listed = ari.send(op::channels::list()).await.unwrap();
        assert!(listed.iter().any(|channel| channel.id == id), "{transport:?}");

        let gone = ari
            .send(op::bridges::get(&BridgeId::from("nowhere")))
            .await
            .unwrap_err();
        assert!(
            matches!(&gone, Error::NotFound { message, .. } if message.contains("ridge")),
            "{transport:?}: {gone}"
        );
        let asked: Vec<_> = (0..100)
            .map(|_| {
                let (ari, id) = (ari.clone(), id.clone());
                tokio::spawn(async move { ari.send(op::channels::get(&id)).await })
            })
            .collect();
        for answer in asked {
            assert_eq!(answer.await.unwrap().unwrap().id, id);
        }
        ari.send(op::channels::hangup(&id, HangupCause::Normal))
            .await
            .unwrap();
        until(&mut events, EventName::ChannelDestroyed).await;
    }
}

#[tokio::test]
async fn a_filter_keeps_events_away_but_no_answer_and_outlives_a_reconnect() {
    let house = House::start().await;
    let mut config = house.config();
    config.transport = Transport::Websocket;
    let (ari, _offers) = connected(config).await;
    let filter = EventFilter::only([EventName::StasisStart, EventName::StasisEnd]);
    ari.filter_events(filter).await.unwrap();
    let (id, mut events) = in_app("leg", &ari).await;
    house.reconnect(&ari).await;
    signalled(&mut events, &Signal::Back).await;
    ari.send(op::channels::answer(&id)).await.unwrap();
    let mut all = ari.all_events();
    let (second, _events) = in_app("second", &ari).await;
    for id in [&id, &second] {
        ari.send(op::channels::hangup(id, HangupCause::Normal))
            .await
            .unwrap();
    }
    until(&mut events, EventName::StasisEnd).await;
    while let Ok(event) = all.try_recv() {
        assert!(
            matches!(event.which(), EventName::StasisStart | EventName::StasisEnd),
            "{event}"
        );
    }
}

#[tokio::test]
async fn who_hears_everything_hears_strangers() {
    let house = House::start().await;
    let mut config = house.config();
    config.heard = Heard::Everything;
    let (ari, _offers) = connected(config).await;
    strangers_are_heard("stranger", &ari).await;
}

/// Makes a channel that never comes near the application and waits for the event of its end.
async fn strangers_are_heard(name: &str, ari: &Ari) {
    let mut all = ari.all_events();
    let id = ChannelId::from(name);
    let mut outgoing = Outgoing::new(ECHO, APP);
    outgoing.destination = Destination::Dialplan(DialplanPlace::new("media", "echo"));
    ari.send(op::channels::originate(&id, &outgoing)).await.unwrap();
    heard(&mut all, |event| created(event, &id)).await;
    ari.send(op::channels::hangup(&id, HangupCause::Normal))
        .await
        .unwrap();
    heard(
        &mut all,
        |event| matches!(event.kind(), EventKind::ChannelDestroyed { channel, .. } if channel.id == id),
    )
    .await;
}

fn created(event: &Event, id: &ChannelId) -> bool {
    matches!(event.kind(), EventKind::ChannelCreated { channel } if channel.id == *id)
}

async fn heard(all: &mut broadcast::Receiver<Arc<Event>>, is_it: impl Fn(&Event) -> bool) {
    let came = async { while !is_it(&all.recv().await.unwrap()) {} };
    timeout(SOON, came).await.unwrap();
}

#[tokio::test]
async fn a_channel_that_ended_unheard_is_gone_and_one_that_lives_goes_on() {
    let house = House::start().await;
    let (ari, _offers) = connected(house.config()).await;
    let (goes, mut gone) = in_app("goes", &ari).await;
    let (stays, mut staying) = in_app("stays", &ari).await;
    house.proxy.stall(true);
    house.proxy.cut(Which::All);
    signalled(&mut gone, &Signal::Lost).await;
    // Another client, past the proxy.
    let straight = Config::new(house.server.url(), USER, SecretString::from(PASSWORD), "other").unwrap();
    let other = evatel_ari::Rest::new(straight);
    other
        .send(op::channels::hangup(&goes, HangupCause::Normal))
        .await
        .unwrap();
    house.proxy.stall(false);
    signalled(&mut gone, &Signal::Gone).await;
    signalled(&mut staying, &Signal::Back).await;
    ari.send(op::channels::hangup(&stays, HangupCause::Busy))
        .await
        .unwrap();
    until(&mut staying, EventName::ChannelDestroyed).await;
}
