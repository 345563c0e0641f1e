//! What was found, for people and as one line of JSON.

use serde_json::{Value, json};

use super::{Kind, gauge::Reading};

/// The highest number of legs of one kind that was held.
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) legs: usize,
    pub(crate) held: Option<Reading>,
    pub(crate) last: Option<Reading>,
}

impl Found {
    pub(crate) fn none(kind: Kind) -> Self {
        Self {
            kind,
            legs: 0,
            held: None,
            last: None,
        }
    }
}

/// How many of the bare legs ours shall be, and how much more than one of them each may cost.
const LEGS: f64 = 0.9;
const CPU: f64 = 1.5;
/// Less than a frame is no slip.
const STANDING_MS: f64 = 20.0;

/// Prints it.
pub(crate) fn report(found: &[Found], as_json: bool) {
    let bare = found.iter().find(|found| found.kind == Kind::Bare);
    // A machine too busy to hold any bare leg measures nothing.
    let bare_legs = bare.map(|bare| bare.legs as f64).filter(|legs| *legs > 0.0);
    let bare_cpu = bare.and_then(|bare| Some(bare.held.as_ref()?.cpu));
    let mut results = Vec::new();
    for Found {
        kind,
        legs,
        held,
        last,
    } in found.iter().filter(|found| found.kind != Kind::Bare)
    {
        let name = kind.name();
        // Only websockets stand beside the loop of websockets.
        let (bare_legs, bare_cpu) = match kind {
            Kind::WebSocket | Kind::Dialled => (bare_legs, bare_cpu),
            _ => (None, None),
        };
        let reading = held.as_ref().or(last.as_ref());
        results.push(line(
            format!("{name}: legs held with p99 lateness up to 5 ms"),
            *legs as f64,
            "legs",
            "higher",
            bare_legs.map(|bare| bare * LEGS),
            bare_legs,
        ));
        if let Some(reading) = reading {
            results.push(line(
                format!("{name}: processor time a leg"),
                reading.cpu,
                "% of a core",
                "lower",
                bare_cpu.map(|bare| bare * CPU),
                bare_cpu,
            ));
            results.push(line(
                format!("{name}: slip kept as a delay, worst leg"),
                reading.standing_ms,
                "ms",
                "lower",
                Some(STANDING_MS),
                None,
            ));
        }
    }
    if as_json {
        println!("{}", json!({ "bench": "media", "results": results }));
        return;
    }
    if let (Some(legs), Some(cpu)) = (bare_legs, bare_cpu) {
        println!("bare loop: {legs} legs, {cpu:.3} % of a core a leg");
    }
    for result in &results {
        println!(
            "{:<58} {:>8.3} {:<12} goal {:<8} {}",
            result["what"].as_str().unwrap_or_default(),
            result["value"].as_f64().unwrap_or_default(),
            result["unit"].as_str().unwrap_or_default(),
            result["goal"]
                .as_f64()
                .map_or("none".to_owned(), |goal| format!("{goal:.3}")),
            match &result["met"] {
                Value::Bool(true) => "met",
                Value::Bool(false) => "NOT MET",
                _ => "",
            }
        );
    }
}

fn line(what: String, value: f64, unit: &str, better: &str, goal: Option<f64>, bare: Option<f64>) -> Value {
    let met = goal.map(|goal| {
        if better == "higher" {
            value >= goal
        } else {
            value <= goal
        }
    });
    json!({
        "what": what, "value": value, "unit": unit, "better": better, "goal": goal,
        "peer": bare.map(|_| "bare tokio-tungstenite loop"), "peer_value": bare, "limit_value": bare, "met": met,
    })
}
