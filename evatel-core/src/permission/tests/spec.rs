//! The table once more, as the recommended model writes it: one line a matter, one cell a standing.

use std::collections::HashMap;

use crate::permission::{Action, Matter, Standing};

/// What a standing has of an action, in the model's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Billable,
    Delegated,
    Enter,
    First,
    Level,
    MainLine,
    MainLineAndSelf,
    Metadata,
    Never,
    Private,
    Seen,
    SelfBilled,
    SelfOnly,
    Technical,
    TechnicalAndSelf,
    UnlessItCosts,
    Within,
}

/// What an answer comes to, the better the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Missing,
    NotAllowed,
    HasAdministrator,
    OthersBilling,
    EnterFirst,
    UnlessItCosts,
    Technical,
    MainLine,
    Metadata,
    Free,
    Billable,
}

/// Words are actions; what follows one is how far it goes: `$` may cost, `?` unless it costs, `^` enter first,
/// `@self`, `@seen`, `@level`, `@first`, `@delegated`, `@self-billed`, `@meta`, `@line`, `@tech`, `@private`.
const SPEC: &str = "
system            | read write | - | - | - | - | - | - | -
itsps             | read write | - | - | - | - | - | - | -
resellers         | read add write close enter | read | - | - | - | - | - | -
reseller-profiles | read write | read write | read@seen | read@seen | read@seen | read@seen | read@seen | read@seen
catalog           | read write | read@seen | read@seen | read@seen | - | - | - | read@seen
offer-assignments | read write | read | - | - | - | - | - | -
offer-choices     | read | read write | read@seen | read@seen | - | - | - | read@seen
accounts          | read add write close enter move | read add write close enter | read | read | - | - | - | read close
account-settings  | read write | read write | read write | read | read | read | read | read write
subscriptions     | read order@delegated | read order$ | read order$ | - | - | - | read@self | read order$
users             | read add^ write^ remove^ reset^ | read add^ write^ remove^ reset^ | read add$ write remove reset | read add? write remove reset | read | read reset | read@self write@self reset@self | read add$ write remove reset
roles             | read | read grant-administrator@first | read grant-role grant-administrator | read grant-role | read | read | read@self | -
logins            | read write@level reset | read write@level reset | read write reset | read write reset | - | read reset | read@self reset@self | read write reset
api-keys          | read write@level | read write@level | read write | - | - | - | - | read write
numbers           | read | read stock assign release | read order$ assign release | read assign | read | read | read@self | read order$ release$
devices           | read | read stock write | read order$ write | read write | - | read write | read@self | read order$ write
restrictions      | read write@level | read@seen write@level | read@seen write@level | read@seen write@level | - | read@seen | read@seen | read@seen write@level
receptionist      | read^ write^ | read^ write^ | read write | read write | read | read | - | -
hours             | read^ write^ | read^ write^ | read write | read write | read | read | - | read write
office-status     | read^ write^ | read^ write^ | read write | read write | read write | read | - | -
forwarding        | read^ write^ | read^ write^ | read write | read write | - | read | read@self write@self | read write
emergency-places  | read write^ | read write | read write | read write | read | read | read | read write
shared-contacts   | - | - | read write | read write | read write | - | read | read write
contacts          | read^ write^ | read^ write^ | read write | read write | - | - | read@self write@self | read write
mail-servers      | read | read | read write | read write | - | read write | read@self write@self | read write
messages          | - | - | - | read@private write@private | read@private write@private | - | read@private write@private | read@private write@private
call-log          | read@meta | read@meta | read | read | read@line | read@tech | read@self | read
invoices          | read write | read write@self-billed | read | read | - | - | - | read
audit             | read | read | read | - | - | - | - | read@self
";

/// Reads it; an employee's line is added to that of each of his roles, as it is in the code.
pub(super) fn spec() -> HashMap<(Matter, Action, Standing), Mark> {
    let mut spec = HashMap::new();
    for line in SPEC.lines().filter(|line| !line.is_empty()) {
        let mut cells = line.split('|').map(str::trim);
        let matter: Matter = cells.next().unwrap().parse().unwrap();
        let cells: Vec<&str> = cells.collect();
        assert_eq!(cells.len(), Standing::ALL.len(), "{matter}");
        for (cell, (_, standing)) in cells.iter().zip(Standing::ALL) {
            for word in cell.split(' ').filter(|word| *word != "-") {
                let (action, mark) = read(word);
                assert!(
                    spec.insert((matter, action, *standing), mark).is_none(),
                    "{matter}: {word}"
                );
            }
        }
    }
    let missing: Vec<_> = Matter::ALL
        .iter()
        .filter(|(word, _)| !SPEC.lines().any(|line| line.split(' ').next() == Some(word)))
        .collect();
    assert!(missing.is_empty(), "no line for {missing:?}");
    as_employees_too(&mut spec);
    spec
}

fn read(word: &str) -> (Action, Mark) {
    let at = word.find(['$', '?', '^', '@']).unwrap_or(word.len());
    let (action, mark) = word.split_at(at);
    let mark = match mark {
        "" => Mark::Within,
        "$" => Mark::Billable,
        "?" => Mark::UnlessItCosts,
        "^" => Mark::Enter,
        "@self" => Mark::SelfOnly,
        "@seen" => Mark::Seen,
        "@level" => Mark::Level,
        "@first" => Mark::First,
        "@delegated" => Mark::Delegated,
        "@self-billed" => Mark::SelfBilled,
        "@meta" => Mark::Metadata,
        "@line" => Mark::MainLine,
        "@tech" => Mark::Technical,
        "@private" => Mark::Private,
        other => panic!("no mark: {other}"),
    };
    (action.parse().unwrap(), mark)
}

fn as_employees_too(spec: &mut HashMap<(Matter, Action, Standing), Mark>) {
    let employees: Vec<_> = spec
        .iter()
        .filter(|((_, _, standing), _)| *standing == Standing::Employee)
        .map(|((matter, action, _), mark)| (*matter, *action, *mark))
        .collect();
    for (matter, action, mark) in employees {
        for role in [
            Standing::Administrator,
            Standing::OfficeManager,
            Standing::Receptionist,
            Standing::TechSupport,
        ] {
            let own = spec.entry((matter, action, role)).or_insert(mark);
            // Of his own he reads more than of others.
            if matches!(own, Mark::MainLine | Mark::Technical) {
                *own = if *own == Mark::MainLine {
                    Mark::MainLineAndSelf
                } else {
                    Mark::TechnicalAndSelf
                };
            }
        }
    }
}
