//! New ids and secrets.

use std::str::FromStr;

use jiff::Timestamp;

use crate::Error;

/// Makes an id such as `trk-06fk2x3n9s7m1q0c8v`: its time first, so that ids sort by age, then 50 random bits.
pub(crate) fn id<T: FromStr>(prefix: &str) -> Result<T, Error> {
    let mut random = [0; 10];
    fill(&mut random)?;
    // 45 bits of milliseconds last until the year 3084.
    let mut millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
    let mut time = [0; 9];
    for place in time.iter_mut().rev() {
        *place = ID_ALPHABET[(millis % 32) as usize];
        millis /= 32;
    }
    let random = random.iter().map(|byte| ID_ALPHABET[usize::from(byte % 32)]);
    let text: String = time.into_iter().chain(random).map(char::from).collect();
    let id = format!("{prefix}-{text}").parse();
    Ok(id.unwrap_or_else(|_| unreachable!("prefix and alphabet are made of what every id may hold")))
}

/// Makes a secret of [`SECRET_CHARS`] characters that cannot be mistaken for each other when read aloud or typed.
pub(crate) fn secret() -> Result<String, Error> {
    let mut secret = String::with_capacity(SECRET_CHARS);
    let mut byte = [0];
    while secret.len() < SECRET_CHARS {
        fill(&mut byte)?;
        // Bytes above the last whole multiple would make some characters likelier.
        let fair = 256 - 256 % SECRET_ALPHABET.len();
        if usize::from(byte[0]) < fair {
            secret.push(char::from(
                SECRET_ALPHABET[usize::from(byte[0]) % SECRET_ALPHABET.len()],
            ));
        }
    }
    Ok(secret)
}

pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|error| Error::Random(error.to_string()))
}

/// Length of a device's secret: 24 characters of 55 are 138 bits.
pub(crate) const SECRET_CHARS: usize = 24;

/// Crockford's base 32 in lower case: it sorts as its numbers do.
const ID_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz2345679";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use evatel_core::id::TrunkId;

    use super::*;

    #[test]
    fn ids_are_short_and_never_repeat() {
        let ids: HashSet<TrunkId> = (0..1000).map(|_| id("trk").unwrap()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(
            ids.iter()
                .all(|id| id.as_str().len() <= 30 && id.as_str().starts_with("trk-"))
        );
    }

    #[test]
    fn a_secret_has_no_character_that_looks_like_another() {
        let secret = secret().unwrap();
        assert_eq!(secret.len(), SECRET_CHARS);
        assert!(!secret.contains(['0', 'O', 'o', '1', 'l', 'I', '8']) && secret.is_ascii());
    }
}
