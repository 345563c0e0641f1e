//! One SIPp process and the socket over which it tells events and takes commands: its third-party call control, of which the
//! harness is the other party.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    process::{Child, Command},
    sync::mpsc,
    time::timeout,
};

use super::Message;
use crate::{asterisk::workspace, process};

/// What a scenario told, and when.
#[derive(Clone, Debug)]
pub struct Notice {
    /// When it reached the harness.
    pub at: Instant,
    /// The scenario's word: `dialled`, `ringing`, `progress`, `answered`, `refused`, `invited`, `cancelled`, `byed`, `left`,
    /// `transferred`, `kept`, `notified`, `held`, `resumed`.
    pub event: String,
    /// The SIP message that caused it.
    pub message: Message,
    pub(super) call_id: String,
}

/// A scenario and how it is run.
#[derive(Debug)]
pub(super) struct Run<'a> {
    /// File in `tests/sipp/`.
    pub(super) scenario: &'a str,
    pub(super) server: SocketAddr,
    pub(super) local: SocketAddr,
    /// Further arguments of SIPp.
    pub(super) arguments: Vec<String>,
}

/// A running scenario that commands can be given to; the last clone that is dropped ends it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    orders: mpsc::UnboundedSender<String>,
    process: Arc<Process>,
}

#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts SIPp; dropping the process kills it.
    pub(super) fn start(run: &Run<'_>, more: &[&str]) -> Result<Self> {
        let folder = TempDir::with_prefix("evatel-sipp-")?;
        let output = File::create(folder.path().join("output.log"))?;
        let child = Command::new("sipp")
            .arg(run.server.to_string())
            .arg("-sf")
            .arg(workspace().join("tests/sipp").join(run.scenario))
            .args([
                "-i",
                &run.local.ip().to_string(),
                "-p",
                &run.local.port().to_string(),
            ])
            .args([
                "-nostdin",
                "-trace_err",
                "-error_file",
                "errors.log",
                "-trace_msg",
                "-message_file",
                "messages.log",
            ])
            .args(&run.arguments)
            .args(more)
            .current_dir(folder.path())
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .context("cannot run `sipp`. Hint: run `cargo xtask setup`")?;
        Ok(Self { child, folder })
    }

    /// Waits for the scenario's end. Errors with SIPp's own words when it failed.
    pub(super) async fn finished(mut self, within: Duration) -> Result<()> {
        let status = timeout(within, self.child.wait())
            .await
            .with_context(|| format!("SIPp did not end within {within:?}: {}", self.complaint()))??;
        if !status.success() {
            bail!("SIPp ended with {status}: {}", self.complaint());
        }
        Ok(())
    }

    /// Lets it begin no more calls.
    pub(super) fn wind_down(&self) -> Result<()> {
        process::wind_down(&self.child)
    }

    /// Waits until it has ended, well or not. Cancel safe.
    pub(super) async fn ended(&mut self) -> Result<()> {
        self.child.wait().await.context("SIPp cannot be waited for")?;
        Ok(())
    }

    /// What SIPp logged last.
    pub(super) fn complaint(&self) -> String {
        let log = |name: &str, lines| process::tail(&self.folder.path().join(name), lines);
        format!(
            "{}\n{}\n{}",
            log("output.log", 10),
            log("errors.log", 20),
            log("messages.log", 40)
        )
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        process::kill_group(&self.child);
    }
}

impl Link {
    /// Ends SIPp at once.
    pub(super) fn kill(&self) {
        process::kill_group(&self.process.child);
    }

    /// Starts a scenario and waits until it has connected. Each notice goes to `inbox`; it is closed when SIPp ends.
    pub(super) async fn start(run: Run<'_>, inbox: mpsc::UnboundedSender<Notice>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let twin = listener.local_addr()?.to_string();
        let process = Process::start(&run, &["-3pcc", &twin])?;
        let (stream, _) = timeout(CONNECT, listener.accept()).await.with_context(|| {
            format!(
                "SIPp with `{}` did not connect within {CONNECT:?}: {}",
                run.scenario,
                process.complaint()
            )
        })??;
        let (reader, writer) = stream.into_split();
        let (orders, queue) = mpsc::unbounded_channel();
        tokio::spawn(read(reader, inbox));
        tokio::spawn(write(writer, queue));
        Ok(Self {
            orders,
            process: Arc::new(process),
        })
    }

    /// Commands something in one call.
    pub(super) fn command(&self, call_id: &str, order: &str) -> Result<()> {
        let text = format!("Call-ID: {call_id}\r\nDo: {order}\r\n\r\n{DELIMITER}");
        self.orders.send(text).ok().context("SIPp has ended")
    }

    /// What SIPp logged last, for error messages.
    pub(super) fn complaint(&self) -> String {
        self.process.complaint()
    }
}

async fn read(mut reader: OwnedReadHalf, inbox: mpsc::UnboundedSender<Notice>) {
    let mut pending = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = reader.read(&mut buffer).await {
        let at = Instant::now();
        pending.extend_from_slice(&buffer[..length]);
        while let Some(end) = pending.iter().position(|&byte| byte == DELIMITER as u8) {
            let text = String::from_utf8_lossy(&pending[..end]).into_owned();
            pending.drain(..=end);
            if let Some(notice) = parse(&text, at)
                && inbox.send(notice).is_err()
            {
                return;
            }
        }
    }
}

async fn write(mut writer: OwnedWriteHalf, mut queue: mpsc::UnboundedReceiver<String>) {
    while let Some(text) = queue.recv().await {
        if writer.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn parse(text: &str, at: Instant) -> Option<Notice> {
    let text = text.trim_start();
    let (head, message) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let value = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| (key.trim() == name).then(|| value.trim().to_owned()))
    };
    Some(Notice {
        at,
        event: value("Event")?,
        call_id: value("Call-ID")?,
        message: Message(message.trim_start().to_owned()),
    })
}

/// What SIPp ends each of its third-party messages with: escape.
const DELIMITER: char = '\u{1b}';
/// SIPp connects within 100 ms on an idle machine.
const CONNECT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_carries_the_message_that_caused_it() {
        let notice = parse(
            "Call-ID: 1-2@x\r\nEvent: refused\r\n\r\nSIP/2.0 486 Busy Here\r\nA: b\r\n\r\n",
            Instant::now(),
        )
        .unwrap();
        assert_eq!(
            (notice.call_id.as_str(), notice.event.as_str()),
            ("1-2@x", "refused")
        );
        assert_eq!(notice.message.status(), Some(486));
        let bare = parse("Call-ID: 1\r\nEvent: dialled\r\n\r\n", Instant::now()).unwrap();
        assert_eq!(bare.message, Message::default());
    }
}
