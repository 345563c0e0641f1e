//! How Evatel configures an Asterisk: rows become files.
//!
//! - [`Site`]: where this Asterisk listens and keeps its files; [`render`]: all files, deterministic.
//! - [`Plan`]: what would change in a folder, as a diff without secrets; [`Plan::apply`] writes only that, atomically.
//! - [`escape`]: what may stand in a value of each format; everything else was refused long before.
//!
//! The dialplan is small and fixed (`dialplans/extensions.conf.hbs`): one `Stasis()` a door, a watchdog, and a fallback that
//! goes on by itself. Everything else is data.

pub mod escape;
mod model;
mod plan;
mod render;
mod secret;
mod site;

pub use plan::{Change, Plan, PlanError, Reload};
pub use render::{RenderError, Rendered, Templates, render};
pub use secret::DeviceSecret;
pub use site::{MAX_CALLS, MEDIA_PORT, MediaClient, Site, WATCHDOG_SECONDS};
