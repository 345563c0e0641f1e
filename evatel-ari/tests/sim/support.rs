//! What all tests here use.

use std::{future::Future, time::Duration};

use evatel_ari::{
    Ari, ChannelId, EventKind,
    client::Offers,
    router::{ObjectEvents, Signal},
    sim::{Asterisk, PATIENCE},
};

pub(crate) const APP: &str = "evatel";

/// Waits for what must come.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("{what} did not come"),
    }
}

pub(crate) async fn connected() -> (Asterisk, Ari, Offers) {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_secs(5);
    let (ari, offers) = Ari::connect(config).await.unwrap();
    (asterisk, ari, offers)
}

/// Brings a call in and gives its stream, as the client offers it.
pub(crate) async fn offered(id: &str, asterisk: &Asterisk, offers: &mut Offers) -> ObjectEvents {
    asterisk.offer(id, "15145550100", APP, &["trunk", "t", "5145550199"]);
    let offered = soon("the offer", offers.next()).await.unwrap();
    assert_eq!(offered.channel.id, ChannelId::from(id));
    offered.events
}

/// Waits for the next event and gives its name, or the name of the signal.
pub(crate) async fn named(events: &mut ObjectEvents) -> String {
    match soon("a signal", events.next()).await {
        Some(Signal::Event(event)) => event.name().to_owned(),
        Some(other) => format!("{other:?}"),
        None => "None".to_owned(),
    }
}

/// Waits for a kind of event among others.
pub(crate) async fn event_of(events: &mut ObjectEvents, wanted: impl Fn(&EventKind) -> bool) {
    loop {
        match soon("an event", events.next()).await {
            Some(Signal::Event(event)) if wanted(event.kind()) => return,
            Some(_) => {}
            None => panic!("the stream ended before"),
        }
    }
}
