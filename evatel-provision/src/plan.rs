//! What would change in Asterisk's folder, and changing it.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde::Serialize;
use similar::TextDiff;

use crate::{render::Rendered, site::Site};

/// The file that says that a folder is ours.
const MARKER: &str = ".evatel";
/// Folders that an Asterisk of ours wants below its root.
const FOLDERS: [&str; 8] = [
    "etc",
    "cache",
    "db",
    "lib",
    "log",
    "run",
    "spool",
    "spool/recording",
];

/// What happens to one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// It is there with other content.
    Changed {
        /// A unified diff; secrets are hidden.
        diff: String,
    },
    /// It is not there.
    New,
    /// Nothing.
    Same,
}

/// What Asterisk has to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reload {
    /// The module `pbx_config.so`.
    Dialplan,
    /// The module `res_pjsip.so`.
    Pjsip,
    /// The module `res_websocket_client.so`.
    WebSocketClient,
    /// All of it: something is read at the start only.
    Restart,
}

impl Reload {
    /// Gives the module to reload; a restart has none.
    pub fn module(self) -> Option<&'static str> {
        match self {
            Self::Dialplan => Some("pbx_config.so"),
            Self::Pjsip => Some("res_pjsip.so"),
            Self::WebSocketClient => Some("res_websocket_client.so"),
            Self::Restart => None,
        }
    }

    fn of(file: &str) -> Self {
        match file {
            "pjsip.conf" => Self::Pjsip,
            "websocket_client.conf" => Self::WebSocketClient,
            "extensions.conf" | "evatel-dids.conf" | "evatel-accounts.conf" => Self::Dialplan,
            _ => Self::Restart,
        }
    }
}

/// Why a folder cannot be planned or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// There are files in it, and Evatel did not write them.
    #[error("`{}` holds a configuration that Evatel did not write (`{file}`)", folder.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// A file in it.
        file: String,
    },
    /// A file or folder cannot be used.
    #[error("`{}` cannot be used", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The difference between what is rendered and what is in a folder.
#[derive(Debug)]
pub struct Plan {
    root: PathBuf,
    files: Vec<(String, Change, String)>,
}

impl Plan {
    /// Compares. An existing folder with `.conf` files that Evatel did not write is refused.
    ///
    /// # Errors
    /// A foreign folder, or one that cannot be read.
    pub fn new(site: &Site, rendered: Rendered) -> Result<Self, PlanError> {
        let etc = site.etc();
        refuse_foreign(&etc)?;
        let files = rendered
            .into_iter()
            .map(|(name, wanted)| {
                let path = etc.join(&name);
                let change = match fs::read_to_string(&path) {
                    Ok(found) if found == wanted => Change::Same,
                    Ok(found) => Change::Changed {
                        diff: diff(&name, &found, &wanted),
                    },
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Change::New,
                    Err(source) => return Err(PlanError::Io { path, source }),
                };
                Ok((name, change, wanted))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            root: site.root.clone(),
            files,
        })
    }

    /// Lists the files with what happens to each.
    pub fn changes(&self) -> impl Iterator<Item = (&str, &Change)> {
        self.files.iter().map(|(name, change, _)| (name.as_str(), change))
    }

    /// Says what Asterisk has to read again once the plan is applied.
    pub fn reloads(&self) -> BTreeSet<Reload> {
        let changed = self.changes().filter(|(_, change)| **change != Change::Same);
        changed.map(|(name, _)| Reload::of(name)).collect()
    }

    /// Writes what changed, each file at once or not at all, readable by the owner only.
    ///
    /// # Errors
    /// A file or folder that cannot be written; files before it are written, and the next plan shows the rest.
    pub fn apply(&self) -> Result<(), PlanError> {
        for folder in FOLDERS {
            let path = self.root.join(folder);
            fs::create_dir_all(&path).map_err(io(&path))?;
        }
        let etc = self.root.join("etc");
        write_whole(
            &etc,
            MARKER,
            "Written by `evatel provision apply`; what is changed by hand is overwritten.\n",
        )?;
        for (name, change, wanted) in &self.files {
            if *change != Change::Same {
                write_whole(&etc, name, wanted)?;
            }
        }
        Ok(())
    }
}

fn refuse_foreign(etc: &Path) -> Result<(), PlanError> {
    if etc.join(MARKER).exists() {
        return Ok(());
    }
    let entries = match fs::read_dir(etc) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => {
            return Err(PlanError::Io {
                path: etc.to_owned(),
                source,
            });
        }
    };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    match names.filter(|name| name.ends_with(".conf")).min() {
        Some(file) => Err(PlanError::Foreign {
            folder: etc.to_owned(),
            file,
        }),
        None => Ok(()),
    }
}

fn write_whole(folder: &Path, name: &str, content: &str) -> Result<(), PlanError> {
    let path = folder.join(name);
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content.as_bytes())?;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o600))?;
        file.as_file().sync_all()?;
        file.persist(&path).map(drop).map_err(|error| error.error)
    };
    write().map_err(io(&path))
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> PlanError {
    let path = path.to_owned();
    move |source| PlanError::Io { path, source }
}

fn diff(name: &str, found: &str, wanted: &str) -> String {
    let (found, wanted) = (hide_secrets(found), hide_secrets(wanted));
    let diff = TextDiff::from_lines(&found, &wanted)
        .unified_diff()
        .context_radius(2)
        .header(name, name)
        .to_string();
    if diff.is_empty() {
        "a secret changed\n".to_owned()
    } else {
        diff
    }
}

/// Hides what follows `password` and `md5_cred`.
fn hide_secrets(text: &str) -> String {
    let hide = |line: &str| match line.split_once('=') {
        Some((key, _)) if matches!(key.trim(), "password" | "md5_cred") => format!("{key}=(hidden)"),
        _ => line.to_owned(),
    };
    text.lines().map(|line| hide(line) + "\n").collect()
}
