//! Loopback addresses and ports that no other test, in this process or another, holds at the same time.

use std::{
    fs::{File, OpenOptions, TryLockError, create_dir_all},
    net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket},
    ops::RangeInclusive,
    process,
    sync::atomic::{AtomicU16, Ordering},
};

use anyhow::{Context, Result, bail, ensure};

/// Where a harness's own Asterisk listens.
pub const ASTERISK_IP: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
/// The carrier at the other end of the trunk; Asterisk knows it by this address.
pub const CARRIER_IP: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// Phones, which Asterisk knows by their digest.
pub const PHONE_IP: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
/// A peer that Asterisk must not know.
pub const STRANGER_IP: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));

/// Consecutive ports, held by lock files until this is dropped.
#[derive(Debug)]
pub struct Lease {
    next: u16,
    end: u16,
    _locks: Vec<File>,
}

impl Lease {
    /// Leases `count` consecutive ports, 1 to 2,000, each free for UDP and TCP on every loopback address.
    pub fn new(count: u16) -> Result<Self> {
        ensure!(
            (1..=2_000).contains(&count),
            "a lease of {count} ports was asked for, 1 to 2000 can be had"
        );
        let wanted = count.div_ceil(BLOCK);
        let folder = std::env::temp_dir().join("evatel-test-ports");
        create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        // Processes begin at different places, so that they seldom try the same lock.
        let begin = (process::id() as u16)
            .wrapping_mul(17)
            .wrapping_add(TURN.fetch_add(1, Ordering::Relaxed));
        for step in 0..BLOCKS {
            let first = (begin % BLOCKS + step) % BLOCKS;
            if first + wanted > BLOCKS {
                continue;
            }
            let mut locks = Vec::new();
            for block in first..first + wanted {
                let path = folder.join(format!("{}.lock", FIRST + block * BLOCK));
                let file = OpenOptions::new()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(&path)
                    .with_context(|| format!("cannot open `{}`", path.display()))?;
                match file.try_lock() {
                    Ok(()) if is_free(block) => locks.push(file),
                    Ok(()) | Err(TryLockError::WouldBlock) => break,
                    Err(TryLockError::Error(error)) => {
                        return Err(error).with_context(|| format!("cannot lock `{}`", path.display()));
                    }
                }
            }
            if locks.len() == usize::from(wanted) {
                let next = FIRST + first * BLOCK;
                return Ok(Self {
                    next,
                    end: next + count,
                    _locks: locks,
                });
            }
        }
        bail!(
            "no {count} consecutive ports are free between {FIRST} and {}",
            FIRST + BLOCKS * BLOCK
        )
    }

    /// Takes the next port of the lease.
    pub fn port(&mut self) -> Result<u16> {
        Ok(*self.range(1)?.start())
    }

    /// Takes the next `count` ports of the lease, for RTP: the first is even.
    pub fn rtp(&mut self, count: u16) -> Result<RangeInclusive<u16>> {
        self.next += self.next % 2;
        self.range(count)
    }

    fn range(&mut self, count: u16) -> Result<RangeInclusive<u16>> {
        let first = self.next;
        ensure!(first + count <= self.end, "the lease has no {count} ports left");
        self.next += count;
        Ok(first..=first + count - 1)
    }
}

fn is_free(block: u16) -> bool {
    (0..BLOCK).all(|offset| {
        let address = (Ipv4Addr::UNSPECIFIED, FIRST + block * BLOCK + offset);
        UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok()
    })
}

static TURN: AtomicU16 = AtomicU16::new(0);
/// Below the range from which Linux takes ephemeral ports (32768).
const FIRST: u16 = 20_000;
const BLOCK: u16 = 10;
const BLOCKS: u16 = 1200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_leases_share_no_port() {
        let mut one = Lease::new(25).unwrap();
        let mut two = Lease::new(25).unwrap();
        let one = one.rtp(24).unwrap();
        let two = two.rtp(24).unwrap();
        assert!(
            one.end() < two.start() || two.end() < one.start(),
            "{one:?} {two:?}"
        );
    }

    #[test]
    fn a_lease_gives_no_more_than_was_asked_for() {
        let mut lease = Lease::new(2).unwrap();
        let first = lease.port().unwrap();
        assert_eq!(lease.port().unwrap(), first + 1);
        assert!(lease.port().is_err());
    }

    #[test]
    fn rtp_ranges_begin_at_an_even_port() {
        let mut lease = Lease::new(20).unwrap();
        lease.port().unwrap();
        assert_eq!(lease.rtp(10).unwrap().start() % 2, 0);
    }
}
