//! SIPp as the load: so many calls a second, and what became of them.

use std::{collections::HashMap, fs, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use super::exchange::SIP_PORT;

/// What became of one step's calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Step {
    pub calls: u64,
    pub failed: u64,
    /// Refused with 503.
    pub refused: u64,
    pub retransmissions: u64,
    /// Answered or refused, but a second after the INVITE or later.
    pub late: u64,
    /// Channels were left after all calls were over.
    pub left: bool,
    /// From INVITE to the final answer, the mean.
    pub answer_ms: f64,
    /// CPU of the client and of Asterisk for a thousand calls.
    pub client_cpu: f64,
    pub asterisk_cpu: f64,
}

impl Step {
    /// None failed, none was refused, nothing was sent again, and the answer came at once.
    pub fn is_clean(&self) -> bool {
        let all_served = self.failed == 0 && self.refused == 0 && !self.left;
        all_served && self.retransmissions == 0 && self.answer_ms < 10.0
    }
}

/// Places `rate` calls a second to `extension` for `seconds`, and waits until all are over.
pub async fn load(extension: &str, rate: u32, seconds: u32, folder: &Path) -> Result<Step> {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("calls/uac.xml");
    let statistics = folder.join("sipp.csv");
    let _ = fs::remove_file(&statistics);
    let calls = rate * seconds;
    let mut sipp = Command::new("sipp");
    sipp.arg("-sf").arg(scenario);
    sipp.args([
        "-i",
        "127.0.0.1",
        "-mi",
        "127.0.0.1",
        "-s",
        extension,
        "-nostdin",
        "-trace_stat",
        "-fd",
        "1",
    ]);
    sipp.arg("-stf").arg(&statistics);
    sipp.args([
        "-r",
        &rate.to_string(),
        "-m",
        &calls.to_string(),
        "-l",
        "20000",
        "-max_retrans",
        "5",
    ]);
    sipp.args(["-timeout", &format!("{}s", seconds + 20), "-recv_timeout", "8000"]);
    sipp.arg(format!("127.0.0.1:{SIP_PORT}")).current_dir(folder);
    let mut child = sipp
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("sipp cannot be started; `cargo xtask setup` installs it")?;
    let limit = Duration::from_secs(u64::from(seconds) + 30);
    let Ok(ended) = tokio::time::timeout(limit, child.wait()).await else {
        bail!("sipp did not come to its end within {} s", limit.as_secs());
    };
    ended?;
    read(&statistics, u64::from(calls))
}

/// Reads the last line of SIPp's statistics (`-trace_stat`, semicolons, cumulative columns end in `(C)`).
fn read(statistics: &Path, calls: u64) -> Result<Step> {
    let text = fs::read_to_string(statistics).context("sipp wrote no statistics")?;
    let mut lines = text.lines();
    let head = lines.next().context("sipp's statistics are empty")?;
    let last = lines.last().context("sipp's statistics have no line")?;
    let row: HashMap<&str, &str> = head.split(';').zip(last.split(';')).collect();
    let number = |name: &str| row.get(name).and_then(|text| text.parse::<u64>().ok());
    let succeeded = number("SuccessfulCall(C)").context("sipp's statistics tell no successful calls")?;
    Ok(Step {
        calls,
        failed: calls.saturating_sub(succeeded),
        refused: number("GenericCounter1(C)").unwrap_or_default(),
        retransmissions: number("Retransmissions(C)").unwrap_or_default(),
        late: number("ResponseTimeRepartitioninvite_>=1000").unwrap_or_default(),
        answer_ms: row
            .get("ResponseTimeinvite(C)")
            .map(|text| milliseconds(text))
            .unwrap_or_default(),
        ..Step::default()
    })
}

/// Reads `00:00:00:012345`: hours, minutes, seconds, microseconds.
fn milliseconds(text: &str) -> f64 {
    let parts: Vec<f64> = text
        .split([':', '.'])
        .filter_map(|part| part.parse().ok())
        .collect();
    match parts[..] {
        [hours, minutes, seconds, micros] => {
            ((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0 + micros / 1000.0
        }
        _ => 0.0,
    }
}
