//! What is rendered from a small directory, and what becomes of a folder.

#![expect(clippy::unwrap_used, reason = "what cannot be read here fails the test")]

use evatel_core::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    device::Device,
    did::{Did, DidTarget},
    directory::{Directory, Records},
    emergency::EmergencyPlace,
    number::NumberFormat,
    trunk::Trunk,
};
use evatel_provision::{Change, DeviceSecret, Plan, PlanError, Reload, Rendered, Site, Templates, render};

fn records() -> Records {
    let user = |id: &str, extension: &str| User {
        id: id.parse().unwrap(),
        account: "acc".parse().unwrap(),
        name: "Luc".parse().unwrap(),
        extension: extension.parse().unwrap(),
        number: UserNo::FIRST,
        roles: Roles::NONE,
        language: None,
        zone: None,
        has_pin: false,
    };
    let device = |id: &str, user: &str| Device {
        id: id.parse().unwrap(),
        user: user.parse().unwrap(),
        name: "Bureau".parse().unwrap(),
    };
    Records {
        resellers: vec![Reseller {
            id: "r".parse().unwrap(),
            name: "R".parse().unwrap(),
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        }],
        accounts: vec![Account {
            id: "acc".parse().unwrap(),
            reseller: "r".parse().unwrap(),
            name: "Luc".parse().unwrap(),
            kind: AccountKind::Professional,
            status: AccountStatus::Active,
            language: Language::Fr,
            zone: "America/Toronto".parse().unwrap(),
            records_calls: false,
            is_default: true,
        }],
        users: vec![user("luc", "101"), user("eve", "102")],
        devices: vec![device("dev-a", "luc"), device("dev-b", "eve")],
        trunks: vec![Trunk {
            id: "trk-x".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.10:5070".parse().unwrap(),
            format: NumberFormat::National10,
        }],
        dids: vec![Did {
            id: "did-1".parse().unwrap(),
            number: "+15145550199".parse().unwrap(),
            trunk: "trk-x".parse().unwrap(),
            account: "acc".parse().unwrap(),
            target: DidTarget::SmartNumber {
                user: "luc".parse().unwrap(),
            },
        }],
        emergency_places: vec![EmergencyPlace {
            account: "acc".parse().unwrap(),
            street: "1 rue Un".parse().unwrap(),
            city: "Montréal".parse().unwrap(),
            province: "QC".parse().unwrap(),
            callback: "+15145550199".parse().unwrap(),
            trunk: "trk-x".parse().unwrap(),
        }],
        ..Records::default()
    }
}

fn secrets() -> Vec<DeviceSecret> {
    let secret = |device: &str, ha1: &str| DeviceSecret {
        device: device.parse().unwrap(),
        ha1: ha1.to_owned().into(),
    };
    vec![secret("dev-b", "bbbb"), secret("dev-a", "aaaa")]
}

fn rendered(root: &std::path::Path, records: Records) -> (Site, Rendered) {
    let site = Site::new(root, "evatel", "ari-secret".to_owned().into());
    let directory = Directory::new(records, 1).unwrap();
    let files = render(&site, &directory, &secrets(), &Templates::built_in().unwrap()).unwrap();
    (site, files)
}

#[test]
fn the_same_rows_make_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let mut shuffled = records();
    shuffled.devices.reverse();
    shuffled.users.reverse();
    assert_eq!(
        rendered(root.path(), records()).1,
        rendered(root.path(), shuffled).1
    );
}

#[test]
fn a_did_rings_its_device_in_every_form_in_which_it_may_be_called() {
    let (_, files) = rendered(std::path::Path::new("/x"), records());
    for form in ["+15145550199", "15145550199", "5145550199"] {
        let rule = format!("exten => {form},1,Set(TIMEOUT(absolute)=0)\n same => n,Dial(PJSIP/dev-a,25)\n");
        assert!(
            files["evatel-dids.conf"].contains(&rule),
            "{form} in {}",
            files["evatel-dids.conf"]
        );
    }
}

#[test]
fn emergency_and_own_extensions_work_without_the_daemon_and_nothing_else_does() {
    let (_, files) = rendered(std::path::Path::new("/x"), records());
    let accounts = &files["evatel-accounts.conf"];
    for rule in [
        "exten => 102,1,",
        "exten => 911,1,",
        "Dial(PJSIP/911@trk-x)",
        "Dial(PJSIP/988@trk-x)",
        "include => evatel-away",
    ] {
        assert!(accounts.contains(rule), "{rule} in {accounts}");
    }
    let mut without_place = records();
    without_place.emergency_places.clear();
    let (_, files) = rendered(std::path::Path::new("/x"), without_place);
    assert!(files["evatel-accounts.conf"].contains("Dial(PJSIP/911@trk-x)"));
}

#[test]
fn a_device_is_known_by_its_digest_and_a_trunk_by_its_address() {
    let (_, files) = rendered(std::path::Path::new("/x"), records());
    let pjsip = &files["pjsip.conf"];
    assert!(
        pjsip.contains("md5_cred = aaaa") && pjsip.contains("match = 192.0.2.10\n"),
        "{pjsip}"
    );
    assert!(!pjsip.contains("[anonymous]"));
}

#[test]
fn asterisk_brings_the_sound_to_the_port_of_each_and_learns_another_without_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let (mut site, files) = rendered(root.path(), records());
    let clients = &files["websocket_client.conf"];
    for (section, uri) in [
        ("[evatel]", "ws://127.0.0.1:9086/media"),
        ("[evatel_doctor]", "ws://127.0.0.1:9087/media"),
    ] {
        let (_, rest) = clients.split_once(&format!("{section}\n")).unwrap();
        let body = rest.split('[').next().unwrap();
        assert!(body.contains(&format!("uri = {uri}\n")), "{section} in {clients}");
    }
    Plan::new(&site, files).unwrap().apply().unwrap();

    site.media_port = 7000;
    let directory = Directory::new(records(), 1).unwrap();
    let files = render(&site, &directory, &secrets(), &Templates::built_in().unwrap()).unwrap();
    let reloads = Plan::new(&site, files).unwrap().reloads();
    let modules: Vec<_> = reloads.into_iter().map(Reload::module).collect();
    assert_eq!(modules, [Some("res_websocket_client.so")]);
}

#[test]
fn g722_is_allowed_last_where_somebody_hears_it_and_nowhere_else() {
    let allowed = |wideband| {
        let mut site = Site::new("/x", "evatel", "p".to_owned().into());
        site.wideband = wideband;
        let directory = Directory::new(records(), 1).unwrap();
        let files = render(&site, &directory, &secrets(), &Templates::built_in().unwrap()).unwrap();
        let lines = files["pjsip.conf"].lines();
        let allowed: Vec<String> = lines
            .filter(|line| line.starts_with("allow ="))
            .map(str::to_owned)
            .collect();
        allowed
    };
    let (narrow, wide) = (allowed(false), allowed(true));
    assert!(
        !narrow.is_empty() && narrow.iter().all(|line| line == "allow = ulaw,alaw"),
        "{narrow:?}"
    );
    assert!(
        wide.iter().all(|line| line == "allow = ulaw,alaw,g722"),
        "{wide:?}"
    );
}

#[test]
fn nobody_passes_for_a_trunk_by_writing_its_id_into_from() {
    let (_, files) = rendered(std::path::Path::new("/x"), records());
    let sections = files["pjsip.conf"].split("\n[");
    let open: Vec<_> = sections
        .filter(|section| section.contains("type = endpoint\n") && !section.contains("\nauth = "))
        .collect();
    assert!(!open.is_empty());
    for endpoint in open {
        assert!(endpoint.contains("\nidentify_by = ip\n"), "{endpoint}");
    }
}

#[test]
fn a_hostile_site_value_is_refused_with_the_character() {
    let mut site = Site::new("/x", "evatel", "pass\n#exec".to_owned().into());
    let directory = Directory::new(records(), 1).unwrap();
    let templates = Templates::built_in().unwrap();
    let error = render(&site, &directory, &secrets(), &templates)
        .unwrap_err()
        .to_string();
    assert!(error.contains("'\\n'"), "{error}");
    site = Site::new("/x", "evatel&PJSIP/x", "p".to_owned().into());
    assert!(render(&site, &directory, &secrets(), &templates).is_err());
}

#[test]
fn a_plan_shows_only_what_changes_without_secrets_and_apply_leaves_nothing_to_do() {
    let root = tempfile::tempdir().unwrap();
    let (site, files) = rendered(root.path(), records());
    let plan = Plan::new(&site, files).unwrap();
    assert!(plan.changes().all(|(_, change)| *change == Change::New));
    plan.apply().unwrap();

    let mut fewer = records();
    fewer.devices.truncate(1);
    let (site, files) = rendered(root.path(), fewer);
    let plan = Plan::new(&site, files.clone()).unwrap();
    let changed: Vec<_> = plan
        .changes()
        .filter(|(_, change)| **change != Change::Same)
        .map(|(name, _)| name)
        .collect();
    assert_eq!(changed, ["evatel-accounts.conf", "pjsip.conf"]);
    assert_eq!(
        plan.reloads().into_iter().collect::<Vec<_>>(),
        [Reload::Dialplan, Reload::Pjsip]
    );
    let shown = format!("{:?}", plan.changes().collect::<Vec<_>>());
    assert!(
        !shown.contains("bbbb") && shown.contains("md5_cred =(hidden)"),
        "{shown}"
    );
    plan.apply().unwrap();
    assert!(Plan::new(&site, files).unwrap().reloads().is_empty());
}

#[test]
fn a_folder_that_somebody_else_wrote_is_refused() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("etc")).unwrap();
    std::fs::write(root.path().join("etc/sip.conf"), "[general]\n").unwrap();
    let (site, files) = rendered(root.path(), records());
    assert!(matches!(Plan::new(&site, files), Err(PlanError::Foreign { file, .. }) if file == "sip.conf"));
}

#[test]
fn a_template_of_ones_own_replaces_the_built_in_one_file_by_file() {
    let own = tempfile::tempdir().unwrap();
    std::fs::write(own.path().join("cdr.conf.hbs"), "; mine {{site.app}}\n").unwrap();
    let site = Site::new("/x", "evatel", "p".to_owned().into());
    let directory = Directory::new(records(), 1).unwrap();
    let templates = Templates::with_overrides(own.path()).unwrap();
    let files = render(&site, &directory, &secrets(), &templates).unwrap();
    assert_eq!(files["cdr.conf"], "; mine evatel\n");
    assert!(files["rtp.conf"].contains("rtpstart = 10000"));
}
