//! The native libraries of sherpa-onnx, from the wheel of exactly the crate's version.
//!
//! Their structs are passed by pointer and carry no size: a near version would be silent memory corruption,
//! hence the pinned version and digest.

use std::{
    env::consts::ARCH,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{Finding, cache};
use crate::shell;

/// What pip is asked for; its version is that of the crate `sherpa-onnx` in Cargo.toml.
pub(super) const REQUIREMENT: &str = "sherpa-onnx-core==2.0.1";

/// The file of the unpacked wheel that holds the wheel's digest.
const STAMP: &str = "evatel-stamp";

/// One wheel, by its file name and its SHA-256.
struct Wheel {
    file: &'static str,
    sha256: &'static str,
}

/// Returns the wheel for this processor.
fn wheel() -> Option<Wheel> {
    match ARCH {
        "aarch64" => Some(Wheel {
            file: "sherpa_onnx_core-2.0.1-py3-none-manylinux2014_aarch64.whl",
            sha256: "4a855a5c89c89885111e4e9c570e5da1aed63373c031b757d8046792d95fe8fe",
        }),
        "x86_64" => Some(Wheel {
            file: "sherpa_onnx_core-2.0.1-py3-none-manylinux2014_x86_64.whl",
            sha256: "f4ee0ab91c4ae596e0e49d7de32522a946295e038a652f1c1884d89014ee4ec2",
        }),
        _ => None,
    }
}

/// Looks for the unpacked libraries of the pinned wheel.
pub(super) fn find() -> Result<Finding> {
    let wheel = this_wheel()?;
    let stamp = fs::read_to_string(unpacked().join(STAMP)).unwrap_or_default();
    if stamp.trim() == wheel.sha256 && unpacked().join(LIBRARY).is_file() {
        return Ok(Finding::Present(format!(
            "{REQUIREMENT} is in third_party/sherpa"
        )));
    }
    Ok(Finding::Missing(format!(
        "{REQUIREMENT} (31 MB) into third_party/sherpa"
    )))
}

/// Downloads the wheel where the cache lacks it or holds a damaged one, compares its digest and unpacks it.
pub(super) fn install() -> Result<()> {
    let wheel = this_wheel()?;
    let python = python_with_pip().context("no python3 that knows pip; install python3-pip")?;
    let file = cache::subfolder("wheels")?.join(wheel.file);
    if !file.is_file() || sha256(&file)? != wheel.sha256 {
        download(&wheel, python, &file)?;
        let digest = sha256(&file)?;
        if digest != wheel.sha256 {
            bail!(
                "refused: what pip downloaded to `{}` has SHA-256 `{digest}` where `{}` is pinned",
                file.display(),
                wheel.sha256
            );
        }
    }
    fs::create_dir_all(shell::repo().join("third_party"))?;
    cache::replace(&unpacked(), |fresh| {
        shell::output(
            shell::command(python)
                .args(["-m", "zipfile", "-e"])
                .arg(&file)
                .arg(fresh),
        )?;
        fs::write(fresh.join(STAMP), wheel.sha256).context("cannot write the stamp")
    })
}

/// Tells whether the wheel is missing and no Python here can fetch and unpack it.
pub(super) fn needs_pip() -> Result<bool> {
    Ok(matches!(find()?, Finding::Missing(_)) && python_with_pip().is_none())
}

fn download(wheel: &Wheel, python: &str, to: &Path) -> Result<()> {
    let folder = cache::subfolder("wheels")?.join("download");
    shell::output(
        shell::command(python)
            .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d"])
            .arg(&folder)
            .arg(REQUIREMENT),
    )?;
    let downloaded = folder.join(wheel.file);
    fs::rename(&downloaded, to)
        .with_context(|| format!("pip brought another file than `{}`", downloaded.display()))
}

fn this_wheel() -> Result<Wheel> {
    wheel().with_context(|| format!("there is no wheel `{REQUIREMENT}` for processor `{ARCH}`"))
}

/// The developer's own Python first; it may be one without pip, then the system's.
fn python_with_pip() -> Option<&'static str> {
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| shell::output(shell::command(python).args(["-m", "pip", "--version"])).is_ok())
}

fn sha256(file: &Path) -> Result<String> {
    let said = shell::output(shell::command("sha256sum").arg(file))?;
    Ok(said.split_whitespace().next().unwrap_or_default().to_owned())
}

fn unpacked() -> PathBuf {
    shell::repo().join("third_party/sherpa")
}

/// What `.cargo/config.toml` and the build script of sherpa-onnx-sys look for.
const LIBRARY: &str = "sherpa_onnx/lib/libsherpa-onnx-c-api.so";
