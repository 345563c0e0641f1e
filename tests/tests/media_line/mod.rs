//! A house with a server, doors, and lines of a media leg and a party.

use std::{sync::Arc, time::Duration};

use evatel_ari::{
    Ari, BridgeId, ChannelId, Config, Error, EventName,
    client::Offers,
    door::{AudioSocketDoor, Listen, MediaDoor},
    media::{
        Dialect, MediaLeg, Medium,
        websocket::control::{Command, Event},
    },
    op::{
        self,
        channels::{ExternalMedia, MEDIA_CONNECTION_ID, Outgoing},
    },
    router::Signal,
};
use evatel_core::calls::HangupCause;
use evatel_tests::{
    echo::{CLIENT, EchoServer, PASSWORD, USER},
    signal,
};
use evatel_voice::{frame::Frame, port::AudioPort};
use futures_util::{SinkExt, StreamExt};
use secrecy::SecretString;
use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

/// Far more than anything here takes, so that a busy machine does not matter.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// Louder than this is speech, not the silence that Asterisk fills in.
const LOUD_DBFS: f32 = -60.0;
/// When nothing loud came for so long, nothing more comes.
const QUIET: Duration = Duration::from_millis(400);

pub(crate) struct House {
    pub(crate) server: EchoServer,
    pub(crate) ari: Ari,
    pub(crate) media_door: Arc<MediaDoor>,
    audio_door: Arc<AudioSocketDoor>,
    _offers: Offers,
}

/// A media leg and a party in a bridge.
pub(crate) struct Line<'a, const N: usize> {
    pub(crate) leg: MediaLeg,
    pub(crate) port: AudioPort<N>,
    pub(crate) bridge: BridgeId,
    pub(crate) party: ChannelId,
    house: &'a House,
}

/// Sound of which each frame is like no other: two seconds at 8 kHz, one at 16 kHz.
pub(crate) fn signal<const N: usize>() -> Vec<Frame<N>> {
    let samples = signal::burst(1);
    samples.chunks_exact(N).map(Frame::from_samples).collect()
}

async fn connect(app: &str, server: &EchoServer) -> (Ari, Offers) {
    let config = Config::new(server.url(), USER, SecretString::from(PASSWORD), app).unwrap();
    Ari::connect(config).await.unwrap()
}

impl House {
    pub(crate) async fn start() -> Self {
        let media_door = MediaDoor::open(Listen::loopback(0), None).await.unwrap();
        let audio_door = AudioSocketDoor::open(Listen::loopback(0)).await.unwrap();
        let server = EchoServer::start(media_door.address().port(), 20).await.unwrap();
        let (ari, offers) = connect("media", &server).await;
        Self {
            server,
            ari,
            media_door: Arc::new(media_door),
            audio_door: Arc::new(audio_door),
            _offers: offers,
        }
    }

    /// Connects once more, under another application's name.
    pub(crate) async fn connect(&self, app: &str) -> (Ari, Offers) {
        connect(app, &self.server).await
    }

    pub(crate) fn dialled<const N: usize>(&self, dialect: Dialect) -> Medium<N> {
        Medium::websocket_dialled(self.media_door.clone(), CLIENT, dialect)
    }

    pub(crate) fn audiosocket<const N: usize>(&self) -> Medium<N> {
        Medium::audiosocket(self.audio_door.clone())
    }

    pub(crate) fn new_id(&self) -> ChannelId {
        ChannelId::from(self.ari.mark().fresh("media"))
    }

    /// Calls `endpoint` and puts it into a bridge with a leg of this medium.
    pub(crate) async fn line<const N: usize>(&self, medium: &Medium<N>, endpoint: &str) -> Line<'_, N> {
        let (leg, port) = MediaLeg::open(self.new_id(), medium, &self.ari).await.unwrap();
        let party = ChannelId::from(self.ari.mark().fresh("party"));
        let mut events = self.ari.subscribe_channel(&party);
        let mut outgoing = Outgoing::new(endpoint, "media");
        outgoing.formats = vec![if N == 160 { "slin" } else { "slin16" }.to_owned()];
        self.ari
            .send(op::channels::originate(&party, &outgoing))
            .await
            .unwrap();
        loop {
            match timeout(SOON, events.next()).await.unwrap() {
                Some(Signal::Event(event)) if event.is(EventName::StasisStart) => break,
                Some(_) => {}
                None => panic!("`{endpoint}` did not answer"),
            }
        }
        let bridge = BridgeId::from(self.ari.mark().fresh("bridge"));
        self.ari
            .send(op::bridges::create(&bridge, "media"))
            .await
            .unwrap();
        let channels = [&party, leg.channel()];
        self.ari
            .send(op::bridges::add_channels(&bridge, &channels))
            .await
            .unwrap();
        Line {
            leg,
            port,
            bridge,
            party,
            house: self,
        }
    }

    pub(crate) async fn join(&self, bridge: &BridgeId, channel: &ChannelId) {
        self.ari
            .send(op::bridges::add_channels(bridge, &[channel]))
            .await
            .unwrap();
    }

    pub(crate) async fn hang_up(&self, channel: &ChannelId) {
        self.ari.hangup(channel, HangupCause::Normal).await.unwrap();
    }

    /// Waits until a channel is gone.
    pub(crate) async fn gone(&self, channel: &ChannelId) {
        let deadline = Instant::now() + SOON;
        while !matches!(
            self.ari.send(op::channels::get(channel)).await,
            Err(Error::NotFound { .. })
        ) {
            assert!(Instant::now() < deadline, "`{channel}` is still there");
        }
    }

    /// Waits until no channel and no bridge is left on the server.
    pub(crate) async fn is_empty(&self) {
        let deadline = Instant::now() + SOON;
        loop {
            let channels = self.ari.send(op::channels::list()).await.unwrap();
            let bridges = self.ari.send(op::bridges::list()).await.unwrap();
            if channels.is_empty() && bridges.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "left over: {channels:?} {bridges:?}");
        }
    }

    /// Opens a media connection of which nothing is done by itself, with an echo on the other side.
    pub(crate) async fn bare_socket(&self) -> BareSocket<'_> {
        let id = self.new_id();
        let media = ExternalMedia::web_socket("media", "slin");
        let channel = self
            .ari
            .send(op::channels::external_media(&id, &media))
            .await
            .unwrap();
        let connection = channel.variable(MEDIA_CONNECTION_ID).unwrap();
        let url = format!("{}/media/{connection}", self.server.url().replace("http", "ws"));
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", "media".parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let mut socket = BareSocket {
            socket,
            channel: id,
            house: self,
        };
        socket.until(|event| matches!(event, Event::Start(_))).await;
        socket
    }
}

impl<const N: usize> Line<'_, N> {
    /// Says frames as fast as the leg takes them.
    pub(crate) async fn say(&self, frames: &[Frame<N>]) {
        for frame in frames {
            timeout(SOON, self.port.outgoing.send(frame.clone()))
                .await
                .unwrap()
                .unwrap();
        }
    }

    /// Says frames, and gives all that is not silence until nothing more comes.
    pub(crate) async fn echo_of(&mut self, frames: &[Frame<N>]) -> Vec<Frame<N>> {
        let mouth = self.port.outgoing.clone();
        let frames = frames.to_vec();
        let speaking = tokio::spawn(async move {
            for frame in frames {
                mouth.send(frame).await.unwrap();
            }
        });
        let heard = self.loud_frames().await;
        speaking.await.unwrap();
        heard
    }

    /// Gives all frames that are not silence until nothing more comes.
    pub(crate) async fn loud_frames(&mut self) -> Vec<Frame<N>> {
        loud_frames(&mut self.port.incoming).await
    }

    /// Ends it all.
    pub(crate) async fn close(self) {
        let channel = self.leg.channel().clone();
        drop(self.leg);
        self.house.gone(&channel).await;
        self.house.ari.destroy_bridge(&self.bridge).await.unwrap();
        self.house.hang_up(&self.party).await;
    }
}

/// Gives all frames that are not silence until nothing more comes.
pub(crate) async fn loud_frames<const N: usize>(incoming: &mut mpsc::Receiver<Frame<N>>) -> Vec<Frame<N>> {
    let mut heard = Vec::new();
    let start = Instant::now();
    let mut last = start;
    while heard.is_empty() || last.elapsed() < QUIET {
        assert!(start.elapsed() < SOON, "nothing was heard");
        match timeout(QUIET, incoming.recv()).await {
            Ok(Some(frame)) if frame.level_dbfs() > LOUD_DBFS => {
                heard.push(frame);
                last = Instant::now();
            }
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => panic!("the leg ended"),
        }
    }
    heard
}

pub(crate) struct BareSocket<'a> {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    channel: ChannelId,
    house: &'a House,
}

impl BareSocket<'_> {
    pub(crate) async fn ask(&mut self, command: Command<'_>) {
        let text = command.encode(Dialect::Json).unwrap();
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.socket.send(Message::binary(bytes.to_vec())).await.unwrap();
    }

    /// Waits for an event.
    pub(crate) async fn until(&mut self, is: impl Fn(&Event<'_>) -> bool) {
        let mut seen = Vec::new();
        let waiting = async {
            loop {
                let message = self.socket.next().await.unwrap().unwrap();
                let Message::Text(text) = message else { continue };
                if is(&Event::read(&text, Dialect::Json)) {
                    return;
                }
                seen.push(text);
            }
        };
        let came = timeout(SOON, waiting).await;
        assert!(came.is_ok(), "it did not come; these did: {seen:?}");
    }

    pub(crate) async fn close(self) {
        self.house.hang_up(&self.channel).await;
    }
}
