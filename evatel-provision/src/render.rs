//! From rows to files.

use std::collections::BTreeMap;

use evatel_core::directory::Directory;
use handlebars::Handlebars;

use crate::{escape::Unfit, model::Model, secret::DeviceSecret, site::Site};

/// Files by their name in the configuration folder.
pub type Rendered = BTreeMap<String, String>;

/// Why files could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A template asks for what is not there, or is broken.
    #[error("the template of `{file}` cannot be filled in")]
    Fill {
        /// Which file.
        file: String,
        /// Where and why.
        source: Box<handlebars::RenderError>,
    },
    /// An overriding template cannot be read.
    #[error("the template `{file}` cannot be read from the template folder")]
    Read {
        /// Which.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A template is not one.
    #[error("the template of `{file}` is broken")]
    Template {
        /// Which.
        file: String,
        /// Where and why.
        source: Box<handlebars::TemplateError>,
    },
    /// A value would break its file.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

macro_rules! built_in {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../dialplans/", $file, ".hbs")))),*]
    };
}

/// The templates that are compiled in, by the file that each makes.
const BUILT_IN: &[(&str, &str)] = built_in![
    "ari.conf",
    "asterisk.conf",
    "cdr.conf",
    "evatel-accounts.conf",
    "evatel-dids.conf",
    "extensions.conf",
    "http.conf",
    "logger.conf",
    "modules.conf",
    "pjsip.conf",
    "rtp.conf",
    "websocket_client.conf",
];

/// The templates in force: those compiled in, each of which a file of the same name with `.hbs` in a folder may replace.
#[derive(Debug)]
pub struct Templates {
    registry: Handlebars<'static>,
}

impl Templates {
    /// Takes the templates that are compiled in.
    ///
    /// # Errors
    /// None with our own templates; the tests fill in each.
    pub fn built_in() -> Result<Self, RenderError> {
        Self::load(|_, text| Ok(text.to_owned()))
    }

    /// Takes the templates that are compiled in, but for those that the folder holds.
    ///
    /// # Errors
    /// A file that is there and cannot be read or is no template.
    pub fn with_overrides(folder: &std::path::Path) -> Result<Self, RenderError> {
        Self::load(
            |file, text| match std::fs::read_to_string(folder.join(format!("{file}.hbs"))) {
                Ok(own) => Ok(own),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(text.to_owned()),
                Err(source) => Err(RenderError::Read {
                    file: file.to_owned(),
                    source,
                }),
            },
        )
    }

    fn load(text_of: impl Fn(&str, &str) -> Result<String, RenderError>) -> Result<Self, RenderError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        // Every value was checked for its format when the model was made: there is nothing left to escape.
        registry.register_escape_fn(handlebars::no_escape);
        for (file, text) in BUILT_IN {
            registry
                .register_template_string(file, text_of(file, text)?)
                .map_err(|source| RenderError::Template {
                    file: (*file).to_owned(),
                    source: Box::new(source),
                })?;
        }
        Ok(Self { registry })
    }
}

/// Makes all files. The same rows make the same bytes.
///
/// # Errors
/// A value that would break its file, or a template that does not fit.
pub fn render(
    site: &Site,
    directory: &Directory,
    secrets: &[DeviceSecret],
    templates: &Templates,
) -> Result<Rendered, RenderError> {
    let model = Model::new(site, directory, secrets)?;
    let mut files = Rendered::new();
    for (file, _) in BUILT_IN {
        let text = templates
            .registry
            .render(file, &model)
            .map_err(|source| RenderError::Fill {
                file: (*file).to_owned(),
                source: Box::new(source),
            })?;
        files.insert((*file).to_owned(), text);
    }
    Ok(files)
}
