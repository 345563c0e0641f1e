//! A database of a PostgreSQL server, by URL.

use std::{fmt, fs, net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use percent_encoding::percent_decode_str;
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};
use url::Url;

use super::refused;
use crate::Error;

/// Where a PostgreSQL server is, as whom we go there, and how what is said on the way is protected.
///
/// `postgres://user:password@host:port/database`, with these behind `?`:
/// - `sslmode`: `disable` or `verify-full`. Off loopback TLS with a checked certificate is the default, on loopback
///   and a Unix socket none is; `require` and `verify-ca` are taken for `verify-full`;
/// - `sslrootcert`: a PEM file of the authorities to trust in place of the public ones;
/// - `host` and `user`: a folder of Unix sockets in place of a host, as in
///   `postgres:///database?host=/run/postgresql&user=evatel`;
/// - `passfile`: a file whose first line is the password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    config: Config,
    shown: String,
    tls: Tls,
}

/// How the connection is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tls {
    Off,
    /// The server's certificate is checked, against the authorities of this file or else the public ones.
    Verified(Option<PathBuf>),
}

impl PostgresUrl {
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn tls(&self) -> &Tls {
        &self.tls
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

impl FromStr for PostgresUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |reason: String| refused("postgres", reason);
        let url = Url::parse(text).map_err(|error| refuse(format!("{error}; {USAGE}")))?;
        let mut parameters = Parameters::of(&url)?;

        let mut config = Config::new();
        config.application_name("evatel").connect_timeout(CONNECT);
        config.options(OPTIONS);

        let user = match (decoded(url.username()), parameters.user.take()) {
            (name, Some(user)) if name.is_empty() => user,
            (_, Some(_)) => return Err(refuse("it has two users; leave one out".into())),
            (user, None) => user,
        };
        if user.is_empty() {
            return Err(refuse(format!("it names no user; {USAGE}")));
        }
        config.user(&user);
        match (url.password(), parameters.passfile.take()) {
            (Some(_), Some(_)) => {
                return Err(refuse("it has a password and a `passfile`; leave one out".into()));
            }
            (Some(password), None) => {
                config.password(percent_decode_str(password).collect::<Vec<u8>>());
            }
            (None, Some(path)) => {
                let text = fs::read_to_string(&path).map_err(|source| Error::Io { path, source })?;
                config.password(text.lines().next().unwrap_or_default());
            }
            (None, None) => {}
        }

        let database = decoded(url.path().trim_start_matches('/'));
        if database.is_empty() || database.contains('/') {
            return Err(refuse(format!("it names no database; {USAGE}")));
        }
        config.dbname(&database);

        let near = match (url.host_str().filter(|host| !host.is_empty()), parameters.host) {
            (Some(_), Some(_)) => return Err(refuse("it has two hosts; leave one out".into())),
            (Some(host), None) => {
                let host = host.trim_start_matches('[').trim_end_matches(']');
                config.host(host).port(url.port().unwrap_or(PORT));
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
            (None, Some(folder)) if folder.is_absolute() => {
                config.host_path(folder).port(url.port().unwrap_or(PORT));
                true
            }
            (None, _) => return Err(refuse(format!("it names no host; {USAGE}"))),
        };
        let tls = match parameters.sslmode.as_deref() {
            Some("disable") => Tls::Off,
            None if near => Tls::Off,
            None | Some("require" | "verify-ca" | "verify-full") => Tls::Verified(parameters.sslrootcert),
            Some(other) => {
                let other = other.escape_debug();
                return Err(refuse(format!(
                    "`sslmode={other}` is unknown: `disable` or `verify-full`"
                )));
            }
        };
        config.ssl_mode(if tls == Tls::Off {
            SslMode::Disable
        } else {
            SslMode::Require
        });
        let shown = shown(&user, &config, &database);
        Ok(Self { config, shown, tls })
    }
}

/// What may stand behind `?`.
#[derive(Default)]
struct Parameters {
    host: Option<PathBuf>,
    passfile: Option<PathBuf>,
    sslmode: Option<String>,
    sslrootcert: Option<PathBuf>,
    user: Option<String>,
}

impl Parameters {
    fn of(url: &Url) -> Result<Self, Error> {
        let mut found = Self::default();
        for (key, value) in url.query_pairs() {
            match &*key {
                "host" => found.host = Some(value.as_ref().into()),
                "passfile" => found.passfile = Some(value.as_ref().into()),
                "sslmode" => found.sslmode = Some(value.into_owned()),
                "sslrootcert" => found.sslrootcert = Some(value.as_ref().into()),
                "user" => found.user = Some(value.into_owned()),
                other => {
                    let other = other.escape_debug();
                    return Err(refused(
                        "postgres",
                        format!(
                            "`{other}` is unknown behind `?`: `host`, `passfile`, `sslmode`, `sslrootcert`, `user`"
                        ),
                    ));
                }
            }
        }
        Ok(found)
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

fn shown(user: &str, config: &Config, database: &str) -> String {
    let port = config.get_ports().first().copied().unwrap_or(PORT);
    match config.get_hosts().first() {
        Some(Host::Unix(folder)) => format!("postgres:///{database}?host={}&user={user}", folder.display()),
        Some(Host::Tcp(host)) if host.contains(':') => {
            format!("postgres://{user}@[{host}]:{port}/{database}")
        }
        Some(Host::Tcp(host)) => format!("postgres://{user}@{host}:{port}/{database}"),
        None => format!("postgres://{user}@/{database}"),
    }
}

const PORT: u16 = 5432;
const CONNECT: Duration = Duration::from_secs(5);
/// A writer waits for another as long as on SQLite; one whose program is gone holds nothing up for long.
const OPTIONS: &str = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s";
const USAGE: &str =
    "write `postgres://user:password@host/database` or `postgres:///database?host=/run/postgresql&user=user`";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> PostgresUrl {
        url.parse().unwrap()
    }

    #[test]
    fn the_password_is_used_and_never_shown() {
        let url = parsed("postgres://eva:s%2Fecret@127.0.0.1:5433/tel");
        assert_eq!(url.config().get_password(), Some(b"s/ecret".as_slice()));
        let told = format!("{url} {url:?}");
        assert!(told.contains("postgres://eva@127.0.0.1:5433/tel"), "{told}");
        assert!(!told.contains("ecret"), "{told}");
        let wrong = "postgres://eva:s3cret@h:port/tel"
            .parse::<PostgresUrl>()
            .unwrap_err();
        assert!(!format!("{wrong} {wrong:?}").contains("s3cret"));
    }

    #[test]
    fn only_the_own_machine_is_spoken_to_in_the_clear_unless_it_is_said() {
        for near in [
            "postgres://e@localhost/t",
            "postgres://e@[::1]/t",
            "postgres:///t?host=/run/postgresql&user=e",
            "postgres://e@db.example/t?sslmode=disable",
        ] {
            assert_eq!(parsed(near).tls(), &Tls::Off, "{near}");
        }
        assert_eq!(parsed("postgres://e@db.example/t").tls(), &Tls::Verified(None));
        assert_eq!(
            parsed("postgres://e@127.0.0.1/t?sslmode=verify-full&sslrootcert=/etc/ca.pem").tls(),
            &Tls::Verified(Some("/etc/ca.pem".into()))
        );
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        for (url, part) in [
            ("postgres://db.example/t", "no user"),
            ("postgres://e@db.example", "no database"),
            ("postgres:///t?user=e", "no host"),
            ("postgres://e@h/t?user=e", "two users"),
            ("postgres://e@h/t?host=/run/postgresql", "two hosts"),
            ("postgres://e@h/t?sslmode=prefer", "`sslmode=prefer` is unknown"),
            ("postgres://e@h/t?pool=3", "`pool` is unknown"),
            ("postgres://e:p@h/t?passfile=/x", "leave one out"),
        ] {
            let message = url.parse::<PostgresUrl>().unwrap_err().to_string();
            assert!(message.contains(part), "{url}: {message}");
        }
    }
}
