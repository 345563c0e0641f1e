//! The server of these tests: the usual one with this dialplan.

use std::{ops::Deref, time::Duration};

use evatel_ari::Config;
use evatel_tests::pbx;

pub(crate) use evatel_tests::pbx::{Files, USER};

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
        let started = pbx::Pbx::start(24, |files| {
            files.write("extensions.conf", EXTENSIONS);
            change(files);
        });
        Self(started.await.unwrap())
    }

    /// How a program reaches it.
    pub(crate) fn config(&self, app: &str) -> Config {
        self.0.config(app).unwrap()
    }
}

/// What `Local/…@default` reaches.
const EXTENSIONS: &str = "\
[default]
exten => hold,1,Answer()
 same => n,Wait(600)
";
