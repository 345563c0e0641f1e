//! What a database is asked: the statements of a store on SQLite, without their values.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, Once},
};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// Hears the statements of all connections that are opened to one file.
pub(crate) struct Statements {
    file: PathBuf,
}

impl Statements {
    /// Lets connections that are opened from now on be listened to.
    pub(crate) fn install() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            set_default_instrumentation(|| Some(Box::new(Ear { file: None }))).unwrap();
        });
    }

    /// Begins to listen.
    pub(crate) fn of(file: &Path) -> Self {
        let file = file.to_owned();
        HEARD
            .lock()
            .unwrap()
            .get_or_insert_default()
            .insert(file.clone(), Vec::new());
        Self { file }
    }

    /// Gives what was asked since the last time, in order.
    pub(crate) fn take(&self) -> Vec<String> {
        let mut heard = HEARD.lock().unwrap();
        let own = heard.get_or_insert_default().get_mut(&self.file);
        own.map(std::mem::take).unwrap_or_default()
    }
}

/// What listens at one connection.
struct Ear {
    file: Option<PathBuf>,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.file = Some(url.into()),
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let statement = text.split(" -- binds").next().unwrap_or_default();
                // A connection more or less in the pool is no difference between two questions.
                if statement.trim_start().starts_with("PRAGMA") {
                    return;
                }
                let (Some(file), Ok(mut heard)) = (&self.file, HEARD.lock()) else {
                    return;
                };
                if let Some(own) = heard.as_mut().and_then(|heard| heard.get_mut(file)) {
                    own.push(statement.to_owned());
                }
            }
            _ => {}
        }
    }
}

static HEARD: Mutex<Option<HashMap<PathBuf, Vec<String>>>> = Mutex::new(None);
