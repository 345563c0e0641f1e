//! What processes have used, from `/proc`.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};

/// A process and all below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// Seconds of processor time, those of children that have ended included.
    pub(super) cpu_s: f64,
    /// Resident memory in bytes, what is shared counted once.
    pub(super) bytes: u64,
    /// Processes, the first one included.
    pub(super) processes: usize,
    /// Open files of the first one.
    pub(super) files: usize,
}

struct Stat {
    parent: u32,
    name: String,
    /// Of its own, in hundredths of a second.
    own: u64,
    /// Of children that were waited for.
    waited: u64,
}

/// Looks at a process and those below it.
pub(super) fn tree(root: u32) -> Result<Tree> {
    let all = all();
    let mut members = vec![root];
    let mut next = 0;
    while let Some(&parent) = members.get(next) {
        members.extend(
            all.iter()
                .filter(|(_, stat)| stat.parent == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    all.get(&root)
        .with_context(|| format!("process {root} has ended"))?;
    let stats = members.iter().filter_map(|pid| all.get(pid));
    Ok(Tree {
        cpu_s: stats.map(|stat| stat.own + stat.waited).sum::<u64>() as f64 / 100.0,
        bytes: members.iter().filter_map(|pid| resident(*pid)).sum(),
        processes: members.len(),
        files: fs::read_dir(format!("/proc/{root}/fd"))?.count(),
    })
}

/// Gives the processor time of this process, without its children, and of all SIPp below it.
pub(super) fn load_cpu_s() -> f64 {
    let all = all();
    let own = std::process::id();
    let of = |pid: u32| all.get(&pid).map_or(0, |stat| stat.own);
    let callers = all
        .values()
        .filter(|stat| stat.parent == own && stat.name == "sipp");
    (of(own) + callers.map(|stat| stat.own).sum::<u64>()) as f64 / 100.0
}

fn all() -> BTreeMap<u32, Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let text = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, parse(&text)?))
        })
        .collect()
}

/// proc(5): the name stands in parentheses and may hold anything; the parent is the second field after it, the times the
/// twelfth to the fifteenth.
fn parse(text: &str) -> Option<Stat> {
    let (head, after) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        name: head.split_once('(')?.1.to_owned(),
        own: number(11)? + number(12)?,
        waited: number(13)? + number(14)?,
    })
}

/// The proportional set size of a process.
fn resident(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_anything_in_it_is_passed_over() {
        let stat = parse("7 (a) b) S 3 0 0 0 0 0 0 0 0 0 11 22 33 44 0").unwrap();
        assert_eq!((stat.parent, stat.own, stat.waited), (3, 33, 77));
        assert_eq!(stat.name, "a) b");
    }

    #[test]
    fn this_process_has_used_something_and_holds_files() {
        let own = tree(std::process::id()).unwrap();
        assert!(
            own.bytes > 100_000 && own.files >= 3 && own.processes >= 1,
            "{own:?}"
        );
        assert!(tree(u32::MAX).is_err());
    }
}
