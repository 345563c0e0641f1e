//! Five scenarios over the wire. How long what took is written to `target/scenarios.json`, and fails nothing.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use evatel_tests::{
    asterisk::workspace,
    wire::{self, Report},
};

/// An order, an interruption, the keypad, a visitor, a refusal.
const FIVE: [&str; 5] = [
    "fr/order-confirmed",
    "fr/help-interrupted",
    "en/to-the-keypad",
    "en/stranger-accepted-by-key",
    "fr/abroad-refused",
];

#[tokio::test]
async fn five_scenarios_go_over_the_wire_as_on_the_virtual_clock() -> Result<()> {
    let files: Vec<PathBuf> = FIVE
        .iter()
        .map(|name| workspace().join(format!("scenarios/{name}.yaml")))
        .collect();
    let reports = wire::play(wire::read(&files)?, |_| {}).await?;
    let report = serde_json::to_string_pretty(&reports)?;
    fs::write(workspace().join("target/scenarios.json"), &report)?;
    ensure!(
        reports.len() == FIVE.len() && reports.iter().all(|it: &Report| it.passed),
        "{report}"
    );
    Ok(())
}
