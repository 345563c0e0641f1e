//! The server itself.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// What Asterisk says of itself; a part that was not asked for is empty.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AsteriskInfo {
    /// How it was built.
    pub build: BuildInfo,
    /// Version and entity id.
    pub system: SystemInfo,
    /// What it is configured to.
    pub config: ConfigInfo,
    /// Start and reload times.
    pub status: StatusInfo,
}

/// How Asterisk was built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BuildInfo {
    /// For which operating system.
    pub os: String,
    /// On which kernel.
    pub kernel: String,
    /// With which options.
    pub options: String,
    /// For which machine, such as `x86_64`.
    pub machine: String,
    /// When.
    pub date: String,
    /// By whom.
    pub user: String,
}

/// Asterisk's version and entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SystemInfo {
    /// The version, such as `22.10.1~dfsg+~cs6.16.60671435-1`; [`crate::version::Version`] reads it.
    pub version: String,
    /// The entity id, which events quote.
    pub entity_id: String,
}

/// What Asterisk is configured to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConfigInfo {
    /// Its name.
    pub name: String,
    /// The language of sounds.
    pub default_language: String,
    /// How many channels it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_channels: Option<i64>,
    /// How many open files it allows itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_open_files: Option<i64>,
    /// Above which load it takes no calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_load: Option<f64>,
    /// As whom it runs.
    pub setid: SetId,
}

/// As whom Asterisk runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SetId {
    /// The user.
    pub user: String,
    /// The group.
    pub group: String,
}

/// When Asterisk started and last read its configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StatusInfo {
    /// When it started.
    pub startup_time: Timestamp,
    /// When it last reloaded.
    pub last_reload_time: Timestamp,
}

/// The sign that Asterisk lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AsteriskPing {
    /// Its entity id.
    pub asterisk_id: String,
    /// Always `pong`.
    pub ping: String,
    /// What time it has.
    pub timestamp: Timestamp,
}

/// A module of Asterisk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Module {
    /// Its file name, such as `chan_websocket.so`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How often it is used at the moment.
    pub use_count: i64,
    /// `Running` when it is.
    pub status: String,
    /// Who maintains it: `core`, `extended`, `deprecated`.
    pub support_level: String,
}

/// A place where Asterisk logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LogChannel {
    /// Its name, mostly the path of a file.
    pub channel: String,
    /// `File`, `Console` or `Syslog`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `Enabled` or `Disabled`.
    pub status: String,
    /// What is logged there, such as `NOTICE WARNING`.
    pub configuration: String,
}

/// One setting of a configuration object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct ConfigTuple {
    /// Its name.
    pub attribute: String,
    /// Its value.
    pub value: String,
}
