//! The server of these tests: the usual one with this dialplan, and what they ask of it beside ARI.

use std::{ops::Deref, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use evatel_ari::op;
use evatel_tests::pbx;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

pub(crate) use evatel_tests::pbx::{Files, PASSWORD, USER};

use super::app::App;

/// Far more than anything here takes, so that a busy machine does not matter.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A running server; dropping it kills it.
pub(crate) struct Pbx(pbx::Pbx);

impl Deref for Pbx {
    type Target = pbx::Pbx;

    fn deref(&self) -> &pbx::Pbx {
        &self.0
    }
}

impl Pbx {
    /// Starts one with the usual files.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one whose files `change` has changed.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Files)) -> Self {
        let started = pbx::Pbx::start_with(EXTENSIONS, pbx::RTP_PORTS, change);
        Self(started.await.unwrap())
    }

    /// Connects a program.
    pub(crate) async fn app(&self, name: &str) -> App {
        let (ari, offers) = self.connect(name).await.unwrap();
        App::new(ari, offers)
    }

    /// A client for requests that ours cannot send, as the user who may do everything.
    pub(crate) fn http(&self) -> reqwest::Client {
        client(Some((USER, PASSWORD)))
    }

    /// Sends a request whose head and body are written by hand, and gives what came back until the server closed.
    pub(crate) async fn by_hand(&self, request: &str, head: &str, body: &str) -> String {
        let pair = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let text = format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {pair}\r\nConnection: close\r\n{head}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.http_port())).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(SOON, stream.read_to_string(&mut answer))
            .await
            .unwrap()
            .unwrap();
        answer
    }

    /// Lets the extension `late` answer.
    pub(crate) async fn let_it_answer(&self, app: &App) {
        app.send(op::asterisk::set_variable("ANSWER", "1")).await;
    }
}

/// A plain HTTP client that shows these credentials, or none.
pub(crate) fn client(who: Option<(&str, &str)>) -> reqwest::Client {
    let mut headers = reqwest::header::HeaderMap::new();
    if let Some((user, password)) = who {
        let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
        headers.insert("Authorization", format!("Basic {pair}").parse().unwrap());
    }
    // Asterisk looks for `Origin`, not for `origin`.
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(SOON)
        .http1_title_case_headers();
    client.default_headers(headers).build().unwrap()
}

/// What `Local/…@default` reaches. `late` rings until the test lets it answer; `toAPP` hands a call to an application.
const EXTENSIONS: &str = "\
[default]
exten => echo,1,Answer()
 same => n,Echo()
exten => hold,1,Answer()
 same => n,Wait(600)
exten => ring,1,Ringing()
 same => n,Wait(600)
exten => late,1,Ringing()
 same => n,WaitForCondition(#,#[\"#{GLOBAL(ANSWER)}\"=\"1\"],600,0.02)
 same => n,Answer()
 same => n,Echo()
exten => early,1,Progress()
 same => n,Wait(600)
exten => tone,1,Answer()
 same => n,PlayTones(350+440)
 same => n,Wait(600)
exten => silence-after-tone,1,Answer()
 same => n,PlayTones(!350+440/700,0)
 same => n,Wait(600)
exten => presses-hash,1,Answer()
 same => n,WaitForCondition(#,#[\"#{GLOBAL(ANSWER)}\"=\"1\"],600,0.02)
 same => n,SendDTMF(#)
 same => n,Wait(600)
exten => _to.,1,Answer()
 same => n,Stasis(${EXTEN:2})
 same => n(after),UserEvent(Left,Status: ${STASISSTATUS})
 same => n,Wait(600)
";
