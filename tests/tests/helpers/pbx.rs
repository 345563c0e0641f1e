//! The server of these tests: a lean one with this dialplan.

use std::time::Duration;

use evatel_tests::pbx::{Pbx, RTP_PORTS};

pub(crate) use evatel_tests::pbx::Files;

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
exten => ring,1,Ringing()
 same => n,Wait(600)
exten => late,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait(600)
exten => early,1,Progress()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait(600)
exten => brief,1,Answer()
 same => n,Wait(0.5)
 same => n,Hangup(16)
exten => busy,1,Hangup(17)
exten => refused,1,Hangup(21)
exten => absent,1,Hangup(19)
exten => _keys.,1,Answer()
 same => n,Wait(0.3)
 same => n,SendDTMF(${EXTEN:4})
 same => n,Wait(600)
exten => talk,1,Answer()
 same => n,Wait(0.3)
 same => n,Playback(hello-world&silence/10)
 same => n,Wait(600)
exten => _to.,1,Answer()
 same => n,Stasis(${EXTEN:2})
 same => n,Wait(600)
";
