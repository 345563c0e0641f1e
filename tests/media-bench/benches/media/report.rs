//! What was found, for people and as one line of JSON.

use serde_json::{Value, json};

use super::{Carrier, ladder::Climb};

/// How many of the bare legs ours shall be, and how much more than one of them each may cost.
const LEGS: f64 = 0.9;
const CPU: f64 = 1.5;
/// A slip is a whole frame of 20 ms: what is measured of one is that, more or less.
const SLIP_MS: f64 = 15.0;

/// How many legs are enough beside so many bare ones.
pub(crate) fn goal(bare: usize) -> usize {
    ((bare as f64 * LEGS) as usize).next_multiple_of(2)
}

/// Prints it.
pub(crate) fn report(found: &[(Carrier, Climb, Climb)], as_json: bool) {
    let results: Vec<Value> = found
        .iter()
        .flat_map(|(carrier, bare, ours)| results(*carrier, bare, ours))
        .collect();
    for result in &results {
        let number = |name: &str| result[name].as_f64();
        println!(
            "{:<58} {:>8.3} {:<12} goal {:<8} bare {:<8} {}",
            result["what"].as_str().unwrap_or_default(),
            number("value").unwrap_or_default(),
            result["unit"].as_str().unwrap_or_default(),
            number("goal").map_or("none".to_owned(), |goal| format!("{goal:.3}")),
            number("limit_value").map_or("none".to_owned(), |bare| format!("{bare:.3}")),
            match result["met"].as_bool() {
                Some(true) => "met",
                Some(false) => "NOT MET",
                None => "",
            }
        );
    }
    if as_json {
        println!("{}", json!({ "bench": "media", "results": results }));
    }
}

/// A machine too busy to hold any bare leg measures nothing: then there are no goals.
fn results(carrier: Carrier, bare: &Climb, ours: &Climb) -> Vec<Value> {
    let name = carrier.name();
    let bare_legs = (bare.legs() > 0).then(|| bare.legs() as f64);
    let mut results = vec![line(
        format!("{name}: legs held with p99 lateness up to 5 ms"),
        ours.legs() as f64,
        "legs",
        bare_legs.map(|_| goal(bare.legs()) as f64),
        bare_legs,
    )];
    // Where there are more legs each costs less: both are looked at with the same number.
    let both = ours
        .held
        .iter()
        .rev()
        .find_map(|(legs, ours)| Some((*legs, ours, bare.at(*legs)?)));
    if let Some((legs, ours, bare)) = both {
        results.push(line(
            format!("{name}: processor time a leg, of {legs}"),
            ours.cpu,
            "% of a core",
            Some(bare.cpu * CPU),
            Some(bare.cpu),
        ));
    }
    let standing = ours.held.iter().map(|(_, reading)| reading.standing_ms).chain(
        // Where it was too much, slips are to be expected; kept they must not be.
        ours.beyond.iter().map(|reading| reading.standing_ms),
    );
    let bare_standing = bare.held.iter().map(|(_, reading)| reading.standing_ms);
    results.push(line(
        format!("{name}: slip kept as a delay, worst leg"),
        standing.fold(0.0, f64::max),
        "ms",
        Some(SLIP_MS),
        Some(bare_standing.fold(0.0, f64::max)),
    ));
    results
}

fn line(what: String, value: f64, unit: &str, goal: Option<f64>, bare: Option<f64>) -> Value {
    let better = if unit == "legs" { "higher" } else { "lower" };
    let met = goal.map(|goal| match better {
        "higher" => value >= goal,
        _ => value <= goal,
    });
    json!({
        "what": what, "value": value, "unit": unit, "better": better, "goal": goal,
        "peer": bare.map(|_| "bare loop"), "peer_value": bare, "limit_value": bare, "met": met,
    })
}
