//! What a live channel costs in memory.

use anyhow::{Context, Result};

use super::{Bench, trials::Trial};
use crate::{
    client::Client,
    report::{Figure, short},
};

const CHANNELS: u32 = 10_000;

impl Bench<'_> {
    /// Lets every client follow channels of which none ends.
    pub(super) fn memory(&self, figures: &mut Vec<Figure>) -> Result<()> {
        println!("\nmemory of 10,000 live channels");
        let (channels, events) = (CHANNELS.to_string(), 4 * u64::from(CHANNELS));
        let count = events.to_string();
        let plan = ["--channels", &channels, "--events", &count, "--endless"];
        let trials = self.each(&self.clients, |client| self.events_of(client, &plan, events))?;
        let each = |trial: &Trial| Some(trial.outcome.rss_bytes as f64 / f64::from(CHANNELS));
        for (client, _) in &trials.0 {
            let bytes = trials.median(*client, each).unwrap_or_default();
            println!("  {:<17} {:>8} bytes a channel", client.name(), short(bytes));
        }
        let ours = trials.median(Client::Ours, each).context("ours did not run")?;
        let limit = trials
            .median(Client::BareTask, each)
            .context("the bare loop did not run")?;
        figures.push(
            Figure::new("memory of a live channel with its stream", ours, "bytes", "lower")
                .goal(2048.0)
                .limit(limit),
        );
        Ok(())
    }
}
