//! Which addresses are not on the public Internet, and what they are for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Says what an address is for, if it is not a host of the public Internet.
pub(super) fn reserved(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => reserved_v4(address),
        IpAddr::V6(address) => reserved_v6(address),
    }
}

fn reserved_v4(address: Ipv4Addr) -> Option<&'static str> {
    let ranges = V4.iter().find(|(net, _)| net.contains(&address));
    ranges.map(|(_, what)| *what)
}

fn reserved_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(address) = address.to_ipv4_mapped() {
        return reserved_v4(address);
    }
    if NAT64.contains(&address) {
        // RFC 6052 §2.2: the last 32 bits are the IPv4 address that it leads to.
        let [.., a, b, c, d] = address.octets();
        return reserved_v4(Ipv4Addr::new(a, b, c, d));
    }
    if !GLOBAL.contains(&address) {
        return Some(
            V6_ELSEWHERE
                .iter()
                .find(|(net, _)| net.contains(&address))
                .map_or("no public address", |(_, what)| *what),
        );
    }
    let ranges = V6_GLOBAL.iter().find(|(net, _)| net.contains(&address));
    ranges.map(|(_, what)| *what)
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// The IANA IPv4 Special-Purpose Address Registry, multicast, and the addresses at which clouds give their machines' secrets away.
const V4: [(Ipv4Net, &str); 18] = [
    (v4(168, 63, 129, 16, 32), "a metadata address"),
    (v4(169, 254, 169, 254, 32), "a metadata address"),
    (v4(100, 100, 100, 200, 32), "a metadata address"),
    (v4(0, 0, 0, 0, 8), "this network"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "shared by a carrier"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(169, 254, 0, 0, 16), "link-local"),
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "for documentation"),
    (v4(192, 88, 99, 0, 24), "of an old tunnel"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(198, 18, 0, 0, 15), "for benchmarks"),
    (v4(198, 51, 100, 0, 24), "for documentation"),
    (v4(203, 0, 113, 0, 24), "for documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved or broadcast"),
];

/// RFC 4291 §2.4: the only unicast addresses that were ever given out on the Internet.
const GLOBAL: Ipv6Net = v6(0x2000, 0, 0, 3);

/// RFC 6052: the well-known prefix; what it leads to is decided by the IPv4 address in it.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// What is in [`GLOBAL`] and no host of the Internet: the IANA IPv6 Special-Purpose Address Registry. Tunnels may lead anywhere.
const V6_GLOBAL: [(Ipv6Net, &str); 4] = [
    (v6(0x2001, 0, 0, 23), "reserved for protocols"),
    (v6(0x2001, 0xdb8, 0, 32), "for documentation"),
    (v6(0x2002, 0, 0, 16), "of an old tunnel"),
    (v6(0x3fff, 0, 0, 20), "for documentation"),
];

/// What is outside [`GLOBAL`], where it has a name.
const V6_ELSEWHERE: [(Ipv6Net, &str); 6] = [
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "loopback"),
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), "unspecified"),
    (v6(0xfc00, 0, 0, 7), "private"),
    (v6(0xfe80, 0, 0, 10), "link-local"),
    (v6(0xfec0, 0, 0, 10), "private"),
    (v6(0xff00, 0, 0, 8), "multicast"),
];
