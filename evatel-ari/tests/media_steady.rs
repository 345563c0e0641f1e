//! Once it runs, a leg allocates nothing for a frame: the far end lives on another thread, whose allocations are not counted.

#![allow(clippy::unwrap_used, reason = "what the tests share may panic as they do")]

use std::{net::Ipv4Addr, sync::Arc, thread, time::Duration};

use evatel_ari::{
    Ari, ChannelId, Config,
    door::{AudioSocketDoor, Listen},
    media::{MediaLeg, Medium, Narrow},
    sim::Asterisk,
};
use evatel_voice::{frame::Frame, port::AudioPort};
use tokio::{runtime::Builder, time::timeout};

/// How many frames are counted, each way.
const FRAMES: usize = 100;
/// A question a second, its answer, a block of a queue now and then: all that may be allocated meanwhile.
const ALLOWED: u64 = FRAMES as u64 / 4;

/// Runs a fake Asterisk that gives back what it hears, on a thread of its own; gives how to connect to it.
fn echoing_asterisk() -> Config {
    let (to, configured) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let asterisk = Asterisk::start().await.unwrap();
            to.send(asterisk.config("evatel")).unwrap();
            // It ends with the test's process.
            loop {
                tokio::spawn(asterisk.next_media().await.echo());
            }
        });
    });
    configured.recv().unwrap()
}

/// Says and hears frames until so many came back.
async fn talk<const N: usize>(port: &mut AudioPort<N>, frames: usize) {
    let mut heard = 0;
    while heard < frames {
        tokio::select! {
            slot = port.outgoing.reserve() => slot.unwrap().send(Frame([1000; N])),
            frame = port.incoming.recv() => {
                frame.unwrap();
                heard += 1;
            }
        }
    }
}

fn allocates_nothing<const N: usize>(medium: impl AsyncFnOnce() -> Medium<N>) {
    let config = echoing_asterisk();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (_ari, _offers, _leg, mut port) = runtime.block_on(async {
        let (ari, offers) = Ari::connect(config).await.unwrap();
        let id = ChannelId::from(ari.mark().fresh("media"));
        let (leg, port) = MediaLeg::open(id, &medium().await, &ari).await.unwrap();
        (ari, offers, leg, port)
    });
    let mut run = |frames| {
        runtime.block_on(async {
            timeout(Duration::from_secs(20), talk(&mut port, frames))
                .await
                .unwrap();
        });
    };
    run(FRAMES);
    let counted = allocation_counter::measure(|| run(FRAMES));
    assert!(
        counted.count_total <= ALLOWED,
        "{} allocations, {} bytes, for {FRAMES} frames each way",
        counted.count_total,
        counted.bytes_total
    );
}

#[test]
fn a_websocket_allocates_nothing_for_a_frame() {
    allocates_nothing::<320>(async || Medium::default());
}

#[test]
fn audiosocket_allocates_nothing_for_a_frame() {
    allocates_nothing::<320>(async || {
        let door = AudioSocketDoor::open(Listen::loopback(0)).await.unwrap();
        Medium::audiosocket(Arc::new(door))
    });
}

#[test]
fn rtp_allocates_nothing_for_a_frame() {
    allocates_nothing::<160>(async || Medium::rtp(Narrow::Ulaw, Ipv4Addr::LOCALHOST.into()));
    allocates_nothing::<320>(async || Medium::g722(Ipv4Addr::LOCALHOST.into()));
}
