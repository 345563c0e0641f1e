//! Legs of `evatel-ari`, and an agent on each that always has something to say.

use anyhow::Result;
use evatel_ari::media::{MediaLeg, Medium};
use evatel_voice::{frame::Frame, port::AudioPort};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    gauge::{Gauge, Gauges},
    house::House,
};

/// How many pairs are opened at a time.
const AT_A_TIME: usize = 4;

/// Opens pairs of legs; they live until the server ends.
pub(crate) async fn open<const N: usize>(
    pairs: usize,
    medium: &Medium<N>,
    house: &House,
    gauges: &Gauges,
) -> Result<()> {
    stream::iter(0..pairs)
        .map(|_| pair(medium, house, gauges))
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await
}

async fn pair<const N: usize>(medium: &Medium<N>, house: &House, gauges: &Gauges) -> Result<()> {
    let (one, one_port) = MediaLeg::open(house.new_id(), medium, &house.ari).await?;
    let (other, other_port) = MediaLeg::open(house.new_id(), medium, &house.ari).await?;
    house.join(one.channel(), other.channel()).await?;
    for (leg, port) in [(one, one_port), (other, other_port)] {
        tokio::spawn(talk(leg, port, gauges.add()));
    }
    Ok(())
}

/// Says something as soon as the leg takes it, and notes when something comes, until the leg ends.
async fn talk<const N: usize>(_leg: MediaLeg, mut port: AudioPort<N>, gauge: Gauge) {
    let mut frame = Frame::<N>([321; N]);
    loop {
        tokio::select! {
            heard = port.incoming.recv() => match heard {
                Some(heard) => gauge.heard(&heard),
                None => return,
            },
            slot = port.outgoing.reserve() => match slot {
                Ok(slot) => {
                    gauge.stamp(&mut frame);
                    slot.send(frame.clone());
                }
                Err(_) => return,
            },
        }
    }
}
