//! Connections to a file of SQLite.

use std::path::Path;

use diesel::ConnectionError;
use diesel_async::{
    AsyncConnection, SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool},
};

use super::{CONNECTIONS, SqliteLink};

/// Prepares a pool for the file at `path`.
pub(super) fn pool(path: &Path) -> Pool<SqliteLink> {
    let mut config = ManagerConfig::<SqliteLink>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|path| {
        let path = path.to_owned();
        Box::pin(async move {
            let mut link = SqliteLink::establish(&path).await?;
            let pragmas = link.batch_execute(PRAGMAS).await;
            pragmas.map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(link)
        })
    });
    let manager = AsyncDieselConnectionManager::new_with_config(path.to_string_lossy(), config);
    let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
    pool.expect("a pool without time limits of its own needs no runtime")
}

/// Set on each connection; `busy_timeout` first, so that switching to WAL waits for whoever holds the file.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                       PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";
