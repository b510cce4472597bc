//! An image with nothing but busybox in it, made without a registry.

use std::path::Path;

use tar::{Builder, EntryType, Header};

use crate::client::Client;

/// Where a statically linked busybox is found (Debian: package busybox-static).
const BUSYBOX: [&str; 3] = ["/bin/busybox", "/usr/bin/busybox", "/bin/busybox.static"];

/// Imports the image under this name, as `docker import` does.
pub(crate) fn import(client: &Client, name: &str) {
    let (repository, tag) = name.split_once(':').unwrap_or((name, "latest"));
    let target = format!("/images/create?fromSrc=-&repo={repository}&tag={tag}");
    let reply = client.ask("POST", &target, "application/x-tar", &root());
    let failed = reply.json_lines().iter().any(|line| line.get("error").is_some());
    assert!(reply.status == 200 && !failed, "importing {name}: {} {}", reply.status, reply.text());
}

fn root() -> Vec<u8> {
    let busybox = BUSYBOX.iter().find_map(|path| std::fs::read(path).ok());
    let busybox = busybox.unwrap_or_else(|| {
        panic!(
            "no busybox at {}: the scene needs one, statically linked (package busybox-static)",
            BUSYBOX.join(", ")
        )
    });
    let mut tar = Builder::new(Vec::new());
    add(&mut tar, "bin/", EntryType::Directory, 0o755, &[]);
    add(&mut tar, "tmp/", EntryType::Directory, 0o1777, &[]);
    add(&mut tar, "bin/busybox", EntryType::Regular, 0o755, &busybox);
    let mut link = Header::new_gnu();
    link.set_entry_type(EntryType::Symlink);
    link.set_mode(0o777);
    link.set_size(0);
    tar.append_link(&mut link, "bin/sh", "busybox").expect("a link in a tar in memory");
    tar.into_inner().expect("a tar in memory")
}

fn add(tar: &mut Builder<Vec<u8>>, path: &str, kind: EntryType, mode: u32, bytes: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(bytes.len() as u64);
    tar.append_data(&mut header, Path::new(path), bytes).expect("an entry in a tar in memory");
}
