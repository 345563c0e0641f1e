//! As many telephones as a large system has.

#![expect(clippy::unwrap_used, reason = "what cannot be read here fails the test")]

use std::time::Duration;

use evatel_core::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    device::Device,
    directory::{Directory, Records},
};
use evatel_provision::{Change, DeviceSecret, Plan, Rendered, Site, Templates, render};

const ACCOUNTS: usize = 500;
const USERS_OF_EACH: usize = 100;
const ENDPOINTS: usize = ACCOUNTS * USERS_OF_EACH;

/// How long rendering may compute: 10 s as it is delivered, more where nothing is optimised.
const MOST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 10 });

fn records() -> Records {
    let mut records = Records {
        resellers: vec![Reseller {
            id: "r".parse().unwrap(),
            name: "R".parse().unwrap(),
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        }],
        ..Records::default()
    };
    for at in 0..ENDPOINTS {
        let account = format!("acc-{}", at / USERS_OF_EACH).parse().unwrap();
        if at % USERS_OF_EACH == 0 {
            records.accounts.push(Account {
                id: account,
                reseller: "r".parse().unwrap(),
                name: "Roy et fils".parse().unwrap(),
                kind: AccountKind::Company,
                status: AccountStatus::Active,
                language: Language::Fr,
                zone: "America/Toronto".parse().unwrap(),
                records_calls: false,
                is_default: false,
            });
        }
        records.users.push(User {
            id: format!("usr-{at}").parse().unwrap(),
            account: format!("acc-{}", at / USERS_OF_EACH).parse().unwrap(),
            name: "Luc Roy".parse().unwrap(),
            extension: (at % USERS_OF_EACH + 4001).to_string().parse().unwrap(),
            number: UserNo::FIRST,
            roles: Roles::NONE,
            language: None,
            zone: None,
            has_pin: false,
        });
        records.devices.push(Device {
            id: format!("dev-{at}").parse().unwrap(),
            user: format!("usr-{at}").parse().unwrap(),
            name: "Bureau".parse().unwrap(),
        });
    }
    records
}

fn changed(plan: &Plan) -> Vec<&str> {
    let changes = plan.changes().filter(|(_, change)| **change != Change::Same);
    changes.map(|(name, _)| name).collect()
}

/// Peak of what this process has held in memory, in MiB.
fn peak_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    peak.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

/// What this thread has computed: other work on the machine does not count.
fn computed() -> Duration {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(status.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn fifty_thousand_telephones_are_rendered_and_a_change_of_one_touches_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), "evatel", "ari-secret".to_owned().into());
    let templates = Templates::built_in().unwrap();
    let secrets: Vec<DeviceSecret> = (0..ENDPOINTS)
        .map(|at| DeviceSecret {
            device: format!("dev-{at}").parse().unwrap(),
            ha1: format!("{at:032x}").into(),
        })
        .collect();
    let rendered = |records: Records| -> Rendered {
        let directory = Directory::new(records, 1).unwrap();
        let before = peak_mib();
        let began = computed();
        let files = render(&site, &directory, &secrets, &templates).unwrap();
        let (took, grew) = (computed() - began, peak_mib() - before);
        println!("{ENDPOINTS} endpoints in {took:.1?}, {grew} MiB more at the peak");
        assert!(took < MOST, "{took:?}");
        assert!(grew < 400, "{grew} MiB");
        files
    };
    let all = records();
    let files = rendered(all.clone());
    let endpoints = files["pjsip.conf"].matches("type = endpoint\n").count();
    assert_eq!(endpoints, ENDPOINTS);
    Plan::new(&site, files).unwrap().apply().unwrap();

    let mut one_renamed = all;
    one_renamed.devices[ENDPOINTS / 2].name = "Atelier".parse().unwrap();
    let began = computed();
    let plan = Plan::new(&site, rendered(one_renamed)).unwrap();
    println!(
        "planned in {:.1?}, {} MiB at the peak",
        computed() - began,
        peak_mib()
    );
    assert_eq!(changed(&plan), ["pjsip.conf"]);
    let (_, Change::Changed { diff }) = plan.changes().find(|(name, _)| *name == "pjsip.conf").unwrap()
    else {
        panic!("pjsip.conf is there already");
    };
    let lines = diff.lines().filter(|line| line.starts_with(['+', '-']));
    assert_eq!(lines.count(), 4, "{diff}");
}
