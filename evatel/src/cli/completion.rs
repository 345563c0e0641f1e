//! `evatel completion`

use std::io;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::answer::Answer;

/// Prints the words with which a shell completes this program.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel completion bash > /etc/bash_completion.d/evatel
  evatel completion fish > ~/.config/fish/completions/evatel.fish")]
pub(super) struct Completion {
    /// Which shell
    shell: Shell,
}

impl Completion {
    pub(super) fn run(self, mut command: Command) -> Answer {
        let mut script = Vec::new();
        generate(self.shell, &mut command, "evatel", &mut script);
        let _ = io::Write::write_all(&mut io::stdout(), &script);
        Answer::said()
    }
}
