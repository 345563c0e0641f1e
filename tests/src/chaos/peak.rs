//! How many calls there are at once, asked of Asterisk.

use std::time::Duration;

use anyhow::{Context, Result};
use evatel_ari::{Config, Rest, model::Channel, op};
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How often it is asked.
const LOOK: Duration = Duration::from_millis(500);

/// Counts callers' channels until it is dropped.
pub(super) struct Peak {
    seen: watch::Receiver<Seen>,
    _stop: DropGuard,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    now: u32,
    highest: u32,
}

impl Peak {
    pub(super) fn watch(config: &Config) -> Self {
        let (tell, seen) = watch::channel(Seen::default());
        let stop = CancellationToken::new();
        let (rest, mark) = (Rest::new(config.clone()), config.mark());
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            loop {
                // Asterisk is killed now and then: what cannot be asked is not counted.
                if let Ok(channels) = rest.send(op::channels::list()).await {
                    let is_caller =
                        |it: &&Channel| it.name.starts_with("PJSIP/") && !mark.is_on(it.id.as_str());
                    let now = channels.iter().filter(is_caller).count() as u32;
                    tell.send_modify(|seen| {
                        seen.now = now;
                        seen.highest = seen.highest.max(now);
                    });
                }
                tokio::time::sleep(LOOK).await;
            }
        }));
        Self {
            seen,
            _stop: stop.drop_guard(),
        }
    }

    /// Waits until there are so many at once.
    pub(super) async fn reaches(&self, wanted: u32, within: Duration) -> Result<()> {
        let mut seen = self.seen.clone();
        let reached = timeout(within, seen.wait_for(|seen| seen.now >= wanted)).await;
        let most = self.highest();
        reached
            .with_context(|| {
                format!("only {most} of {wanted} calls came to be up at once within {within:?}")
            })?
            .context("nobody counts the calls")?;
        Ok(())
    }

    pub(super) fn now(&self) -> u32 {
        self.seen.borrow().now
    }

    pub(super) fn highest(&self) -> u32 {
        self.seen.borrow().highest
    }
}
