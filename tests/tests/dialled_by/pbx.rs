//! The server of these tests: a lean one with this dialplan.

use std::time::Duration;

use evatel_tests::pbx::{Pbx, RTP_PORTS};

pub(crate) use evatel_tests::pbx::{Files, USER};

/// Far more than anything here takes, so that a busy machine does not matter.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Starts one whose files `change` has changed.
pub(crate) async fn asterisk(change: impl FnOnce(&mut Files)) -> Pbx {
    Pbx::start_with(EXTENSIONS, RTP_PORTS, change).await.unwrap()
}

/// What `Local/…@default` reaches.
const EXTENSIONS: &str = "\
[default]
exten => hold,1,Answer()
 same => n,Wait(600)
";
