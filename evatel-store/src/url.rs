//! Which database a URL names.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::Error;

mod postgres;

pub use postgres::PostgresUrl;
pub(crate) use postgres::Tls;

/// A database that this version speaks. It is shown without its password.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrl {
    /// A database of a PostgreSQL server.
    Postgres(Box<PostgresUrl>),
    /// A file of SQLite, as an absolute path.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// Gives the database's file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(path) => Some(path),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(url) => url.fmt(f),
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// Takes `sqlite:///absolute/path`, `sqlite:relative/path` and what [`PostgresUrl`] takes.
    fn from_str(url: &str) -> Result<Self, Error> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(refused(url, USAGE));
        };
        match scheme {
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() || path == ":memory:" {
                    return Err(refused(
                        url,
                        "a database needs a file: write `sqlite:///path/to/evatel.db`",
                    ));
                }
                if path.chars().any(char::is_control) || path.contains('?') {
                    return Err(refused(url, "a path has no control character and no `?`"));
                }
                // Absolute, so that SQLite never takes the path for a URI of its own.
                let path = std::path::absolute(path).map_err(|source| Error::Io {
                    path: path.into(),
                    source,
                })?;
                Ok(Self::Sqlite(path))
            }
            // Whatever is wrong with it, it may hold a password: it is not repeated.
            "postgres" | "postgresql" => Ok(Self::Postgres(Box::new(url.parse()?))),
            _ => Err(refused(scheme, USAGE)),
        }
    }
}

fn refused(url: &str, reason: impl Into<String>) -> Error {
    Error::UnsupportedUrl {
        scheme: url.escape_debug().to_string(),
        reason: reason.into(),
    }
}

const USAGE: &str = "write `sqlite:///path/to/evatel.db` or `postgres://user@host/database`";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_absolute_after_three_slashes_and_relative_without() {
        let file = |url: &str| url.parse::<DatabaseUrl>().unwrap().file().map(Path::to_owned);
        assert_eq!(file("sqlite:///srv/e.db"), Some("/srv/e.db".into()));
        assert_eq!(
            file("sqlite:e.db"),
            Some(std::env::current_dir().unwrap().join("e.db"))
        );
    }

    #[test]
    fn another_database_is_refused_with_the_reason() {
        for (url, part) in [
            ("mysql://x", "write `sqlite:///"),
            ("/srv/e.db", "write `sqlite:///"),
            ("sqlite::memory:", "needs a file"),
            ("sqlite:", "needs a file"),
            ("sqlite:a\nb", "control character"),
        ] {
            let message = url.parse::<DatabaseUrl>().unwrap_err().to_string();
            assert!(message.contains(part), "{url}: {message}");
        }
    }
}
