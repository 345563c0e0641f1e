//! So many calls in so short a time that Asterisk has to keep its own threads apart.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use evatel_ari::{
    Ari, ChannelId, Config,
    door::{Listen, MediaDoor},
    media::{Dialect, MediaLeg, Medium},
};
use evatel_tests::echo::{CLIENT, EchoServer, PASSWORD, USER};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

const CALLERS: u64 = 24;
const CALLS_EACH: u64 = 80;
/// The longest call.
const CALL_MS: u64 = 80;
/// How long the end of a leg may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// The daemon's default. Of the websockets that we open Asterisk 22.10 takes a few hundred so, and then none any more (CHANGELOG, known
/// weaknesses).
#[tokio::test(flavor = "multi_thread")]
async fn after_a_storm_of_calls_asterisk_still_opens_the_way_of_their_sound() -> Result<()> {
    let door = Arc::new(MediaDoor::open(Listen::loopback(0), None).await?);
    let server = EchoServer::start(door.address().port(), 0).await?;
    let config = Config::new(server.url(), USER, PASSWORD.to_owned().into(), "storm")?;
    let (ari, _offers) = Ari::connect(config).await?;
    let medium = Medium::websocket_dialled(door.clone(), CLIENT, Dialect::Json);

    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (medium, ari) = (medium.clone(), ari.clone());
        callers.spawn(async move {
            let mut random = fastrand::Rng::with_seed(caller);
            for _ in 0..CALLS_EACH {
                call(Duration::from_millis(random.u64(0..CALL_MS)), &medium, &ari).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller?.with_context(|| format!("at the door: {:?}", door.counts()))?;
    }
    call(Duration::ZERO, &medium, &ari).await
}

/// Opens a leg and ends it after so long.
async fn call(lasts: Duration, medium: &Medium<160>, ari: &Ari) -> Result<()> {
    let id = ChannelId::from(ari.mark().fresh("media"));
    let (leg, port) = MediaLeg::open(id, medium, ari).await?;
    sleep(lasts).await;
    drop(port);
    timeout(SOON, leg.ended()).await.context("a leg did not end")
}
