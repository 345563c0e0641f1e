//! evatel-core decides and does no I/O: none of its dependencies may.

use anyhow::{Result, bail};

use crate::shell;

/// Fails if evatel-core depends, however indirectly, on a crate that does I/O.
pub(super) fn check() -> Result<()> {
    let args = [
        "tree",
        "-p",
        "evatel-core",
        "-e",
        "normal",
        "--all-features",
        "--prefix",
        "none",
    ];
    let tree = shell::output(&mut shell::cargo(args))?;
    let found = refused(&tree);
    if !found.is_empty() {
        bail!(
            "evatel-core depends on {}; see: cargo {}",
            found.join(", "),
            args.join(" ")
        );
    }
    Ok(())
}

fn refused(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| REFUSED.contains(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

const REFUSED: [&str; 10] = [
    "async-std",
    "diesel",
    "diesel-async",
    "hyper",
    "mio",
    "reqwest",
    "sherpa-onnx",
    "socket2",
    "tokio",
    "tokio-tungstenite",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_refused_by_its_whole_name() {
        let tree =
            "evatel-core v0.1.0 (/x)\nserde v1.0.0\ntokio-util v0.7.0\ntokio v1.54.0\ntokio v1.54.0 (*)\n";
        assert_eq!(refused(tree), ["tokio"]);
    }
}
