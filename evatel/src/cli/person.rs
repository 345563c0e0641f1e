//! Who runs the command line: the user of the operating system.

use std::fs;

use evatel_core::name::Name;

/// Gives his name: that of his number in the user database, else the number. The environment could say anything.
pub(super) fn os_user() -> Name {
    let uid = rustix::process::getuid().as_raw();
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&passwd, uid).unwrap_or_else(|| {
        let name = format!("uid-{uid}").parse();
        name.unwrap_or_else(|_| unreachable!("letters and digits on one line are a name"))
    })
}

/// Finds a number in lines of passwd(5).
fn name_in(passwd: &str, uid: u32) -> Option<Name> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_by_his_number() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n# x\nluc:x:1000:1000:Luc:/home/luc:/bin/sh\n";
        assert_eq!(name_in(passwd, 1000).unwrap().as_str(), "luc");
        assert_eq!(name_in(passwd, 1001), None);
    }
}
