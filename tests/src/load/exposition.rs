//! The daemon's own histograms, as it shows them to Prometheus.

use std::collections::BTreeMap;

use anyhow::Result;

/// Counts of `evatel_answer_seconds` by stage: how many took at most so long, by the ends of the classes in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stages(BTreeMap<String, Vec<(f64, u64)>>);

impl Stages {
    /// Asks the daemon at this port.
    pub(super) async fn ask(port: u16) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let url = format!("http://127.0.0.1:{port}/metrics");
        Ok(Self::parse(&client.get(url).send().await?.text().await?))
    }

    fn parse(text: &str) -> Self {
        let mut stages = Self::default();
        for line in text.lines() {
            let Some(rest) = line.strip_prefix("evatel_answer_seconds_bucket{") else {
                continue;
            };
            let Some((labels, count)) = rest.split_once("} ") else {
                continue;
            };
            let label = |name: &str| {
                let (_, after) = labels.split_once(&format!("{name}=\""))?;
                after.split_once('"').map(|(value, _)| value)
            };
            let (Some(stage), Some(end), Ok(count)) = (label("stage"), label("le"), count.trim().parse())
            else {
                continue;
            };
            let end = end.parse().unwrap_or(f64::INFINITY);
            let classes = stages.0.entry(stage.to_owned()).or_default();
            classes.push((end, count));
        }
        for classes in stages.0.values_mut() {
            classes.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        stages
    }

    /// Gives what came since an earlier look, as lines `(stage, p50, p95, p99)`: each is the end of its class, in ms.
    pub(super) fn since(&self, earlier: &Self) -> Vec<(String, [f64; 3])> {
        let mut lines = Vec::new();
        for (stage, classes) in &self.0 {
            let before = earlier.0.get(stage);
            let fresh: Vec<(f64, u64)> = classes
                .iter()
                .enumerate()
                .map(|(at, (end, count))| {
                    let before = before
                        .and_then(|before| before.get(at))
                        .map_or(0, |(_, count)| *count);
                    (*end, count.saturating_sub(before))
                })
                .collect();
            let all = fresh.last().map_or(0, |(_, count)| *count);
            if all == 0 {
                continue;
            }
            let at = |share: f64| {
                let wanted = (all as f64 * share).ceil() as u64;
                let class = fresh.iter().find(|(_, count)| *count >= wanted);
                class.map_or(f64::INFINITY, |(end, _)| end * 1000.0)
            };
            lines.push((stage.clone(), [at(0.5), at(0.95), at(0.99)]));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_between_two_looks_is_read_by_class() {
        let text = |ten: u64, all: u64| {
            format!(
                "# TYPE evatel_answer_seconds histogram\n\
                 evatel_answer_seconds_bucket{{stage=\"voice\",le=\"0.01\"}} {ten}\n\
                 evatel_answer_seconds_bucket{{stage=\"voice\",le=\"0.1\"}} {all}\n\
                 evatel_answer_seconds_bucket{{stage=\"voice\",le=\"+Inf\"}} {all}\n\
                 evatel_answer_seconds_sum{{stage=\"voice\"}} 1\n"
            )
        };
        let (before, after) = (Stages::parse(&text(5, 6)), Stages::parse(&text(14, 16)));
        // Ten came, nine of them within 10 ms.
        assert_eq!(after.since(&before), [("voice".to_owned(), [10.0, 100.0, 100.0])]);
        assert_eq!(before.since(&before), []);
    }
}
