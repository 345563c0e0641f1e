//! When: wall-clock hours with their zone, the same on every machine.
//!
//! Hours are kept as people say them, `mon-fri 09:00-17:00` in `America/Toronto`, and compared with the local time of an
//! instant. So daylight saving needs no rule of its own: local times that a clock skips never come, those that it shows
//! twice count twice. The zones are those bundled with the program ([`tz_version`]), never the machine's.
//!
//! ```
//! use evatel_core::schedule::{Hours, Zone};
//!
//! let zone: Zone = "America/Toronto".parse()?;
//! let office: Hours = "mon-fri 09:00-17:00; sat 22:00-06:00".parse()?;
//! let sunday_night = "2026-11-01T05:30:00Z".parse()?; // 01:30 in Toronto, for the first time that night
//! assert!(office.contains(zone.local(sunday_night)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod hours;
mod plan;

pub use clock::{InvalidTime, TimeOfDay, UnknownZone, Zone, tz_version};
pub use hours::{Days, Hours, InvalidHours, MAX_WINDOWS, Window};
pub use plan::{
    InvalidSchedule, MAX_SPECIAL_PERIODS, OnHolidays, Override, Reason, Schedule, ScheduleForm, Slot,
    SpecialPeriod, Step, Verdict,
};

#[cfg(test)]
mod tests;
