//! What the runs of all clients came to.

use crate::{client::Client, measure::Outcome, report::median};

/// One run of one client.
pub(super) struct Trial {
    pub(super) outcome: Outcome,
    /// How many events were sent to it, or how many requests it was to send.
    pub(super) sent: u64,
}

/// The runs of each client, in the order in which the clients ran.
pub(super) struct Trials(pub(super) Vec<(Client, Vec<Trial>)>);

impl Trials {
    /// The runs of one client; none of one that was left out.
    pub(super) fn of(&self, client: Client) -> &[Trial] {
        let found = self.0.iter().find(|(it, _)| *it == client);
        found.map_or(&[], |(_, trials)| trials)
    }

    /// The median over the runs of one client; none where it was left out, or has no such value.
    pub(super) fn median(&self, client: Client, value: impl Fn(&Trial) -> Option<f64>) -> Option<f64> {
        let values: Vec<f64> = self.of(client).iter().filter_map(value).collect();
        (!values.is_empty()).then(|| median(values.into_iter()))
    }

    /// The best of these clients by a value, the higher the better.
    pub(super) fn best(
        &self,
        clients: impl IntoIterator<Item = Client>,
        value: impl Fn(&Trial) -> Option<f64>,
    ) -> (&'static str, f64) {
        let values = clients
            .into_iter()
            .filter_map(|client| Some((client.name(), self.median(client, &value)?)));
        values.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("none", 0.0))
    }
}
