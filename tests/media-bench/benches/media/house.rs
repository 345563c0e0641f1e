//! The server, the client and the doors of one measurement.

use std::sync::Arc;

use anyhow::{Context, Result};
use evatel_ari::{
    Ari, BridgeId, ChannelId, Config,
    client::Offers,
    door::{AudioSocketDoor, Listen, MediaDoor},
    op,
};
use evatel_tests::echo::{EchoServer, PASSWORD, USER};
use secrecy::SecretString;

/// The application.
pub(crate) const APP: &str = "bench";

pub(crate) struct House {
    pub(crate) server: EchoServer,
    pub(crate) ari: Ari,
    pub(crate) media_door: Arc<MediaDoor>,
    pub(crate) audio_door: Arc<AudioSocketDoor>,
    _offers: Offers,
}

impl House {
    /// Starts them, with ports for so many legs over RTP.
    pub(crate) async fn start(rtp_legs: u16) -> Result<Self> {
        let media_door = MediaDoor::open(Listen::loopback(0), None).await?;
        let audio_door = AudioSocketDoor::open(Listen::loopback(0)).await?;
        let server = EchoServer::start(media_door.address().port(), rtp_legs).await?;
        let config = Config::new(server.url(), USER, SecretString::from(PASSWORD), APP)?;
        let (ari, offers) = Ari::connect(config).await?;
        Ok(Self {
            server,
            ari,
            media_door: Arc::new(media_door),
            audio_door: Arc::new(audio_door),
            _offers: offers,
        })
    }

    pub(crate) fn new_id(&self) -> ChannelId {
        ChannelId::from(self.ari.mark().fresh("media"))
    }

    /// Lets two legs hear each other.
    pub(crate) async fn join(&self, one: &ChannelId, other: &ChannelId) -> Result<()> {
        let bridge = BridgeId::from(self.ari.mark().fresh("bridge"));
        // Nothing but mixing: two legs of one format are passed through.
        let mut mixing = op::bridges::NewBridge::default();
        mixing.types = vec![evatel_ari::model::BridgeType::Mixing];
        self.ari.send(op::bridges::create(&bridge, mixing)).await?;
        self.ari
            .send(op::bridges::add_channels(&bridge, &[one, other]))
            .await?;
        Ok(())
    }

    /// The server's process.
    pub(crate) fn asterisk_pid(&self) -> Result<String> {
        let pid = self
            .server
            .pbx
            .asterisk
            .child()
            .id()
            .context("the server ended")?;
        // What `run-asterisk` starts may be below it.
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let below = children.split_whitespace().next().map(str::to_owned);
        Ok(below.unwrap_or_else(|| pid.to_string()))
    }
}
