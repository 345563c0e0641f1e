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

    /// Gives a text, or what belongs to it under a name of its own, with its values filled in. A whole number chooses the
    /// plural where the text has several forms.
    pub(super) fn find(&self, id: &str, part: Option<&str>, values: &[(&str, &str)]) -> Option<String> {
        let message = self.0.get_message(id)?;
        let pattern = match part {
            Some(part) => message.get_attribute(part)?.value(),
            None => message.value()?,
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            match whole_number(value) {
                Some(number) => args.set(*name, number),
                None => args.set(*name, *value),
            }
        }
        let said = self.0.format_pattern(pattern, Some(&args), &mut Vec::new());
        Some(said.into_owned())
    }
}

/// Reads what is written just as a whole number is said: without zeros or signs before it, and small enough to stay itself.
fn whole_number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_chooses_the_plural_and_nothing_else_is_taken_for_one() {
        let source = "rows = { $count ->\n    [one] { $count } ligne\n   *[other] { $count } lignes\n }";
        let file = TextFile::read("fr-CA", source);
        for (count, said) in [
            ("0", "0 ligne"),
            ("1", "1 ligne"),
            ("2", "2 lignes"),
            ("1000000", "1000000 lignes"),
            ("007", "007 lignes"),
            ("+15145550199", "+15145550199 lignes"),
        ] {
            assert_eq!(file.find("rows", None, &[("count", count)]).unwrap(), said);
        }
    }
}
