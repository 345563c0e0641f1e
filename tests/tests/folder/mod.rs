//! An Asterisk with one trunk and one device, on ports of its own.

use std::{fs, net::SocketAddr, path::Path};

use evatel_tests::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::{ASTERISK_IP, CARRIER_IP, Lease},
    sipp::{Behaviour, Carrier, Phone},
};
use tempfile::TempDir;

pub(crate) const DEVICE: &str = "dev-1";
const PASSWORD: &str = "a password of the tests";

/// The server, and the carrier at the other end of its trunk.
pub(crate) struct Exchange {
    pub(crate) asterisk: Asterisk,
    pub(crate) server: SocketAddr,
    pub(crate) carrier: Carrier,
    _folder: TempDir,
    _ports: Lease,
}

impl Exchange {
    pub(crate) async fn start() -> Self {
        let mut ports = Lease::new(60).unwrap();
        let folder = TempDir::with_prefix("ev-").unwrap();
        let http_port = ports.port().unwrap();
        let server = SocketAddr::new(ASTERISK_IP, ports.port().unwrap());
        let trunk = SocketAddr::new(CARRIER_IP, ports.port().unwrap());
        let rtp = ports.rtp(50).unwrap();
        let etc = folder.path().join("etc");
        for name in ["etc", "lib", "db", "cache", "spool", "run", "log"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let write = |name: &str, text: String| fs::write(etc.join(name), text).unwrap();
        write("asterisk.conf", asterisk_conf(folder.path()));
        write("modules.conf", MODULES.to_owned());
        write(
            "http.conf",
            format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http_port}\n"),
        );
        write(
            "ari.conf",
            "[general]\nenabled=yes\n[harness]\ntype=user\npassword=secret\n".to_owned(),
        );
        write(
            "rtp.conf",
            format!("[general]\nrtpstart={}\nrtpend={}\n", rtp.start(), rtp.end()),
        );
        write(
            "logger.conf",
            "[logfiles]\nfull => notice,warning,error,verbose\n".to_owned(),
        );
        write("extensions.conf", EXTENSIONS.to_owned());
        write("pjsip.conf", pjsip_conf(server, trunk));
        let door = AriDoor {
            http_port,
            user: "harness".to_owned(),
            password: "secret".to_owned(),
        };
        let asterisk = Asterisk::start(&etc, door).await.unwrap();
        let carrier = Carrier::start(server, trunk.port()).await.unwrap();
        Self {
            asterisk,
            server,
            carrier,
            _folder: folder,
            _ports: ports,
        }
    }

    pub(crate) async fn phone(&self, behaviour: Behaviour) -> Phone {
        Phone::register(self.server, DEVICE, PASSWORD, behaviour)
            .await
            .unwrap()
    }
}

fn asterisk_conf(root: &Path) -> String {
    let root = root.display();
    format!(
        "[directories]\n{}\nastetcdir => {root}/etc\nastvarlibdir => {root}/lib\nastdbdir => {root}/db\nastkeydir => {root}/lib\n\
         astagidir => {root}/lib\nastcachedir => {root}/cache\nastspooldir => {root}/spool\nastrundir => {root}/run\n\
         astlogdir => {root}/log\n[options]\nverbose = 3\n",
        directories().unwrap()
    )
}

fn pjsip_conf(server: SocketAddr, trunk: SocketAddr) -> String {
    let endpoint = "disallow=all\nallow=ulaw\ndirect_media=no\nrtp_symmetric=yes\n";
    format!(
        "[udp]\ntype=transport\nprotocol=udp\nbind={server}\n\
         [trunk]\ntype=endpoint\ncontext=from-trunk\naors=trunk\n{endpoint}\
         [trunk]\ntype=aor\ncontact=sip:{trunk}\n\
         [trunk]\ntype=identify\nendpoint=trunk\nmatch={}\n\
         [{DEVICE}]\ntype=endpoint\ncontext=from-phone\naors={DEVICE}\nauth={DEVICE}\nrewrite_contact=yes\n{endpoint}\
         [{DEVICE}]\ntype=auth\nauth_type=userpass\nusername={DEVICE}\npassword={PASSWORD}\n\
         [{DEVICE}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n",
        trunk.ip()
    )
}

const MODULES: &str = "[modules]\nautoload=yes\nnoload=chan_iax2.so\nnoload=res_odbc.so\nnoload=func_odbc.so\n\
                       noload=app_voicemail_imap.so\nnoload=app_voicemail_odbc.so\n";

/// `#` leaves Echo; 21 is what the caller is then told.
const EXTENSIONS: &str = "\
[from-trunk]
exten => 100,1,Answer()
 same => n,Echo()
 same => n,Hangup(21)
exten => 200,1,Dial(PJSIP/dev-1,30)
 same => n,Hangup(${HANGUPCAUSE})
[from-phone]
exten => _X.,1,Dial(PJSIP/${EXTEN}@trunk,30)
 same => n,Hangup(${HANGUPCAUSE})
";
