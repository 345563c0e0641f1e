//! What to do on a system that setup cannot install on.

use super::{host, sherpa};

/// Says what to install, in which version, and which variables to set.
pub(super) fn instructions(missing: &str) -> String {
    let system = host::os_release("PRETTY_NAME");
    let system = if system.is_empty() {
        std::env::consts::OS.to_owned()
    } else {
        system
    };
    let wheel = sherpa::REQUIREMENT;
    format!(
        "setup installs by itself on Debian and Ubuntu only; this is `{system}`, where this is missing: {missing}.\n\
         Install by hand, then run `cargo xtask setup` again:\n\
         1. espeak-ng 1.50 or newer: program `espeak-ng` on PATH\n\
         2. SIPp 3.6 or newer: program `sipp` on PATH\n\
         3. Asterisk {major}.{minor} or newer with chan_websocket, res_pjsip and res_ari, and its `en` and `fr` core sounds (wav);\n   \
         set EVATEL_ASTERISK_BIN to its program, for example /usr/sbin/asterisk\n\
         4. Python 3 with pip: setup itself fetches `{wheel}` with it\n\
         5. PostgreSQL 14 or newer: program `initdb` on PATH, or set EVATEL_POSTGRES_BIN to its folder\n\
         6. faketime 0.9.10 or newer: program `faketime` on PATH, its libraries in /usr/lib/*/faketime",
        major = super::asterisk::OLDEST.0,
        minor = super::asterisk::OLDEST.1,
    )
}
