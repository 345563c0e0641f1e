//! Prefix maps against the trial of every prefix.

use proptest::prelude::*;

use super::*;

fn map(entries: &[(&str, u32)]) -> PrefixMap<u32> {
    PrefixMap::new(
        entries
            .iter()
            .map(|(prefix, value)| (prefix.parse().unwrap(), *value)),
    )
}

#[test]
fn the_longest_prefix_wins_and_the_later_of_two_equal_ones() {
    let map = map(&[("33", 1), ("336", 2), ("1", 3), ("336", 4), ("1514976", 5)]);
    assert_eq!(map.longest("33612345678"), Some(&4));
    assert_eq!(map.longest("33142764978"), Some(&1));
    assert_eq!(map.longest("15149761234"), Some(&5));
    assert_eq!(map.longest("15149"), Some(&3));
    assert_eq!(map.longest("4"), None);
    assert_eq!(map.longest(""), None);
    assert_eq!(map.all("33612345678").copied().collect::<Vec<_>>(), [1, 4]);
    assert_eq!(map.len(), 4);
}

#[test]
fn an_empty_map_finds_nothing() {
    assert_eq!(map(&[]).longest("1514"), None);
    assert!(map(&[]).is_empty());
}

fn naive<'a>(entries: &'a [(Prefix, u32)], digits: &str) -> Option<&'a u32> {
    let matching = entries
        .iter()
        .enumerate()
        .filter(|(_, (prefix, _))| prefix.begins(digits));
    matching
        .max_by_key(|(at, (prefix, _))| (prefix.as_str().len(), *at))
        .map(|(_, (_, value))| value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_lookup_agrees_with_trying_all_prefixes(
        prefixes in prop::collection::vec("[1-3][0-3]{0,6}", 0..80),
        numbers in prop::collection::vec("[1-3][0-3]{0,8}", 1..40),
    ) {
        let entries: Vec<(Prefix, u32)> =
            prefixes.iter().zip(0..).map(|(prefix, value)| (prefix.parse().unwrap(), value)).collect();
        let plain = PrefixMap::new(entries.clone());
        let mut headed = plain.clone();
        headed.add_head(5);
        for number in &numbers {
            prop_assert_eq!(plain.longest(number), naive(&entries, number));
            prop_assert_eq!(headed.longest(number), naive(&entries, number));
            prop_assert_eq!(plain.all(number).last(), naive(&entries, number));
            let mut within: Vec<_> = entries.iter().filter(|(prefix, _)| prefix.as_str().starts_with(number)).cloned().collect();
            within.sort();
            // Of equal prefixes the later one holds.
            let within: Vec<u32> = within.chunk_by(|a, b| a.0 == b.0).map(|same| same[same.len() - 1].1).collect();
            prop_assert_eq!(plain.within(number), within);
        }
    }
}

#[test]
fn what_all_prefixes_begin_with_is_no_prefix_by_itself() {
    let map = map(&[("1514", 1), ("15149", 2)]);
    assert_eq!(map.longest("151"), None);
    assert_eq!(map.longest("15145550199"), Some(&1));
    assert_eq!(map.longest("15149"), Some(&2));
    assert_eq!(map.longest("16135550199"), None);
    assert_eq!(map.all("15149").copied().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(map.within("15"), [1, 2]);
    assert_eq!(map.within("15149"), [2]);
    assert!(map.within("16").is_empty() && map.within("151491").is_empty());
}
