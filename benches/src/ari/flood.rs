//! Events as fast as the socket takes them.

use anyhow::{Context, Result};

use super::{Bench, PEERS, trials::Trial};
use crate::{
    client::Client,
    report::{Figure, short},
};

impl Bench<'_> {
    /// Floods every client with the events of so many live channels.
    pub(super) fn flood(&self, channels: u32, figures: &mut Vec<Figure>) -> Result<()> {
        println!("\nevents as fast as the socket takes them, {channels} live channels");
        let mut clients = self.clients.clone();
        clients.push(Client::OursByField);
        let trials = self.each(&clients, |client| {
            // The slow peer gets fewer events, as many as make a second of work.
            let events = if client == Client::AriClient {
                self.events / 2
            } else {
                self.events
            };
            let (channels, count) = (channels.to_string(), events.to_string());
            self.events_of(client, &["--channels", &channels, "--events", &count], events)
        })?;
        for (client, each) in &trials.0 {
            let of = |value: fn(&Trial) -> f64| {
                trials
                    .median(*client, |trial| Some(value(trial)))
                    .unwrap_or_default()
            };
            println!(
                "  {:<17} {:>10} events/s  {:>6} µs CPU an event  {:>5.1} % lost  ({} keys, {} values, {} ends)",
                client.name(),
                short(of(rate)),
                short(of(cpu_us)),
                of(lost) / of(|trial| trial.sent as f64) * 100.0,
                each[0].outcome.digits,
                each[0].outcome.values,
                each[0].outcome.ended,
            );
        }
        let rate = |trial: &Trial| Some(rate(trial));
        let ours = trials.median(Client::Ours, rate).context("ours did not run")?;
        let limit = trials
            .median(Client::BareTask, rate)
            .context("the bare loop did not run")?;
        let (peer, best) = trials.best(PEERS, rate);
        let named = |what: &str| format!("events/s, {channels} channels, {what}");
        figures.push(
            Figure::new(named("to the best peer"), ours, "/s", "higher")
                .goal(best * 1.5)
                .peer(peer, best)
                .limit(limit),
        );
        let by_field = trials
            .median(Client::OursByField, rate)
            .context("ours did not run")?;
        for (what, ours) in [
            ("to a bare task a channel", ours),
            ("one field read, to the same", by_field),
        ] {
            figures.push(
                Figure::new(named(what), ours, "/s", "higher")
                    .goal(limit * 0.9)
                    .limit(limit),
            );
        }
        let lost = trials.of(Client::Ours).iter().map(lost).sum();
        figures.push(Figure::new(named("lost"), lost, "events", "lower").goal(0.0));
        Ok(())
    }
}

fn rate(trial: &Trial) -> f64 {
    trial.outcome.handled as f64 / trial.outcome.seconds.max(1e-9)
}

fn cpu_us(trial: &Trial) -> f64 {
    trial.outcome.cpu_seconds / trial.outcome.handled.max(1) as f64 * 1e6
}

/// Below zero would be a fault of the benchmark: something was handled twice.
fn lost(trial: &Trial) -> f64 {
    trial.sent as f64 - trial.outcome.handled as f64
}
