//! One fluent file of texts.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

/// One file of texts.
pub(super) struct TextFile(FluentBundle<FluentResource>);

impl TextFile {
    /// Reads a file that a test has read before.
    pub(super) fn read(tag: &str, source: &str) -> Self {
        let tag: LanguageIdentifier = tag.parse().expect("every tag is well-formed");
        let mut bundle = FluentBundle::new(vec![tag]);
        // The marks around values would show up as rubbish in pipes and old terminals.
        bundle.set_use_isolating(false);
        let resource =
            FluentResource::try_new(source.to_owned()).expect("the catalogue is checked by a test");
        bundle
            .add_resource(resource)
            .expect("no text of the catalogue has two forms");
        Self(bundle)
    }

    /// Gives a text, or what belongs to it under a name of its own, with its values filled in.
    pub(super) fn find(&self, id: &str, part: Option<&str>, values: &[(&str, &str)]) -> Option<String> {
        let message = self.0.get_message(id)?;
        let pattern = match part {
            Some(part) => message.get_attribute(part)?.value(),
            None => message.value()?,
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, *value);
        }
        let said = self.0.format_pattern(pattern, Some(&args), &mut Vec::new());
        Some(said.into_owned())
    }
}
