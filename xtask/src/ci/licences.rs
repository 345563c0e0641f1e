//! Every crate that we build with has a licence that deny.toml allows.
//!
//! The same list is read by `cargo deny`; this check needs nothing installed.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::shell;

/// Fails with the name of every crate whose licence is not allowed.
pub(super) fn check() -> Result<()> {
    let allowed = allowed()?;
    let args = ["metadata", "--format-version", "1", "--all-features"];
    let metadata = shell::output(&mut shell::cargo(args))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let reason = refusal(package["license"].as_str(), &allowed)?;
            let text = |field: &str| package[field].as_str().unwrap_or_default();
            Some(format!("{} {}: {reason}", text("name"), text("version")))
        })
        .collect();
    if !refused.is_empty() {
        bail!("licences that deny.toml does not allow:\n{}", refused.join("\n"));
    }
    println!("ci: {} crates, all under allowed licences", packages.len());
    Ok(())
}

/// Returns why a crate under `licence` is refused.
fn refusal(licence: Option<&str>, allowed: &BTreeSet<String>) -> Option<String> {
    let Some(licence) = licence else {
        return Some("it names no licence".into());
    };
    match Expression::parse_mode(licence, ParseMode::LAX) {
        Err(error) => Some(format!("`{licence}` is no SPDX expression: {}", error.reason)),
        Ok(expression) => {
            let fits = expression.evaluate(|required: &LicenseReq| allowed.contains(&required.to_string()));
            (!fits).then(|| format!("`{licence}`"))
        }
    }
}

fn allowed() -> Result<BTreeSet<String>> {
    let file = shell::repo().join("deny.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("cannot parse `{}`", file.display()))?;
    let list = table
        .get("licenses")
        .and_then(|licences| licences.get("allow")?.as_array());
    let list = list.context("deny.toml has no `licenses.allow`")?;
    Ok(list
        .iter()
        .filter_map(|licence| licence.as_str().map(str::to_owned))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(licence: Option<&str>) -> bool {
        let allowed = ["MIT", "ISC", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
        refusal(licence, &allowed.map(str::to_owned).into()).is_some()
    }

    #[test]
    fn one_allowed_alternative_is_enough_and_every_joined_licence_is_needed() {
        assert!(!refused(Some("GPL-3.0-only OR MIT")));
        assert!(!refused(Some("MIT/Apache-2.0")));
        assert!(!refused(Some("Apache-2.0 WITH LLVM-exception")));
        assert!(!refused(Some("(Apache-2.0 OR MIT) AND ISC")));
        assert!(refused(Some("GPL-3.0-only AND MIT")));
        assert!(refused(Some("MIT WITH LLVM-exception")));
    }

    #[test]
    fn a_crate_without_a_licence_is_refused() {
        assert!(refused(None));
        assert!(refused(Some("my own")));
    }
}
