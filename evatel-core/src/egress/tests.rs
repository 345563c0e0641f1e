use super::*;

fn policy(listed: &[&str]) -> Arc<EgressPolicy> {
    Arc::new(EgressPolicy::new(listed.iter().map(|text| text.parse().unwrap())))
}

/// What is refused, as `what` of an address.
fn refused_as(url: &str) -> Option<&'static str> {
    match policy(&[]).check(url) {
        Err(Refused::Address { what, .. }) => Some(what),
        _ => None,
    }
}

#[test]
fn an_address_that_is_not_public_is_refused_however_it_is_written() {
    for (url, what) in [
        ("https://127.0.0.1/v1", "loopback"),
        ("https://127.1/", "loopback"),
        ("https://127.8.9.10/", "loopback"),
        ("https://2130706433/", "loopback"),
        ("https://0x7f000001/", "loopback"),
        ("https://0x7f.1/", "loopback"),
        ("https://0177.0.0.1/", "loopback"),
        ("https://127.0.0.1./", "loopback"),
        ("https://%31%32%37.0.0.1/", "loopback"),
        ("https://①②⑦.⓪.⓪.①/", "loopback"),
        ("https://127。0。0。1/", "loopback"),
        ("https://localhost/", "loopback"),
        ("https://LOCALHOST./", "loopback"),
        ("https://api.localhost/", "loopback"),
        ("https:\\\\127.0.0.1\\v1", "loopback"),
        ("https:127.0.0.1", "loopback"),
        ("  https://127.0.0.1", "loopback"),
        ("ht\ttps://127.0.0.1", "loopback"),
        ("https://0/", "this network"),
        ("https://0.0.0.0/", "this network"),
        ("https://10.0.0.8/", "private"),
        ("https://172.31.255.255/", "private"),
        ("https://192.168.1.1/", "private"),
        ("https://100.64.0.1/", "shared by a carrier"),
        ("https://169.254.1.1/", "link-local"),
        ("https://169.254.169.254/latest/meta-data/", "a metadata address"),
        ("https://2852039166/", "a metadata address"),
        ("https://168.63.129.16/", "a metadata address"),
        ("https://100.100.100.200/", "a metadata address"),
        ("https://192.0.0.192/", "reserved for protocols"),
        ("https://198.19.0.1/", "for benchmarks"),
        ("https://224.0.0.1/", "multicast"),
        ("https://255.255.255.255/", "reserved or broadcast"),
        ("https://[::]/", "unspecified"),
        ("https://[::1]/", "loopback"),
        ("https://[0:0:0:0:0:0:0:1]:8443/", "loopback"),
        ("https://[::ffff:127.0.0.1]/", "loopback"),
        ("https://[::ffff:a9fe:a9fe]/", "a metadata address"),
        ("https://[::127.0.0.1]/", "no public address"),
        ("https://[64:ff9b::7f00:1]/", "loopback"),
        ("https://[64:ff9b::a9fe:a9fe]/", "a metadata address"),
        ("https://[64:ff9b:1::1]/", "no public address"),
        ("https://[2002:7f00:1::]/", "of an old tunnel"),
        ("https://[2001:0:7f00:1::]/", "reserved for protocols"),
        ("https://[2001:db8::1]/", "for documentation"),
        ("https://[fd00:ec2::254]/", "private"),
        ("https://[fe80::1]/", "link-local"),
        ("https://[fec0::1]/", "private"),
        ("https://[ff02::1]/", "multicast"),
        ("https://[5f00::1]/", "no public address"),
    ] {
        assert_eq!(refused_as(url), Some(what), "{url}: {:?}", policy(&[]).check(url));
    }
}

#[test]
fn the_address_that_a_name_resolves_to_is_refused_as_if_it_stood_there() {
    let url = policy(&[]).check("https://llm.example/v1").unwrap();
    for (address, passes) in [
        ("93.184.215.14", true),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true),
        ("127.0.0.1", false),
        ("::ffff:10.0.0.1", false),
        ("64:ff9b::5db8:d70e", true),
        ("64:ff9b::a00:1", false),
        ("fd12:3456::1", false),
        ("169.254.169.254", false),
    ] {
        assert_eq!(url.check(address.parse().unwrap()).is_ok(), passes, "{address}");
    }
    let (public, private) = ("93.184.215.14".parse().unwrap(), "10.0.0.1".parse().unwrap());
    assert!(matches!(
        url.check_all([public, private]),
        Err(Refused::Address { .. })
    ));
    assert_eq!(
        url.check_all([public]).unwrap(),
        ["93.184.215.14:443".parse().unwrap()]
    );
    assert!(matches!(url.check_all([]), Err(Refused::NoAddress { host }) if host == "llm.example"));
}

#[test]
fn what_the_operator_lists_is_open_on_that_port_and_may_be_http() {
    let policy = policy(&["127.0.0.1:11434", "10.1.2.0/24", "[::1]:8080", "fd00::7"]);
    for (url, passes) in [
        ("http://127.0.0.1:11434/v1", true),
        ("http://localhost:11434/v1", true),
        ("http://[::ffff:127.0.0.1]:11434/v1", true),
        ("http://127.0.0.1:11435/v1", false),
        ("http://127.0.0.2:11434/v1", false),
        ("http://10.1.2.200/v1", true),
        ("https://10.1.2.200:9/v1", true),
        ("http://10.1.3.1/v1", false),
        ("http://[::1]:8080/v1", true),
        ("http://[::1]/v1", false),
        ("http://[fd00::7]/v1", true),
    ] {
        assert_eq!(
            policy.check(url).is_ok(),
            passes,
            "{url}: {:?}",
            policy.check(url)
        );
    }
}

#[test]
fn plain_http_goes_only_to_what_the_operator_lists() {
    assert!(matches!(
        policy(&[]).check("http://93.184.215.14/v1"),
        Err(Refused::Plain { .. })
    ));
    let by_name = policy(&["10.1.2.0/24"]).check("http://llm.example/v1").unwrap();
    assert!(matches!(
        by_name.check("93.184.215.14".parse().unwrap()),
        Err(Refused::Plain { .. })
    ));
    assert_eq!(by_name.check("10.1.2.3".parse().unwrap()), Ok(()));
}

#[test]
fn what_is_no_plain_url_of_the_web_is_refused_and_no_secret_is_shown() {
    let long = format!("https://api.example/{}", "a".repeat(LONGEST_URL));
    for url in [
        "",
        "api.example/v1",
        "//api.example/v1",
        "https://",
        "https://?x",
        "https://user:hunter2@api.example/",
        "https://hunter2@api.example/",
        "https://api.example\\@127.0.0.1/#hunter2",
        "https://api.example/#hunter2",
        "https://api.example:0/",
        "https://api.example:99999/",
        "https://a b/",
        "https://[::1%25eth0]/",
        "https://1.2.3.4.5/",
        "https://256.0.0.1/",
        "ftp://api.example/hunter2",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_hunter2",
        "unix:/run/docker.sock",
        "data:text/plain,hunter2",
        "javascript:alert(1)",
        &long,
    ] {
        let refused = policy(&[]).check(url).expect_err(url).to_string();
        assert!(!refused.contains("hunter2"), "{url}: {refused}");
    }
}

#[test]
fn a_public_url_passes_and_is_shown_without_its_path() {
    let url = policy(&[])
        .check("https://api.example/v1/sk-hunter2?key=hunter2")
        .unwrap();
    assert_eq!(url.to_string(), "https://api.example:443");
    assert_eq!(format!("{url:?}"), "CheckedUrl(https://api.example:443)");
    assert_eq!(url.as_url().path(), "/v1/sk-hunter2");
    assert!(policy(&[]).check("https://93.184.215.14:8443/v1").is_ok());
}

#[test]
fn what_lists_no_address_is_refused_with_examples() {
    for text in [
        "",
        "localhost",
        "10.0.0.0/33",
        "127.0.0.1:0",
        "127.0.0.1:x",
        "api.example",
        "::1:8080:x",
        "*",
    ] {
        let error = text.parse::<Listed>().expect_err(text);
        assert!(error.to_string().contains("10.1.2.0/24"), "{error}");
    }
}

#[test]
fn where_a_server_sends_on_to_is_held_to_the_same_policy() {
    let policy = Arc::new(EgressPolicy::new(["10.1.2.3:8080".parse().unwrap()]));
    let from = policy.check("https://models.example/a/b.tar.gz?token=1").unwrap();
    for (location, to) in [
        ("/c.tar.gz#top", "https://models.example/c.tar.gz"),
        ("d.tar.gz", "https://models.example/a/d.tar.gz"),
        ("//other.example/e", "https://other.example/e"),
        ("http://10.1.2.3:8080/f", "http://10.1.2.3:8080/f"),
    ] {
        assert_eq!(from.join(location).unwrap().as_url().as_str(), to);
    }
    for (location, refused) in [
        ("http://10.1.2.3/f", "private"),
        ("file:///etc/passwd", "no way out"),
        ("https://user:secret@other.example/", "user or a password"),
        ("http://127.0.0.1/", "lists `127.0.0.1:80`"),
        ("http://[", "no URL"),
    ] {
        let said = from.join(location).unwrap_err().to_string();
        assert!(said.contains(refused), "{location}: {said}");
    }
}
