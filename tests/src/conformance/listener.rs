//! An event websocket that keeps what it hears.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// How long anything may take: the machine may be busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// One websocket. Dropping it closes it.
#[derive(Debug)]
pub struct Listener {
    heard: watch::Receiver<Arc<Vec<Value>>>,
    to_send: mpsc::Sender<Message>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(super) fn new(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        let (to_heard, heard) = watch::channel(Arc::default());
        let (to_send, sending) = mpsc::channel(16);
        let task = tokio::spawn(run(socket, to_heard, sending));
        Self { heard, to_send, task }
    }

    /// Gives everything that was heard so far.
    pub fn all(&self) -> Arc<Vec<Value>> {
        self.heard.borrow().clone()
    }

    /// Waits for an event that is meant.
    ///
    /// # Panics
    /// When it does not come in time.
    pub async fn hears(&mut self, what: &str, meant: impl Fn(&Value) -> bool) -> Value {
        let found = self.finds(PATIENCE, meant).await;
        found.unwrap_or_else(|| panic!("{what} did not come"))
    }

    /// Waits so long for an event that is meant.
    pub(super) async fn finds(
        &mut self,
        patience: Duration,
        meant: impl Fn(&Value) -> bool,
    ) -> Option<Value> {
        let waiting = self.heard.wait_for(|all| all.iter().any(&meant));
        match timeout(patience, waiting).await {
            Ok(Ok(all)) => all.iter().find(|event| meant(event)).cloned(),
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// Sends a text.
    pub async fn send(&self, text: String) {
        self.to_send
            .send(Message::text(text))
            .await
            .expect("the websocket is open");
    }

    /// Sends bytes.
    pub async fn send_bytes(&self, bytes: Vec<u8>) {
        self.to_send
            .send(Message::binary(bytes))
            .await
            .expect("the websocket is open");
    }

    /// Closes it, and waits until the server agreed.
    pub async fn close(mut self) {
        // A server that closed first takes no farewell.
        let _ = self.to_send.send(Message::Close(None)).await;
        self.closed().await;
    }

    /// Waits until it is closed.
    ///
    /// # Panics
    /// When it stays open.
    pub async fn closed(&mut self) {
        timeout(PATIENCE, &mut self.task)
            .await
            .expect("the websocket stayed open")
            .expect("the task does not panic");
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps texts as they are read, plain ones as strings, and sound as `{"bytes": [...]}`.
async fn run(
    mut socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heard: watch::Sender<Arc<Vec<Value>>>,
    mut sending: mpsc::Receiver<Message>,
) {
    loop {
        let came = tokio::select! {
            came = socket.next() => came,
            Some(message) = sending.recv() => {
                if socket.send(message).await.is_err() {
                    return;
                }
                continue;
            }
        };
        let event = match came {
            Some(Ok(Message::Text(text))) => {
                serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.to_string()))
            }
            Some(Ok(Message::Binary(bytes))) => serde_json::json!({ "bytes": bytes.to_vec() }),
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => return,
        };
        heard.send_modify(|all| Arc::make_mut(all).push(event));
    }
}
