//! One `run` per data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// Held as long as the value lives; the kernel frees it however the program ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

pub fn take(data_dir: &Path) -> Result<Lock, String> {
    let path = data_dir.join("steward.lock");
    let failed = |error: std::io::Error| format!("{} cannot be used: {error}", path.display());
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            drop(Read::take(&mut file, 16).read_to_string(&mut pid));
            return Err(format!(
                "another `steward run` (process {}) uses {}",
                pid.trim(),
                data_dir.display()
            ));
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(failed)?;
    Ok(Lock { _file: file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_is_told_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let held = take(dir.path()).unwrap();
        let error = take(dir.path()).unwrap_err();
        assert!(error.contains(&std::process::id().to_string()), "{error}");
        drop(held);
        take(dir.path()).unwrap();
    }
}
