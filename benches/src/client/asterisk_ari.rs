//! `asterisk-ari` 0.3, as its README uses it: a handler for each type of event, one map of all channels.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use anyhow::Result;
use asterisk_ari::{AriClient, Config, apis::channels::params};

use super::{
    Task,
    drive::{Ask, Asks, CHANNEL, drive},
};
use crate::measure::{Call, latency, report_when_done};

type Calls = Arc<Mutex<HashMap<String, Call>>>;

fn client(task: &Task) -> AriClient {
    // It adds `/ari` by itself to what it is given, and to its own default, which has it already.
    AriClient::with_config(Config::new(
        format!("http://127.0.0.1:{}", task.port),
        "bench",
        "bench",
    ))
}

/// Handles the events.
pub async fn events(task: &Task) -> Result<()> {
    let mut client = client(task);
    let calls = Calls::default();
    macro_rules! handle {
        ($on:ident, |$event:ident, $call:ident| $work:expr) => {{
            let calls = calls.clone();
            client.$on(move |_, event| {
                let mut calls = calls.lock().expect("nothing panics with it");
                if let Some($call) = calls.get_mut(&event.data.channel.id) {
                    $call.event();
                    latency(event.asterisk_id.as_deref().unwrap_or_default());
                    let $event = &event.data;
                    $work;
                }
                std::future::ready(Ok(()))
            });
        }};
    }
    let starting = calls.clone();
    client.on_stasis_start(move |_, event| {
        let mut call = Call::default();
        call.event();
        latency(event.asterisk_id.as_deref().unwrap_or_default());
        starting
            .lock()
            .expect("nothing panics with it")
            .insert(event.data.channel.id, call);
        std::future::ready(Ok(()))
    });
    let ending = calls.clone();
    client.on_channel_destroyed(move |_, event| {
        if let Some(mut call) = ending
            .lock()
            .expect("nothing panics with it")
            .remove(&event.data.channel.id)
        {
            call.event();
            call.end();
            latency(event.asterisk_id.as_deref().unwrap_or_default());
        }
        std::future::ready(Ok(()))
    });
    handle!(on_channel_state_change, |_event, call| ());
    handle!(on_channel_dialplan, |_event, call| ());
    handle!(on_channel_dtmf_received, |event, call| call.digit(&event.digit));
    handle!(on_channel_hangup_request, |_event, call| ());
    handle!(on_channel_left_bridge, |_event, call| ());
    handle!(on_stasis_end, |_event, call| ());
    {
        let calls = calls.clone();
        client.on_channel_entered_bridge(move |_, event| {
            let id = event
                .data
                .channel
                .as_ref()
                .map(|channel| channel.id.clone())
                .unwrap_or_default();
            if let Some(call) = calls.lock().expect("nothing panics with it").get_mut(&id) {
                call.event();
                latency(event.asterisk_id.as_deref().unwrap_or_default());
            }
            std::future::ready(Ok(()))
        });
    }
    {
        let calls = calls.clone();
        client.on_channel_var_set(move |_, event| {
            let id = event
                .data
                .channel
                .as_ref()
                .map(|channel| channel.id.clone())
                .unwrap_or_default();
            if let Some(call) = calls.lock().expect("nothing panics with it").get_mut(&id) {
                call.event();
                call.value(&event.data.value);
                latency(event.asterisk_id.as_deref().unwrap_or_default());
            }
            std::future::ready(Ok(()))
        });
    }
    client.start("bench").await?;
    report_when_done(task.expect);
    std::future::pending().await
}

/// Sends requests. Its `set_variable` fails on every success (it wants a body).
pub async fn requests(task: &Task, at_once: usize) -> Result<()> {
    drive(task, at_once, client(task)).await
}

impl Asks for AriClient {
    async fn ask(&self, what: Ask) -> bool {
        let channels = self.channels();
        match what {
            Ask::Answer => channels.answer(CHANNEL).await.is_ok(),
            Ask::Get => channels.get(CHANNEL).await.is_ok(),
            Ask::SetVariable => channels.set_variable(CHANNEL, "STEP", "greeting").await.is_ok(),
        }
    }
}

/// Answers calls.
pub async fn calls(task: &Task) -> Result<()> {
    let mut client = client(task);
    client.on_stasis_start(|client, event| async move {
        let id = event.data.channel.id;
        // A task a call: its handlers run one after the other.
        tokio::spawn(async move {
            if client.channels().answer(&id).await.is_ok() {
                tokio::time::sleep(super::HELD).await;
                let _ = client.channels().delete(params::DeleteRequest::new(id)).await;
            }
        });
        Ok(())
    });
    client.start("bench").await?;
    println!("ready");
    std::future::pending().await
}
