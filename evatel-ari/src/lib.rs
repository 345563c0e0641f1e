//! ARI as values and typed events, media legs, and one vocabulary for calls.
//!
//! ```no_run
//! use evatel_ari::{Ari, Config, EventName, helper::Playing, op, router::Signal};
//! use secrecy::SecretString;
//!
//! # async fn run() -> evatel_ari::Result<()> {
//! let config = Config::new("http://127.0.0.1:8088", "evatel", SecretString::from("secret"), "hello")?;
//! let (ari, mut offers) = Ari::connect(config).await?;
//! while let Some(mut call) = offers.next().await {
//!     let ari = ari.clone();
//!     tokio::spawn(async move {
//!         ari.send(op::channels::answer(&call.channel.id)).await?;
//!         let mut hello = Playing::start("sound:hello-world", &call.channel.id, &ari).await?;
//!         // The channel's own stream, in order, until it ends.
//!         while let Some(Signal::Event(event)) = call.events.next().await {
//!             if event.is(EventName::ChannelDtmfReceived) {
//!                 hello.stop().await?;
//!             }
//!         }
//!         Ok::<_, evatel_ari::Error>(())
//!     });
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`request`] and [`op`]: an operation is a value, [`Request`], made by a plain function such as [`op::channels::answer`].
//! - [`client`]: [`Ari`] sends requests, over HTTP or the event websocket, and owns that socket; [`Rest`] only sends.
//! - [`model`]: what ARI speaks about; [`version`]: since which Asterisk something exists.
//! - [`event`]: typed events, the raw text kept; [`router`]: one stream an object, by id.
//! - [`tenant`]: a handle that sees one tenant's channels and bridges only.
//! - [`helper`]: what takes several requests and events: dialling, playing, recording, keys, transfers ...
//! - [`backoff`], [`resync`]: what happens when the websocket is lost and comes back.
//! - [`media`]: a leg on which we hear and speak, over Asterisk's `chan_websocket`, AudioSocket or RTP.
//! - [`door`]: listening doors for AudioSocket and for media websockets that Asterisk opens.
//! - [`outbound`]: a server for ARI websockets that Asterisk opens, persistent and per call.
//! - [`claim`]: calls that are offered to several daemons, and go to the quickest.
//! - [`switch`]: what a call wants done (answer, dial, bridge ...) and what it is told (ringing, digit, ended ...).
//! - [`call`]: the task that runs one call.
//! - `sim` (feature `sim`): a fake Asterisk for tests.

pub mod backoff;
#[cfg(feature = "voice")]
pub mod call;
pub mod claim;
pub mod client;
pub mod config;
mod connection;
pub mod door;
pub mod error;
pub mod event;
pub mod handle;
pub mod helper;
pub mod id;
#[cfg(feature = "voice")]
pub mod media;
pub mod model;
#[cfg(test)]
mod noise;
pub mod op;
pub mod outbound;
mod pem;
pub mod request;
pub mod rest;
pub mod resync;
pub mod router;
#[cfg(feature = "sim")]
pub mod sim;
pub mod stats;
pub mod subject;
#[cfg(feature = "voice")]
pub mod switch;
pub mod tenant;
mod text;
mod timestamp;
pub mod version;
mod wire;
mod wishes;
mod words;

pub use client::{Ari, ConnectionState};
pub use config::Config;
pub use error::{Error, Result};
pub use event::{Event, EventKind, EventName};
pub use handle::Handle;
pub use id::{AppName, BridgeId, ChannelId, DeviceName, EndpointName, PlaybackId, RecordingName};
pub use request::Request;
pub use rest::Rest;
pub use subject::Subject;
#[cfg(feature = "voice")]
pub use switch::Switch;
pub use wire::ClientTls;
