//! The Evatel daemon and command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    evatel::cli::run()
}
