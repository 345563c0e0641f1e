//! An Asterisk 22 with all its libraries in a folder of its own, without root and without chroot.
//!
//! Debian 12 and 13 have no `asterisk` package; forky and sid have. Its packages and all that they depend on,
//! down to the C library, are unpacked into one folder, and Asterisk is started through that folder's own
//! dynamic loader: nothing of the machine's libraries is touched or used.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use anyhow::{Context, Result, bail};

use super::{asterisk, by_hand, cache, host, mirror};
use crate::shell;

mod apt;

/// Tells whether a tree must be built: none is there and no installed Asterisk is named.
pub(super) fn is_wanted() -> Result<bool> {
    Ok(asterisk::named().is_none() && version()?.is_none())
}

/// Returns what the tree holds, as its stamp says it, or nothing where there is no tree of this recipe.
pub(super) fn version() -> Result<Option<String>> {
    let stamp = fs::read_to_string(folder()?.join(STAMP)).unwrap_or_default();
    let mut lines = stamp.lines();
    let ours = lines.next() == Some(&recipe_line()) && launcher()?.is_file();
    Ok(lines.next().filter(|_| ours).map(str::to_owned))
}

/// Returns the script that starts the tree's Asterisk.
pub(super) fn launcher() -> Result<PathBuf> {
    Ok(folder()?.join(LAUNCHER))
}

/// Returns the lines of `[directories]` that tell Asterisk where its own files are.
pub(super) fn directories() -> Result<String> {
    let usr = folder()?.join("usr");
    let modules = usr
        .join("lib")
        .join(host::machine()?.multiarch)
        .join("asterisk/modules");
    Ok(format!(
        "astmoddir => {}\nastdatadir => {}\nastsbindir => {}\n",
        modules.display(),
        usr.join("share/asterisk").display(),
        usr.join("sbin").display()
    ))
}

/// Builds the tree from the first Debian suite that has a good one.
pub(super) fn build() -> Result<()> {
    if !host::is_debian_like() {
        bail!("{}", by_hand::instructions("Asterisk"));
    }
    let place = folder()?;
    let from = |suite| {
        cache::replace(&place, |fresh| build_from(suite, fresh))
            .with_context(|| format!("Debian {suite} gave no Asterisk"))
    };
    from(SUITE).or_else(|error| {
        eprintln!("setup: {error:#}");
        from(SECOND_SUITE)
    })
}

fn build_from(suite: &str, tree: &Path) -> Result<()> {
    let packages = apt::fetch(suite, &PACKAGES)?;
    eprintln!(
        "setup:           unpacking {} packages of Debian {suite} ...",
        packages.len()
    );
    unpack(packages, tree)?;
    for unused in UNUSED {
        let folder = tree.join(unused);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
    }
    for (language, voice) in LANGUAGES {
        let link = tree.join("usr/share/asterisk/sounds").join(language);
        if !link.exists() {
            symlink(voice, &link).with_context(|| format!("cannot link `{}`", link.display()))?;
        }
    }
    let launcher = tree.join(LAUNCHER);
    fs::write(&launcher, launcher_script()?)?;
    fs::set_permissions(&launcher, Permissions::from_mode(0o755))?;
    let modules = tree
        .join("usr/lib")
        .join(host::machine()?.multiarch)
        .join("asterisk/modules");
    for module in MODULES {
        if !modules.join(module).is_file() {
            bail!("module `{module}` is not among its packages");
        }
    }
    let version = asterisk::version_of(&launcher)?;
    let stamp = format!("{}\nAsterisk {version} from Debian {suite}\n", recipe_line());
    fs::write(tree.join(STAMP), stamp).context("cannot write the stamp")
}

/// Unpacks with as many processes as there are processors: most of it is decompression.
fn unpack(packages: Vec<PathBuf>, tree: &Path) -> Result<()> {
    let queue = Mutex::new(packages.into_iter());
    let next = || queue.lock().expect("no holder of the lock panics").next();
    let worker = || -> Result<()> {
        while let Some(package) = next() {
            shell::output(shell::command("dpkg-deb").arg("-x").arg(package).arg(tree))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}

/// The script execs, so that signals and the process id are Asterisk's own; `--argv0` is what Asterisk
/// executes again on `core restart`.
fn launcher_script() -> Result<String> {
    let host::Machine { multiarch, loader } = host::machine()?;
    Ok(format!(
        "#!/bin/sh\n\
         # Starts this folder's Asterisk with this folder's libraries. Made by `cargo xtask setup`.\n\
         tree=$(dirname \"$(readlink -f \"$0\")\")\n\
         exec \"$tree/{loader}\" --library-path \"$tree/usr/lib/{multiarch}\" \\\n    \
         --argv0 \"$tree/{LAUNCHER}\" \"$tree/usr/sbin/asterisk\" \"$@\"\n"
    ))
}

fn folder() -> Result<PathBuf> {
    Ok(cache::folder()?.join("asterisk"))
}

fn recipe_line() -> String {
    format!("recipe {RECIPE}")
}

/// To be raised with each change of what a tree holds: older trees are then built anew.
const RECIPE: u32 = 1;
const LAUNCHER: &str = "run-asterisk";
const STAMP: &str = "evatel-stamp";
const SUITE: &str = "forky";
const SECOND_SUITE: &str = "sid";
const PACKAGES: [&str; 3] = [
    "asterisk",
    "asterisk-core-sounds-en-wav",
    "asterisk-core-sounds-fr-wav",
];
/// Modules without which nothing of ours works.
const MODULES: [&str; 4] = ["chan_websocket.so", "res_ari.so", "res_pjsip.so", "res_stasis.so"];
/// Where Debian's maintainer scripts, which do not run here, would link the languages to.
const LANGUAGES: [(&str, &str); 2] = [("en", "en_US_f_Allison"), ("fr", "fr_CA_f_June")];
/// What only takes room: a third of the tree.
const UNUSED: [&str; 6] = [
    "usr/share/doc",
    "usr/share/i18n",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/perl",
    "usr/share/zoneinfo",
];
