//! What may stand in a value of each format.
//!
//! Values are parsed types and hold no control characters. These functions are the last gate: what could end a value
//! or begin another directive is refused here, never repaired silently.

/// A value that its format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` cannot stand in {format}: {}", reason(*character))]
pub struct Unfit {
    given: String,
    format: &'static str,
    character: char,
}

fn reason(character: char) -> String {
    format!("it contains {character:?}")
}

/// Checks a value of Asterisk's `.conf` files: no control characters, no `;` (a comment), no `\` and no `#` in front (a directive).
pub fn ini(value: &str) -> Result<&str, Unfit> {
    let directive = value
        .chars()
        .next()
        .filter(|first| matches!(first, '#' | '[' | '=' | '>'));
    let unfit = value
        .chars()
        .find(|c| c.is_control() || matches!(c, ';' | '\\'))
        .or(directive);
    checked(value, "a configuration value", unfit)
}

/// Checks an argument of a dialplan application: only what ids, numbers and addresses are made of.
///
/// `&` would ring somebody else, `,` begin another argument, `$` expand a variable, `(` call a function.
pub fn dialplan(value: &str) -> Result<&str, Unfit> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '*' | '.');
    checked(value, "the dialplan", value.chars().find(|c| !fits(*c)))
}

fn checked<'v>(value: &'v str, format: &'static str, unfit: Option<char>) -> Result<&'v str, Unfit> {
    match unfit {
        None => Ok(value),
        Some(character) => {
            let given = value.chars().take(40).flat_map(char::escape_debug).collect();
            Err(Unfit {
                given,
                format,
                character,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_ends_a_value_passes_into_a_configuration_file() {
        for hostile in [
            "a\nallow=all",
            "a;b",
            "#exec rm",
            "[section](!)",
            "back\\slash",
            "> x",
            "\u{0}",
        ] {
            assert!(ini(hostile).is_err(), "{hostile:?}");
        }
        assert_eq!(
            ini("Jean-François d'Août & fils"),
            Ok("Jean-François d'Août & fils")
        );
    }

    #[test]
    fn nothing_that_dials_or_expands_passes_into_the_dialplan() {
        for hostile in ["x&PJSIP/y", "${SHELL(id)}", "a,b", "a b", "a)", "é", "a\n"] {
            assert!(dialplan(hostile).is_err(), "{hostile:?}");
        }
        assert_eq!(dialplan("+15145550199"), Ok("+15145550199"));
    }
}
