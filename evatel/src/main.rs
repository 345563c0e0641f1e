//! The Evatel daemon and command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    evatel_voice::worker::run_if_worker();
    evatel::cli::run()
}
