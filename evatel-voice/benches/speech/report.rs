//! The figures, as a table for people or as one line of JSON.

use std::time::Duration;

use serde_json::{Value, json};

/// Which way is good, and how far.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

/// One figure.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
    /// What nobody can live with, where there is such a thing.
    pub(crate) limit: Option<f64>,
}

impl Figure {
    pub(crate) fn share(what: String, hits: usize, of: usize, goal: Goal) -> Self {
        Self {
            what,
            value: hits as f64 / of.max(1) as f64,
            unit: "share",
            goal,
            limit: None,
        }
    }

    pub(crate) fn time(what: &str, value: Duration, most: Duration) -> Self {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        Self {
            what: what.to_owned(),
            value: ms(value),
            unit: "ms",
            goal: Goal::AtMost(ms(most)),
            limit: None,
        }
    }

    fn met(&self) -> bool {
        match self.goal {
            Goal::AtLeast(least) => self.value >= least,
            Goal::AtMost(most) => self.value <= most,
        }
    }

    fn to_json(&self) -> Value {
        let (better, goal) = match self.goal {
            Goal::AtLeast(least) => ("higher", least),
            Goal::AtMost(most) => ("lower", most),
        };
        json!({
            "what": self.what, "value": rounded(self.value), "unit": self.unit, "better": better, "goal": goal,
            "peer": null, "peer_value": null, "limit_value": self.limit, "met": self.met(),
        })
    }
}

/// Ends standard output with the one line that `cargo xtask bench` promises.
pub(crate) fn print_json(figures: &[Figure]) {
    let results: Vec<Value> = figures.iter().map(Figure::to_json).collect();
    println!("{}", json!({ "bench": "speech", "results": results }));
}

pub(crate) fn print_table(figures: &[Figure]) {
    for figure in figures {
        let goal = match figure.goal {
            Goal::AtLeast(least) => format!(">= {least}"),
            Goal::AtMost(most) => format!("<= {most}"),
        };
        let verdict = if figure.met() { "met" } else { "MISSED" };
        println!(
            "{:<52} {:>9.3} {:<6} {goal:<9} {verdict}",
            figure.what, figure.value, figure.unit
        );
    }
}

/// The time that `share` (0 to 1) of them do not exceed; zero if there are none.
pub(crate) fn percentile(times: &[Duration], share: f64) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
