//! Requests: answer, get, set a variable, in turn.

use anyhow::{Context, Result};

use super::{Bench, PEERS, trials::Trial};
use crate::{
    client::Client,
    report::{Figure, short},
};

impl Bench<'_> {
    /// Lets every client send requests, so many at once.
    pub(super) fn requests(&self, at_once: usize, figures: &mut Vec<Figure>) -> Result<()> {
        println!("\nrequests (answer, get, set a variable), {at_once} at once");
        let trials = self.each(&self.clients, |client| {
            let requests = if client == Client::AriClient {
                self.requests / 10
            } else {
                self.requests
            };
            self.requests_of(client, at_once, requests)
        })?;
        let rate = |trial: &Trial| Some(trial.outcome.requests as f64 / trial.outcome.seconds.max(1e-9));
        for (client, each) in &trials.0 {
            println!(
                "  {:<17} {:>10} requests/s  {} failed",
                client.name(),
                short(trials.median(*client, rate).unwrap_or_default()),
                each[0].outcome.errors,
            );
        }
        let ours = trials.median(Client::Ours, rate).context("ours did not run")?;
        let limit = trials
            .median(Client::BareTask, rate)
            .context("the bare loop did not run")?;
        let (peer, best) = trials.best(PEERS, rate);
        let what = format!("requests/s, {at_once} at once");
        figures.push(
            Figure::new(what, ours, "/s", "higher")
                .goal(limit * 0.9)
                .peer(peer, best)
                .limit(limit),
        );
        Ok(())
    }
}
