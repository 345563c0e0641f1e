//! Digits that numbers begin with, and the table that finds the longest one known.

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};

/// Most digits of a prefix; no number has more (ITU-T E.164 §6.1).
pub const MAX_PREFIX_DIGITS: usize = 15;

/// First digits of E.164 numbers, 1 to [`MAX_PREFIX_DIGITS`] of them, without `+`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefix(ArrayString<MAX_PREFIX_DIGITS>);

/// Refuses what is no prefix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no prefix: 1 to 15 digits of an international number, such as `+33` or `1900`")]
pub struct InvalidPrefix(String);

impl Prefix {
    /// Borrows the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether a number begins so. `digits` are those of an E.164 number, without `+`.
    pub fn begins(&self, digits: &str) -> bool {
        digits.starts_with(self.as_str())
    }
}

impl FromStr for Prefix {
    type Err = InvalidPrefix;
    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let fits =
            matches!(digits.as_bytes(), [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
        match ArrayString::from(digits) {
            Ok(digits) if fits => Ok(Self(digits)),
            _ => Err(InvalidPrefix(
                text.chars().take(40).flat_map(char::escape_debug).collect(),
            )),
        }
    }
}

impl TryFrom<String> for Prefix {
    type Error = InvalidPrefix;
    fn try_from(text: String) -> Result<Self, InvalidPrefix> {
        text.parse()
    }
}

impl From<Prefix> for String {
    fn from(prefix: Prefix) -> String {
        prefix.0.to_string()
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// Values by prefix, made once and then looked up: the longest prefix of a number wins.
///
/// A digit trie whose nodes keep their children side by side behind a ten-bit mask, 12 bytes a node, so that a
/// price list of a million prefixes stays small. The digits with which all prefixes begin are compared at once, and in a
/// large map the next ones are one index into a table ([`HEADS`]).
/// `evatel-core/benches/gate.rs` measures it beside a bare trie of ten pointers a node.
#[derive(Debug, Clone)]
pub struct PrefixMap<V> {
    /// With what all prefixes begin.
    stem: ArrayString<MAX_PREFIX_DIGITS>,
    head_digits: usize,
    head: Vec<Head>,
    nodes: Vec<Node>,
    values: Vec<V>,
}

/// From how many prefixes on a map has a table that resolves so many digits at once. A smaller map has none: it would be
/// larger than the map and save little.
pub const HEADS: [(usize, usize); 2] = [(20_000, 5), (500, 3)];

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The first child; the others follow it in the order of their digits.
    first: u32,
    /// Index of the value plus one; none is 0.
    value: u32,
    /// Bit `d` is set where there is a child for digit `d`.
    children: u16,
}

/// Where the first digits after the stem lead.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    /// The node that they reach; none is 0, which is the root.
    node: u32,
    /// The longest value on the way there, as in a node.
    value: u32,
}

impl<V> Default for PrefixMap<V> {
    fn default() -> Self {
        Self::new([])
    }
}

impl<V> PrefixMap<V> {
    /// Indexes the values; where one prefix comes twice, the later value holds.
    pub fn new(entries: impl IntoIterator<Item = (Prefix, V)>) -> Self {
        let mut entries: Vec<(Prefix, V)> = entries.into_iter().collect();
        // Stable: of equal prefixes the later one stays behind the earlier.
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut keys: Vec<Prefix> = Vec::with_capacity(entries.len());
        let mut values: Vec<V> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            if keys.last() == Some(&key) {
                values.pop();
                values.push(value);
            } else {
                keys.push(key);
                values.push(value);
            }
        }
        let stem = stem(&keys);
        let nodes = build(&keys, stem.len());
        let mut map = Self {
            stem,
            head_digits: 0,
            head: Vec::new(),
            nodes,
            values,
        };
        if let Some((_, digits)) = HEADS.iter().find(|(from, _)| keys.len() >= *from) {
            map.add_head(*digits);
        }
        map
    }

    /// Gives how many prefixes there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Gives about how many bytes the index takes, the values' own heap not counted.
    pub fn bytes(&self) -> usize {
        self.head.capacity() * size_of::<Head>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.values.capacity() * size_of::<V>()
    }

    /// Borrows the values, in the order of their prefixes.
    pub fn values(&self) -> &[V] {
        &self.values
    }

    /// Finds the value of the longest prefix of these digits. What is no digit ends them.
    pub fn longest(&self, digits: &str) -> Option<&V> {
        self.longest_index(digits).map(|index| &self.values[index])
    }

    /// Finds the same by its place among the [`PrefixMap::values`].
    pub(crate) fn longest_index(&self, digits: &str) -> Option<usize> {
        let mut rest = self.after_stem(digits)?;
        let mut node = 0;
        let mut best = self.nodes[0].value;
        if let Some((head, tail)) = self.head(rest) {
            best = head.value;
            if head.node == 0 {
                return index(best);
            }
            node = head.node as usize;
            rest = tail;
        }
        for digit in rest {
            let Some(child) = self.child(node, *digit) else {
                break;
            };
            node = child;
            if self.nodes[node].value != 0 {
                best = self.nodes[node].value;
            }
        }
        index(best)
    }

    /// Walks the values of all prefixes of these digits, shortest first.
    pub fn all<'a>(&'a self, digits: &'a str) -> impl Iterator<Item = &'a V> + 'a {
        let rest = self.after_stem(digits);
        let root = rest.map(|_| 0);
        let mut node = root;
        let below = rest.unwrap_or_default().iter().map_while(move |digit| {
            node = node.and_then(|at| self.child(at, *digit));
            node
        });
        let nodes = root.into_iter().chain(below);
        nodes.filter_map(|node| index(self.nodes[node].value).map(|index| &self.values[index]))
    }

    /// Borrows the values of all prefixes that begin with these digits, in the order of the prefixes.
    pub(crate) fn within(&self, digits: &str) -> &[V] {
        if self.stem.starts_with(digits) {
            return &self.values;
        }
        let below = self.after_stem(digits).and_then(|rest| {
            let mut rest = rest.iter();
            rest.try_fold(0, |node, digit| self.child(node, *digit))
        });
        let Some(below) = below else { return &[] };
        let (mut first, mut last) = (below, below);
        while self.nodes[first].value == 0 {
            first = self.nodes[first].first as usize;
        }
        while self.nodes[last].children != 0 {
            last = self.nodes[last].first as usize + self.nodes[last].children.count_ones() as usize - 1;
        }
        // Every leaf has a value, and values lie in the order of their prefixes.
        &self.values[self.nodes[first].value as usize - 1..self.nodes[last].value as usize]
    }

    fn after_stem<'d>(&self, digits: &'d str) -> Option<&'d [u8]> {
        digits.as_bytes().strip_prefix(self.stem.as_bytes())
    }

    fn head<'d>(&self, digits: &'d [u8]) -> Option<(Head, &'d [u8])> {
        if self.head.is_empty() {
            return None;
        }
        let (first, rest) = digits.split_at_checked(self.head_digits)?;
        let mut index = 0;
        for digit in first {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            index = index * 10 + usize::from(digit);
        }
        Some((self.head[index], rest))
    }

    fn child(&self, node: usize, digit: u8) -> Option<usize> {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        let Node { first, children, .. } = self.nodes[node];
        let bit = 1_u16 << digit;
        if children & bit == 0 {
            return None;
        }
        Some(first as usize + (children & (bit - 1)).count_ones() as usize)
    }

    fn add_head(&mut self, width: usize) {
        let mut head = vec![Head::default(); 10_usize.pow(width as u32)];
        for (index, entry) in head.iter_mut().enumerate() {
            let digits = format!("{index:0width$}");
            let mut node = Some(0);
            entry.value = self.nodes[0].value;
            for digit in digits.bytes() {
                node = node.and_then(|at| self.child(at, digit));
                let Some(at) = node else { break };
                if self.nodes[at].value != 0 {
                    entry.value = self.nodes[at].value;
                }
            }
            entry.node = node.map_or(0, |at| at as u32);
        }
        (self.head_digits, self.head) = (width, head);
    }
}

/// Reads a value of a node.
fn index(value: u32) -> Option<usize> {
    (value as usize).checked_sub(1)
}

/// Gives the digits with which sorted keys begin, all of them.
fn stem(keys: &[Prefix]) -> ArrayString<MAX_PREFIX_DIGITS> {
    let [first, .., last] = keys else {
        return keys.first().map_or_else(ArrayString::new, |only| only.0);
    };
    let same = first
        .0
        .bytes()
        .zip(last.0.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let mut stem = first.0;
    stem.truncate(same);
    stem
}

/// Builds the nodes level by level from sorted, distinct keys, so that the children of one lie side by side. The root is
/// what follows the first `stem` digits.
fn build(keys: &[Prefix], stem: usize) -> Vec<Node> {
    let mut nodes = vec![Node {
        first: 0,
        value: 0,
        children: 0,
    }];
    // Each node of the level with the range of keys that begin as it does.
    let mut level = vec![(0_usize, 0..keys.len())];
    let mut depth = stem;
    while !level.is_empty() {
        let mut below = Vec::new();
        for (node, mut range) in level {
            if keys
                .get(range.start)
                .is_some_and(|key| !range.is_empty() && key.0.len() == depth)
            {
                nodes[node].value =
                    u32::try_from(range.start + 1).expect("fewer than 2^32 prefixes fit in memory");
                range.start += 1;
            }
            nodes[node].first = u32::try_from(nodes.len()).expect("fewer than 2^32 nodes fit in memory");
            while !range.is_empty() {
                let digit = keys[range.start].0.as_bytes()[depth];
                let same = keys[range.clone()].partition_point(|key| key.0.as_bytes()[depth] <= digit);
                let part = range.start..range.start + same;
                range.start = part.end;
                nodes[node].children |= 1 << (digit - b'0');
                below.push((nodes.len(), part));
                nodes.push(Node {
                    first: 0,
                    value: 0,
                    children: 0,
                });
            }
        }
        level = below;
        depth += 1;
    }
    nodes
}
