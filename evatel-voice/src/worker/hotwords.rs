//! Names that may well be said, as a model of words is told of them.
//!
//! sherpa-onnx takes them as one text, `/` between; in a name, `:` and `#` have meanings of their own. It leaves out what the model has no
//! pieces for.

use super::protocol::MOST_TEXT;

/// The file that says how the words of a model are cut into pieces: only with it can names be told.
pub(crate) const PIECES: &str = "bpe.vocab";

/// Makes one text of names, without what is no letter of them; the first ones, where there are more than fit into a message.
pub(super) fn joined(names: &[&str]) -> String {
    let mut all = String::new();
    for name in names {
        let letters = name.chars().map(|c| if is_of_a_name(c) { c } else { ' ' });
        let letters: String = letters.collect();
        let name = letters.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            continue;
        }
        if all.len() + 1 + name.len() > MOST_TEXT {
            break;
        }
        if !all.is_empty() {
            all.push('/');
        }
        all.push_str(&name);
    }
    all
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\'' | '-')
}

/// Whether a model writes capitals only, by its token list: names are told in its letters.
#[cfg(any(feature = "sherpa", test))]
pub(crate) fn is_capital(tokens: &str) -> bool {
    let pieces = tokens.lines().filter_map(|line| line.rsplit_once(' '));
    let mut pieces = pieces
        .map(|(piece, _)| piece)
        .filter(|piece| !piece.starts_with('<'));
    pieces.all(|piece| !piece.chars().any(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_without_what_would_mean_something_else() {
        let names = ["Marie Tremblay", "A/B :9 #0.5", "O’Neil-Roy", "514", "D'Arcy"];
        assert_eq!(joined(&names), "Marie Tremblay/A B/O Neil-Roy/D'Arcy");
        assert_eq!(joined(&[]), "");
    }

    #[test]
    fn more_names_than_fit_are_left_out_whole() {
        let name = "x".repeat(100);
        let all = joined(&vec![name.as_str(); 100]);
        assert!(all.len() <= MOST_TEXT);
        assert!(all.split('/').all(|one| one == name));
    }

    #[test]
    fn a_model_of_capitals_is_known_by_its_pieces() {
        assert!(is_capital("<blk> 0\n▁MA 1\n'É 2\n"));
        assert!(!is_capital("<blk> 0\n▁Ma 1\n"));
    }
}
