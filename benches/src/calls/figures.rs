//! What the runs found, and the figures that are made of it.

use super::{Who, sipp::Step};
use crate::{
    client::Client,
    report::{Figure, median},
};

const OURS: Who = Who::Client(Client::Ours);
const BARE: Who = Who::Client(Client::BareTask);
const PEERS: [Who; 3] = [
    Who::Client(Client::AsteriskAri),
    Who::Client(Client::AsteriskRs),
    Who::Client(Client::AriClient),
];

/// What the runs found.
#[derive(Debug, Default)]
pub struct Findings {
    /// The highest clean rate of each run.
    rates: Vec<(Who, f64)>,
    /// The client's CPU for 1,000 calls, of each run in which it served them.
    costs: Vec<(Who, f64)>,
    overload: Option<(u32, Step)>,
}

impl Findings {
    /// Notes the highest clean rate of a run.
    pub fn carries(&mut self, who: Who, rate: u32) {
        self.rates.push((who, f64::from(rate)));
    }

    /// Notes what serving cost.
    pub fn costs(&mut self, who: Who, cpu: f64) {
        self.costs.push((who, cpu));
    }

    /// Notes what became of too many calls.
    pub fn overload(&mut self, rate: u32, step: Step) {
        self.overload = Some((rate, step));
    }

    /// Gives the median of the highest clean rates so far.
    pub fn rate(&self, who: Who) -> Option<f64> {
        middle(who, &self.rates)
    }

    fn cost(&self, who: Who) -> Option<f64> {
        middle(who, &self.costs)
    }

    /// Makes the figures; those that need somebody who was left out are left out as well.
    pub fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (who, rate) in Who::ALL.iter().filter_map(|who| Some((*who, self.rate(*who)?))) {
            figures.push(Figure::new(
                format!("clean calls/s of {}", who.name()),
                rate,
                "/s",
                "higher",
            ));
        }
        for (who, cost) in Who::ALL.iter().filter_map(|who| Some((*who, self.cost(*who)?))) {
            if who != Who::Dialplan {
                figures.push(Figure::new(
                    format!("CPU for 1,000 calls of {}", who.name()),
                    cost,
                    "s",
                    "lower",
                ));
            }
        }
        if let (Some(ours), Some(bare)) = (self.rate(OURS), self.rate(BARE)) {
            let figure = Figure::new("our clean calls/s, to the bare loop", ours, "/s", "higher");
            figures.push(figure.goal(bare * 0.95).limit(bare));
        }
        let best = PEERS.iter().filter_map(|peer| Some((*peer, self.rate(*peer)?)));
        if let (Some(ours), Some((peer, best))) = (self.rate(OURS), best.max_by(|a, b| a.1.total_cmp(&b.1))) {
            let figure = Figure::new("our clean calls/s, above every peer", ours, "/s", "higher");
            figures.push(figure.goal(best + 1.0).peer(peer.name(), best));
        }
        if let Some(ours) = self.cost(OURS) {
            let figure = Figure::new("our CPU for 1,000 calls", ours, "s", "lower").goal(0.25);
            let least = PEERS.iter().filter_map(|peer| Some((*peer, self.cost(*peer)?)));
            figures.push(match least.min_by(|a, b| a.1.total_cmp(&b.1)) {
                Some((peer, least)) => figure.peer(peer.name(), least),
                None => figure,
            });
        }
        if let Some((rate, step)) = &self.overload {
            let of = |what: &str, value: u64| {
                Figure::new(
                    format!("at {rate} calls/s: {what}"),
                    value as f64,
                    "calls",
                    "lower",
                )
                .goal(0.0)
            };
            figures.push(of("neither 200 nor 503", step.failed));
            figures.push(of("200 or 503 later than a second", step.late));
            figures.push(of("channels left", u64::from(step.left)));
        }
        figures
    }
}

fn middle(wanted: Who, found: &[(Who, f64)]) -> Option<f64> {
    let of = found
        .iter()
        .filter(|(who, _)| *who == wanted)
        .map(|(_, value)| *value);
    let of: Vec<f64> = of.collect();
    (!of.is_empty()).then(|| median(of.into_iter()))
}
