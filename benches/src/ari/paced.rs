//! Events at a steady rate: how late they reach their handler.

use anyhow::{Context, Result};

use super::Bench;
use crate::{
    client::Client,
    measure::Quantiles,
    report::{Figure, short},
};

impl Bench<'_> {
    /// Sends every client 10,000 events a second.
    pub(super) fn paced(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let events = if self.options.quick { 5_000 } else { 30_000 };
        println!("\n10,000 events a second, 1,000 live channels");
        let count = events.to_string();
        let plan = ["--channels", "1000", "--rate", "10000", "--events", &count];
        let trials = self.each(&self.clients, |client| self.events_of(client, &plan, events))?;
        let quantile = |client, pick: fn(&Quantiles) -> f64| {
            trials.median(client, |trial| trial.outcome.latency_us.as_ref().map(pick))
        };
        for (client, _) in &trials.0 {
            println!(
                "  {:<17} p50 {:>7} p99 {:>7} p99.9 {:>7} µs",
                client.name(),
                short(quantile(*client, |q| q.p50).unwrap_or_default()),
                short(quantile(*client, |q| q.p99).unwrap_or_default()),
                short(quantile(*client, |q| q.p999).unwrap_or_default()),
            );
        }
        let p50: fn(&Quantiles) -> f64 = |q| q.p50;
        for (what, factor, pick) in [
            ("p50 from write to handler at 10,000/s", 1.3, p50),
            ("p99 from write to handler at 10,000/s", 2.0, |q| q.p99),
        ] {
            let ours = quantile(Client::Ours, pick).context("ours has no latencies")?;
            let raw = quantile(Client::BareMap, pick).context("the bare loop has no latencies")?;
            figures.push(
                Figure::new(what, ours, "µs", "lower")
                    .goal(raw * factor)
                    .limit(raw),
            );
        }
        Ok(())
    }
}
