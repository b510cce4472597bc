//! How the terminal's person is called in prompts and histories.

use std::path::{Path, PathBuf};

/// Where the lines typed in the console are kept, readable by their writer only.
pub(super) fn history_file(data_dir: &Path, uid: u32) -> PathBuf {
    data_dir.join(format!("history.{uid}"))
}
