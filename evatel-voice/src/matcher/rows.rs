//! The rows of the entry that was compared last: the next one begins where it differs. Thousands of entries begin alike: "appelle ...".

use crate::lexicon::{Phone, PhoneSet};

/// What it costs to hear each beginning of what was heard where each beginning of an entry was meant.
#[derive(Debug, Default)]
pub(super) struct Rows {
    heard: Vec<Phone>,
    /// What part of its cost a sound before the entry has.
    edge: f32,
    meant: Vec<Phone>,
    /// One row for nothing said, and one for each phone of `meant`.
    costs: Vec<f32>,
}

impl Rows {
    fn width(&self) -> usize {
        self.heard.len() + 1
    }

    /// Keeps the rows of what an entry begins with as the last one did, and gives the phones for which there are none yet. Sounds before the
    /// entry cost this part of what they would inside.
    pub(super) fn begin<'m>(
        &mut self,
        heard: &[Phone],
        meant: &'m [Phone],
        edge: f32,
        phones: &PhoneSet,
    ) -> &'m [Phone] {
        if self.heard != heard || self.edge != edge || self.costs.is_empty() {
            self.edge = edge;
            self.heard.clear();
            self.heard.extend_from_slice(heard);
            self.meant.clear();
            self.costs.clear();
            self.costs.push(0.0);
            for (column, &phone) in heard.iter().enumerate() {
                self.costs
                    .push(self.costs[column] + edge * phones.insertion_cost(phone));
            }
        }
        let both = self.meant.iter().zip(meant);
        let known = both.take_while(|(last, now)| last == now).count();
        self.meant.truncate(known);
        self.costs.truncate((known + 1) * self.width());
        &meant[known..]
    }

    /// What it costs to hear each beginning of what was heard where so many phones of the entry were meant.
    pub(super) fn row(&self, meant: usize) -> &[f32] {
        &self.costs[meant * self.width()..(meant + 1) * self.width()]
    }

    /// The last row.
    pub(super) fn last(&self) -> &[f32] {
        self.row(self.meant.len())
    }

    /// One phone more of the entry.
    pub(super) fn push(&mut self, wanted: Phone, phones: &PhoneSet) {
        let above = self.costs.len() - self.width();
        self.meant.push(wanted);
        let omission = phones.omission_cost(wanted);
        let mut left = self.costs[above] + omission;
        self.costs.push(left);
        for (column, &phone) in self.heard.iter().enumerate() {
            let cost = (self.costs[above + column] + phones.substitution_cost(phone, wanted))
                .min(self.costs[above + column + 1] + omission)
                .min(left + phones.insertion_cost(phone));
            self.costs.push(cost);
            left = cost;
        }
    }

    /// What the whole entry costs at least, with so many of its phones to come: from each place of the last row, the phones left on one side
    /// and not on the other.
    pub(super) fn least_in_all(&self, to_come: usize, phones: &PhoneSet) -> f32 {
        let row = self.last();
        let left = (0..row.len()).rev();
        let whole = row
            .iter()
            .zip(left)
            .map(|(cost, left)| cost + phones.least_cost(left, to_come));
        whole.fold(f32::INFINITY, f32::min)
    }

    /// What the entry costs, once all its phones are there.
    pub(super) fn cost(&self) -> f32 {
        self.costs.last().copied().unwrap_or_default()
    }
}
