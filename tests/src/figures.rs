//! What a benchmark ends with: a table for people, one line of JSON for scripts.

use serde::Serialize;

/// One figure, with its goal.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// The figure: the median of the runs.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// `higher` or `lower`.
    pub better: &'static str,
    /// What the figure should be; in this run, since peers and limits are measured beside it.
    pub goal: Option<f64>,
    /// Who the goal or the comparison comes from.
    pub peer: Option<String>,
    /// The peer's figure.
    pub peer_value: Option<f64>,
    /// What a bare loop reached.
    pub limit_value: Option<f64>,
    /// Whether the goal was met; absent where there is none.
    pub met: Option<bool>,
}

impl Figure {
    /// A figure without a goal.
    pub fn new(what: impl Into<String>, value: f64, unit: &'static str, better: &'static str) -> Self {
        Self {
            what: what.into(),
            value,
            unit,
            better,
            goal: None,
            peer: None,
            peer_value: None,
            limit_value: None,
            met: None,
        }
    }

    /// Sets the goal and says whether it was met.
    #[must_use]
    pub fn goal(mut self, goal: f64) -> Self {
        self.goal = Some(goal);
        self.met = Some(if self.better == "higher" {
            self.value >= goal
        } else {
            self.value <= goal
        });
        self
    }

    /// Names the peer.
    #[must_use]
    pub fn peer(mut self, peer: &str, value: f64) -> Self {
        (self.peer, self.peer_value) = (Some(peer.to_owned()), Some(value));
        self
    }

    /// Names the limit.
    #[must_use]
    pub fn limit(mut self, value: f64) -> Self {
        self.limit_value = Some(value);
        self
    }
}

/// Prints the goals, and the line of JSON if it was asked for.
pub fn print(bench: &str, figures: &[Figure], json: bool) {
    println!(
        "\n{:<52} {:>12} {:>12} {:>12} {:>12}",
        "", "value", "goal", "peer", "limit"
    );
    for figure in figures {
        let number = |value: Option<f64>| value.map_or_else(String::new, short);
        let met = match figure.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        println!(
            "{:<52} {:>12} {:>12} {:>12} {:>12}  {} {met}",
            figure.what,
            short(figure.value),
            number(figure.goal),
            number(figure.peer_value),
            number(figure.limit_value),
            figure.unit,
        );
    }
    if json {
        println!("{}", serde_json::json!({ "bench": bench, "results": figures }));
    }
}

/// Writes a number as a person reads it.
pub fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 10_000.0 => format!("{:.0} k", value / 1000.0),
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The middle one; of an even number the higher of the two in the middle.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
