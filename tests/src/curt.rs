//! Carriers that carry nothing: they refuse every INVITE at once, or do not answer at all.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use tokio::{net::UdpSocket, sync::watch, task::AbortHandle, time::timeout};

/// What such a carrier says to an INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing, not even 100 Trying.
    Nothing,
    /// This status, 400 to 699, without a provisional response before it.
    Status(u16),
}

/// A carrier that carries nothing. Dropping it ends it.
#[derive(Debug)]
pub struct Curt {
    address: SocketAddr,
    asked: watch::Receiver<usize>,
    task: AbortHandle,
}

impl Curt {
    /// Listens at an address for INVITEs.
    pub async fn start(address: SocketAddr, answer: Answer) -> Result<Self> {
        let socket = UdpSocket::bind(address)
            .await
            .with_context(|| format!("nobody can listen at `{address}`"))?;
        let (count, asked) = watch::channel(0);
        let task = tokio::spawn(async move {
            let mut bytes = vec![0; 65_535];
            while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
                let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let status = match request.split(' ').next() {
                    Some("INVITE") => {
                        count.send_modify(|count| *count += 1);
                        match answer {
                            Answer::Nothing => continue,
                            Answer::Status(status) => status,
                        }
                    }
                    Some("CANCEL") => 200,
                    _ => continue,
                };
                // Whoever is not there any more asks again.
                let _ = socket.send_to(response(&request, status).as_bytes(), from).await;
            }
        });
        Ok(Self {
            address,
            asked,
            task: task.abort_handle(),
        })
    }

    /// Waits until it was asked to carry a call, retransmissions included.
    pub async fn asked(&mut self, within: Duration) -> Result<()> {
        let asked = timeout(within, self.asked.wait_for(|count| *count > 0)).await;
        asked.with_context(|| format!("no INVITE came to `{}` within {within:?}", self.address))??;
        Ok(())
    }
}

impl Drop for Curt {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// RFC 3261 §8.2.6.2: what is copied from the request, and a tag of our own in To.
fn response(request: &str, status: u16) -> String {
    let mut text = format!("SIP/2.0 {status} No\r\n");
    let headers = request.split("\r\n").skip(1).take_while(|line| !line.is_empty());
    for line in headers {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match name.trim() {
            "via" | "v" | "from" | "f" | "call-id" | "i" | "cseq" => text += &format!("{line}\r\n"),
            "to" | "t" => text += &format!("{line};tag=curt\r\n"),
            _ => {}
        }
    }
    text + "Content-Length: 0\r\n\r\n"
}
