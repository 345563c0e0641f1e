//! Finding the highest clean rate in few steps: from a start in growing strides, then by halves.

/// A search over rates that are whole strides apart.
#[derive(Debug)]
pub struct Search {
    start: u32,
    stride: u32,
    lowest: u32,
    highest: u32,
    clean: Option<u32>,
    unclean: Option<u32>,
    /// How many strides the next step away from the start is.
    reach: u32,
}

impl Search {
    /// Searches `lowest` to `highest`, at first near `start`.
    pub fn new(start: u32, stride: u32, lowest: u32, highest: u32) -> Self {
        Self {
            start: start.clamp(lowest, highest),
            stride,
            lowest,
            highest,
            clean: None,
            unclean: None,
            reach: 1,
        }
    }

    /// Gives the next rate to try; none once the result is known.
    pub fn next(&self) -> Option<u32> {
        let reach = self.reach * self.stride;
        match (self.clean, self.unclean) {
            (None, None) => Some(self.start),
            (Some(clean), None) => (clean < self.highest).then(|| (clean + reach).min(self.highest)),
            (None, Some(unclean)) => {
                (unclean > self.lowest).then(|| unclean.saturating_sub(reach).max(self.lowest))
            }
            (Some(clean), Some(unclean)) => {
                let strides = unclean.saturating_sub(clean) / self.stride;
                (strides > 1).then(|| clean + strides / 2 * self.stride)
            }
        }
    }

    /// Takes what became of a rate.
    pub fn tell(&mut self, rate: u32, is_clean: bool) {
        if self.clean.is_some() || self.unclean.is_some() {
            self.reach *= 2;
        }
        if is_clean {
            self.clean = self.clean.max(Some(rate));
        } else {
            self.unclean = Some(self.unclean.map_or(rate, |known| known.min(rate)));
        }
    }

    /// Gives the highest rate that was clean; 0 if none was.
    pub fn result(&self) -> u32 {
        self.clean.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(limit: u32, start: u32) -> (u32, usize) {
        let mut search = Search::new(start, 50, 100, 1200);
        let mut steps = 0;
        while let Some(rate) = search.next() {
            search.tell(rate, rate <= limit);
            steps += 1;
        }
        (search.result(), steps)
    }

    #[test]
    fn any_limit_is_found_from_any_start() {
        for limit in (50..1300).step_by(50) {
            for start in [100, 500, 600, 1200] {
                let expected = if limit < 100 { 0 } else { limit.min(1200) };
                let (result, steps) = found(limit, start);
                assert_eq!(result, expected, "from {start}");
                assert!(steps <= 10, "{steps} steps to {limit} from {start}");
            }
        }
    }

    #[test]
    fn a_limit_that_is_known_already_is_confirmed_in_two_steps() {
        assert_eq!(found(600, 600), (600, 2));
    }
}
