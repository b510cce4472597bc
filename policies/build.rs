//! Trains the intent model from the phrases beside this file.

#[path = "train/mod.rs"]
mod train;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use steward_core::ask::understand::Phrase;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=phrases");
    println!("cargo::rerun-if-changed=train");
    let folder = Path::new("phrases");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "phrases"))
        .collect();
    files.sort();
    let mut phrases = Vec::new();
    let mut list = String::from("&[\n");
    for path in &files {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        phrases.extend(Phrase::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?);
        writeln!(list, "include_str!({:?}),", fs::canonicalize(path)?.display().to_string())?;
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo did not say where to write (OUT_DIR)")?);
    fs::write(out.join("intent.model"), train::train(&phrases, &train::Settings::default()))?;
    fs::write(out.join("files.rs"), list)?;
    Ok(())
}
