//! The limit: a task a leg, an interval and a connection, and nothing that a leg of a client has to know.

mod audiosocket;
mod rtp;
mod websocket;

use std::time::Duration;

use anyhow::{Context, Result};
use evatel_ari::{
    ChannelId, EventName,
    model::Channel,
    op::{self, channels::ExternalMedia},
    router::{ObjectEvents, Signal},
};
use evatel_voice::frame::Frame;
use futures_util::{StreamExt, TryStreamExt, stream};

pub(crate) use self::{audiosocket::AudioSocket, rtp::Rtp, websocket::WebSocket};
use super::{
    gauge::{Gauge, Gauges},
    house::House,
};

/// How many pairs are opened at a time.
const AT_A_TIME: usize = 4;

/// A connection that carries frames of `N` samples.
pub(crate) trait Line<const N: usize>: Sized + Send + 'static {
    /// How many frames the far end shall hold, as with our legs of this kind.
    const AHEAD: usize;

    /// Makes the channel of `leg` and connects.
    fn open(leg: &Leg<'_>) -> impl Future<Output = Result<Self>> + Send;

    /// Sends a frame.
    fn say(&mut self, frame: &Frame<N>) -> impl Future<Output = Result<()>> + Send;

    /// Waits for sound. Nothing is lost if the future is dropped.
    fn hear(&mut self) -> impl Future<Output = Result<Heard<N>>> + Send;
}

/// What a connection brought.
pub(crate) enum Heard<const N: usize> {
    Frame(Frame<N>),
    Other,
}

/// A leg that is being opened.
pub(crate) struct Leg<'a> {
    pub(crate) house: &'a House,
    pub(crate) id: ChannelId,
}

/// Opens pairs of legs; they live until the server ends.
pub(crate) async fn open<L: Line<N>, const N: usize>(
    pairs: usize,
    house: &House,
    gauges: &Gauges,
) -> Result<()> {
    stream::iter(0..pairs)
        .map(|_| async {
            let (one, one_line) = leg::<L, N>(house).await?;
            let (other, other_line) = leg::<L, N>(house).await?;
            house.join(&one, &other).await?;
            for line in [one_line, other_line] {
                // One that ends too early falls silent, which its gauge tells.
                tokio::spawn(talk(line, gauges.add()));
            }
            Ok(())
        })
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await
}

async fn leg<L: Line<N>, const N: usize>(house: &House) -> Result<(ChannelId, L)> {
    let id = house.new_id();
    let events = house.ari.subscribe_channel(&id);
    let leg = Leg { house, id };
    let line = L::open(&leg).await?;
    in_stasis(events).await?;
    Ok((leg.id, line))
}

/// Only then a channel can be put into a bridge.
async fn in_stasis(mut events: ObjectEvents) -> Result<()> {
    loop {
        match events.next().await.context("the channel ended")? {
            Signal::Event(event) if event.is(EventName::StasisStart) => return Ok(()),
            _ => {}
        }
    }
}

impl Leg<'_> {
    /// Makes the channel.
    async fn create(&self, media: &ExternalMedia) -> Result<Channel> {
        let request = op::channels::external_media(&self.id, media);
        Ok(self.house.ari.send(request).await?)
    }
}

async fn talk<L: Line<N>, const N: usize>(mut line: L, gauge: Gauge) -> Result<()> {
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    let mut frame = Frame([321; N]);
    let mut missing = L::AHEAD;
    loop {
        tokio::select! {
            _ = clock.tick() => {
                for _ in 0..missing {
                    gauge.stamp(&mut frame);
                    line.say(&frame).await?;
                }
                missing = 1;
            }
            heard = line.hear() => if let Heard::Frame(frame) = heard? {
                gauge.heard(&frame);
            },
        }
    }
}
