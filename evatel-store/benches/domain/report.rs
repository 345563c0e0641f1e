//! The table at the end, and its line of JSON.

use serde::Serialize;

use crate::fill::{Kind, Size};

/// One figure, with what it was measured beside.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    better: &'static str,
    goal: Option<f64>,
    peer: Option<&'static str>,
    peer_value: Option<f64>,
    limit_value: Option<f64>,
    met: Option<bool>,
}

impl Figure {
    /// A figure of which less is better.
    pub(crate) fn lower(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self::new(what.into(), value, unit, "lower")
    }

    /// A figure of which more is better.
    pub(crate) fn higher(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self::new(what.into(), value, unit, "higher")
    }

    fn new(what: String, value: f64, unit: &'static str, better: &'static str) -> Self {
        Self {
            what,
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

    /// Says of which database it is.
    pub(crate) fn of(mut self, kind: Kind) -> Self {
        self.what = format!("{}: {}", kind.name(), self.what);
        self
    }

    /// Puts a bare loop of the same run beside it.
    pub(crate) fn beside(mut self, peer: &'static str, value: f64) -> Self {
        (self.peer, self.peer_value, self.limit_value) = (Some(peer), Some(value), Some(value));
        self
    }

    /// Says what it should be.
    pub(crate) fn goal(mut self, goal: f64) -> Self {
        let met = if self.better == "higher" {
            self.value >= goal
        } else {
            self.value <= goal
        };
        (self.goal, self.met) = (Some(goal), Some(met));
        self
    }
}

/// Tells a figure as soon as it is there.
pub(crate) fn tell(figure: &Figure) {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.1}"));
    let met = match figure.met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    };
    println!(
        "{:<70} {:>12.1} {:<7} goal {:>12}  bare {:>12} {met}",
        figure.what,
        figure.value,
        figure.unit,
        number(figure.goal),
        number(figure.peer_value),
    );
}

/// Ends with one line of JSON.
pub(crate) fn print(figures: &[Figure], size: Size) {
    let Size {
        dids,
        users,
        prefixes,
    } = size;
    println!(
        "{}",
        serde_json::json!({ "bench": "domain", "dids": dids, "users": users, "prefixes": prefixes, "results": figures })
    );
}
