//! Where the file lies. SQLite's locks and its log need a disk of this machine: over a network, two servers that both hold
//! "the" lock write over each other (sqlite.org/useovernet.html).

use std::path::Path;

/// What Linux calls file systems of other machines (statfs(2), linux/magic.h), and those of programs, behind which
/// another machine may stand.
#[cfg(any(target_os = "linux", test))]
const NETWORKS: [(u64, &str); 10] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
];

/// The network file system of this kind; none if it is none.
#[cfg(any(target_os = "linux", test))]
fn network_of_kind(kind: u64) -> Option<&'static str> {
    NETWORKS.iter().find(|(magic, _)| *magic == kind).map(|(_, name)| *name)
}

/// The network file system that this folder lies on; none if it is none, or can not be told.
#[cfg(target_os = "linux")]
pub(crate) fn network(folder: &Path) -> Option<&'static str> {
    // Signed on some machines, where the upper half is of no meaning.
    let kind = rustix::fs::statfs(folder).ok()?.f_type.to_ne_bytes();
    let mut low = [0; 4];
    low.copy_from_slice(if cfg!(target_endian = "little") {
        &kind[..4]
    } else {
        &kind[kind.len() - 4..]
    });
    network_of_kind(u64::from(u32::from_ne_bytes(low)))
}

/// Elsewhere it can not be told.
#[cfg(not(target_os = "linux"))]
pub(crate) fn network(_: &Path) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mu_10_a_file_system_of_another_machine_is_known_by_its_kind() {
        for (kind, name) in NETWORKS {
            assert_eq!(network_of_kind(kind), Some(name));
        }
        // ext4, XFS, Btrfs, tmpfs, overlayfs, ZFS.
        for kind in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630, 0x2FC1_2FC1] {
            assert_eq!(network_of_kind(kind), None, "{kind:x}");
        }
    }

    #[test]
    fn mu_10_a_disk_of_this_machine_is_none() {
        assert_eq!(network(Path::new("/proc")), None);
        assert_eq!(network(Path::new("/not/there")), None);
    }
}
