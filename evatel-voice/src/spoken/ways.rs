//! One line of a table as all that it stands for.

/// Gives each way of saying a pattern: `[…]` may be left out, `(…|…)` is one of these. Brackets may be nested.
///
/// # Errors
/// When a bracket has no other half.
pub(super) fn ways(pattern: &str) -> Result<Vec<String>, String> {
    let mut rest = pattern;
    let all = alternatives(&mut rest, None).ok_or_else(|| format!("`{pattern}`: brackets come in pairs"))?;
    let spaced = all
        .iter()
        .map(|way| way.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(spaced.collect())
}

/// Reads up to the closing bracket, or the end.
fn alternatives(rest: &mut &str, close: Option<char>) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let mut ways = vec![String::new()];
    while let Some(letter) = rest.chars().next() {
        *rest = &rest[letter.len_utf8()..];
        match letter {
            _ if Some(letter) == close => {
                all.append(&mut ways);
                return Some(all);
            }
            '|' => {
                close?;
                all.append(&mut ways);
                ways.push(String::new());
            }
            '(' => ways = joined(&ways, &alternatives(rest, Some(')'))?),
            '[' => {
                let mut inner = alternatives(rest, Some(']'))?;
                inner.push(String::new());
                ways = joined(&ways, &inner);
            }
            ')' | ']' => return None,
            letter => ways.iter_mut().for_each(|way| way.push(letter)),
        }
    }
    all.append(&mut ways);
    close.is_none().then_some(all)
}

fn joined(ways: &[String], inner: &[String]) -> Vec<String> {
    let each = ways
        .iter()
        .flat_map(|way| inner.iter().map(move |inner| format!("{way}{inner}")));
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_left_out_and_what_is_one_of_several_is_each_way_once() {
        assert_eq!(
            ways("[de] {weekday} en (8|15)").unwrap(),
            [
                "de {weekday} en 8",
                "de {weekday} en 15",
                "{weekday} en 8",
                "{weekday} en 15"
            ]
        );
        assert_eq!(ways("a [(b|c)] d").unwrap(), ["a b d", "a c d", "a d"]);
        for broken in ["(a", "a]", "[a)", "a|b"] {
            assert!(ways(broken).is_err(), "{broken}");
        }
    }
}
