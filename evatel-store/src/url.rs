//! Which database a URL names.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::Error;

/// A database that this version speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite, as an absolute path.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// Gives the database's file, where it is one.
    pub fn path(&self) -> &Path {
        match self {
            Self::Sqlite(path) => path,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// Takes `sqlite:///absolute/path` and `sqlite:relative/path`.
    fn from_str(url: &str) -> Result<Self, Error> {
        let refused = |scheme: &str, reason| {
            Err(Error::UnsupportedUrl {
                scheme: scheme.escape_debug().to_string(),
                reason,
            })
        };
        let Some((scheme, rest)) = url.split_once(':') else {
            return refused(url, "write `sqlite:///path/to/evatel.db`");
        };
        match scheme {
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() || path == ":memory:" {
                    return refused(
                        url,
                        "a database needs a file: write `sqlite:///path/to/evatel.db`",
                    );
                }
                if path.chars().any(char::is_control) || path.contains('?') {
                    return refused(url, "a path has no control character and no `?`");
                }
                // Absolute, so that SQLite never takes the path for a URI of its own.
                let path = std::path::absolute(path).map_err(|source| Error::Io {
                    path: path.into(),
                    source,
                })?;
                Ok(Self::Sqlite(path))
            }
            "postgres" | "postgresql" => refused(
                scheme,
                "PostgreSQL is not there yet in this version: use `sqlite:`",
            ),
            _ => refused(scheme, "use `sqlite:///path/to/evatel.db`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_absolute_after_three_slashes_and_relative_without() {
        assert_eq!(
            "sqlite:///srv/e.db".parse::<DatabaseUrl>().unwrap().path(),
            Path::new("/srv/e.db")
        );
        let relative: DatabaseUrl = "sqlite:e.db".parse().unwrap();
        assert_eq!(relative.path(), std::env::current_dir().unwrap().join("e.db"));
    }

    #[test]
    fn another_database_is_refused_with_the_reason() {
        for (url, part) in [
            ("postgresql://localhost/evatel", "not there yet"),
            ("mysql://x", "use `sqlite:///"),
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
