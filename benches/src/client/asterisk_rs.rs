//! `asterisk-rs-ari` 0.8, as its README uses it: one subscription to everything, one map of all channels.

use std::collections::HashMap;

use anyhow::Result;
use asterisk_rs_ari::{
    AriClient, AriEvent, TransportMode,
    config::AriConfigBuilder,
    resources::channel::{self, ChannelHandle},
};
use asterisk_rs_core::event::EventReceive;

use super::{
    Task,
    drive::{Ask, Asks, CHANNEL, drive},
};
use crate::measure::{Call, latency, report_when_done};

async fn connect(task: &Task) -> Result<AriClient> {
    let transport = if task.over_socket {
        TransportMode::WebSocket
    } else {
        TransportMode::Http
    };
    let config = AriConfigBuilder::new("bench")
        .host("127.0.0.1")
        .port(task.port)
        .username("bench")
        .password("bench")
        .transport(transport)
        .build()?;
    Ok(AriClient::connect(config).await?)
}

/// Handles the events; what its bus drops is lost, and later events of a channel whose start was lost have no place.
pub async fn events(task: &Task) -> Result<()> {
    let client = connect(task).await?;
    let mut events = client.subscribe();
    report_when_done(task.expect);
    let mut calls: HashMap<String, Call> = HashMap::new();
    loop {
        let message = match events.recv().await {
            EventReceive::Event(message) => message,
            EventReceive::Lagged(_) => continue,
            EventReceive::Closed => return Ok(()),
        };
        let asterisk_id = message.asterisk_id.as_deref().unwrap_or_default();
        match &message.event {
            AriEvent::StasisStart { channel, .. } => {
                let call = calls.entry(channel.id.clone()).or_default();
                call.event();
                latency(asterisk_id);
            }
            AriEvent::ChannelDestroyed { channel, .. } => {
                if let Some(mut call) = calls.remove(&channel.id) {
                    call.event();
                    call.end();
                    latency(asterisk_id);
                }
            }
            AriEvent::ChannelDtmfReceived { channel, digit, .. } => {
                if let Some(call) = calls.get_mut(&channel.id) {
                    call.event();
                    call.digit(digit);
                    latency(asterisk_id);
                }
            }
            AriEvent::ChannelVarset {
                channel: Some(channel),
                value,
                ..
            } => {
                if let Some(call) = calls.get_mut(&channel.id) {
                    call.event();
                    call.value(value);
                    latency(asterisk_id);
                }
            }
            AriEvent::StasisEnd { channel }
            | AriEvent::ChannelStateChange { channel }
            | AriEvent::ChannelHangupRequest { channel }
            | AriEvent::ChannelEnteredBridge { channel, .. }
            | AriEvent::ChannelLeftBridge { channel, .. }
            | AriEvent::ChannelDialplan { channel, .. } => {
                if let Some(call) = calls.get_mut(&channel.id) {
                    call.event();
                    latency(asterisk_id);
                }
            }
            _ => {}
        }
    }
}

/// Sends requests.
pub async fn requests(task: &Task, at_once: usize) -> Result<()> {
    let client = connect(task).await?;
    let handle = ChannelHandle::new(CHANNEL, client.clone());
    drive(task, at_once, Asker { client, handle }).await
}

/// A handle does not give its client, which reading the channel wants.
#[derive(Clone)]
struct Asker {
    client: AriClient,
    handle: ChannelHandle,
}

impl Asks for Asker {
    async fn ask(&self, what: Ask) -> bool {
        match what {
            Ask::Answer => self.handle.answer().await.is_ok(),
            Ask::Get => channel::get(&self.client, CHANNEL).await.is_ok(),
            Ask::SetVariable => self.handle.set_variable("STEP", "greeting").await.is_ok(),
        }
    }
}

/// Answers calls.
pub async fn calls(task: &Task) -> Result<()> {
    let client = connect(task).await?;
    let mut events = client.subscribe();
    println!("ready");
    loop {
        let message = match events.recv().await {
            EventReceive::Event(message) => message,
            EventReceive::Lagged(_) => continue,
            EventReceive::Closed => return Ok(()),
        };
        if let AriEvent::StasisStart { channel, .. } = message.event {
            let handle = ChannelHandle::new(channel.id, client.clone());
            tokio::spawn(async move {
                if handle.answer().await.is_ok() {
                    tokio::time::sleep(super::HELD).await;
                    let _ = handle.hangup(None).await;
                }
            });
        }
    }
}
