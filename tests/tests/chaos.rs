//! A short storm on a real Asterisk; `cargo xtask chaos` makes longer ones.

use anyhow::Result;
use evatel_tests::chaos::{self, Plan};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_storm_nobody_is_in_limbo_nothing_is_left_and_everything_is_told() -> Result<()> {
    // Every kind of fault comes once.
    let outcome = chaos::run(&Plan::new(3, 30, 8)).await?;
    println!("{outcome}");
    Ok(())
}
