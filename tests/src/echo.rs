//! An Asterisk for media legs: everything that carries sound, and a dialplan that gives it back.

use anyhow::Result;

use crate::pbx::Pbx;
pub use crate::pbx::{PASSWORD, USER};

/// The section of websocket_client.conf that leads to the door of the test.
pub const CLIENT: &str = "evatel";
/// A channel that gives back what it hears: `Local/echo@media/n`.
pub const ECHO: &str = "Local/echo@media/n";
/// A channel that presses `1`, `2` and `#`, and stays.
pub const KEYS: &str = "Local/keys@media/n";

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct EchoServer {
    /// The server.
    pub pbx: Pbx,
    url: String,
}

impl EchoServer {
    /// Starts one that connects to `door_port` for media websockets in client mode, and has ports for `rtp_legs` legs over RTP, 990 at most.
    pub async fn start(door_port: u16, rtp_legs: u16) -> Result<Self> {
        let pbx = Pbx::start_with(EXTENSIONS, 2 * rtp_legs, |files| {
            files.append(
                "http.conf",
                "sessionlimit=2000\nsession_inactivity=30000\nsession_keep_alive=15000\n",
            );
            files.replace("asterisk.conf", "verbose = 3", "verbose = 0");
            files.write("logger.conf", "[logfiles]\nfull => notice,warning,error\n");
            files.write(
                "websocket_client.conf",
                &format!(
                    "[{CLIENT}]\ntype=websocket_client\nconnection_type=per_call_config\nuri=ws://127.0.0.1:{door_port}/media\n\
                     protocols=media\ntls_enabled=no\n"
                ),
            );
        });
        let pbx = pbx.await?;
        Ok(Self {
            url: pbx.url(""),
            pbx,
        })
    }

    /// The URL of its HTTP server.
    pub fn url(&self) -> &str {
        &self.url
    }
}

const EXTENSIONS: &str = "\
[media]
exten => echo,1,Answer()
 same => n,Echo()
exten => keys,1,Answer()
 same => n,Wait(0.5)
 same => n,SendDTMF(12#,200,100)
 same => n,Wait(60)
";
