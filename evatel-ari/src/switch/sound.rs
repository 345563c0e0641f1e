//! The sound of one leg: a bridge that holds the party and a media leg of ours.

use std::sync::Arc;

use evatel_voice::{Band, Port};

use crate::{
    client::Ari,
    error::Result,
    id::{BridgeId, ChannelId},
    media::{MediaLeg, Medium},
};

#[derive(Debug)]
pub(super) struct Sound {
    bridge: BridgeId,
    media: Arc<MediaLeg>,
}

impl Sound {
    /// Opens it in this band, or leaves nothing behind.
    pub(super) async fn open(
        party: &ChannelId,
        band: Band,
        medium: &Medium<160>,
        ari: &Ari,
    ) -> Result<(Self, Port)> {
        let id = ChannelId::from(ari.mark().fresh("media"));
        let (media, port) = match band {
            Band::Narrow => opened(MediaLeg::open(id, medium, ari).await?),
            Band::Wide => opened(MediaLeg::open(id, &medium.wide(), ari).await?),
        };
        let bridge = BridgeId::from(ari.mark().fresh("bridge"));
        let bridge = super::joined(bridge, "sound", [party, media.channel()], ari).await?;
        let media = Arc::new(media);
        Ok((Self { bridge, media }, port))
    }

    pub(super) fn media(&self) -> Arc<MediaLeg> {
        self.media.clone()
    }

    /// Ends the bridge; the media leg and its channel end as the last handle is dropped.
    pub(super) async fn close(self, ari: &Ari) -> Result<()> {
        ari.destroy_bridge(&self.bridge).await
    }
}

fn opened<P: Into<Port>>((media, port): (MediaLeg, P)) -> (MediaLeg, Port) {
    (media, port.into())
}
