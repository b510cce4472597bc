//! The shape of the house: who depends on whom, what is reachable, what the documents promise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn metadata() -> Value {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(root());
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// The members of the workspace that each member needs when it is built for use: not for its tests.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let needs = |package: &Value| {
        let of_use = package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"] != "dev");
        let names = of_use.map(|d| d["name"].as_str().unwrap().to_owned());
        names.filter(|name| name.starts_with("steward")).collect()
    };
    packages.iter().map(|p| (p["name"].as_str().unwrap().to_owned(), needs(p))).collect()
}

#[test]
fn dependencies_point_inwards() {
    let edges = edges();
    let expect = |name: &str, needs: &[&str]| {
        let found: Vec<&str> = edges[name].iter().map(String::as_str).collect();
        assert_eq!(found, needs, "{name}");
    };
    expect("steward-core", &[]);
    expect("steward-policies", &["steward-core"]);
    expect("steward-sources", &["steward-core"]);
    expect("steward-store", &["steward-core"]);
    expect("steward-testkit", &[]);
    expect("steward", &["steward-core", "steward-policies", "steward-sources", "steward-store"]);
    assert_eq!(edges.len(), 6, "a new member has its place in this test: {edges:?}");
}

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root(), &mut found);
    found.sort();
    found
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// Only the wiring knows every adapter. The others that may name one, with what they name, stand here.
#[test]
fn adapters_are_named_in_the_wiring_alone() {
    let allowed = BTreeSet::from([
        // The address of an engine is a setting.
        "bots/src/config/load.rs",
        // `audit verify` and `audit export` ask the store for more than the port has.
        "bots/src/host_commands.rs",
        "bots/src/host_commands/doctor.rs",
        // The collector carries the engine's events into the store.
        "bots/src/runtime/collect.rs",
        "bots/src/wiring.rs",
    ]);
    let mut builders = Vec::new();
    for path in all_files() {
        let name = short(&path);
        if !name.starts_with("bots/src/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        if code.contains("steward_sources::") || code.contains("steward_store::") {
            assert!(allowed.contains(name.as_str()), "{name} names an adapter");
        }
        if code.contains("DockerSource::new") || code.contains("HostSource::new") {
            builders.push(name);
        }
    }
    assert_eq!(builders, ["bots/src/wiring.rs"], "sources are made in one place");
}

/// The process's own environment is read where the program begins, and nowhere in the core.
#[test]
fn the_environment_is_read_at_the_door() {
    let mut readers: Vec<String> = Vec::new();
    for path in all_files() {
        let name = short(&path);
        let product =
            name.starts_with("core/src") || name.starts_with("bots/src") || name.starts_with("adapters/s");
        if product && name.contains("/src/") {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.split("#[cfg(test)]").next().unwrap().contains("env::var") {
                readers.push(name);
            }
        }
    }
    readers.retain(|name| !name.ends_with("/tests.rs"));
    assert_eq!(readers, ["bots/src/cli/mod.rs", "bots/src/console/screen.rs"]);
}

/// A file that no `mod` names is compiled by nobody.
#[test]
fn every_file_is_part_of_a_program() {
    let metadata = metadata();
    let targets =
        metadata["packages"].as_array().unwrap().iter().flat_map(|p| p["targets"].as_array().unwrap());
    let mut open: Vec<PathBuf> = targets.map(|t| PathBuf::from(t["src_path"].as_str().unwrap())).collect();
    let mut reached: BTreeSet<PathBuf> = open.iter().cloned().collect();
    while let Some(file) = open.pop() {
        let text = std::fs::read_to_string(&file).unwrap();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            let declared = ["mod ", "pub mod ", "pub(crate) mod ", "pub(super) mod "]
                .iter()
                .find_map(|word| line.strip_prefix(word)?.strip_suffix(';'));
            let Some(module) = declared else { continue };
            let before = text.lines().nth(at.wrapping_sub(1)).unwrap_or_default().trim();
            let named = before.strip_prefix("#[path = \"").and_then(|p| p.strip_suffix("\"]"));
            let child = named.map_or_else(|| place_of(&file, module), |p| file.parent().unwrap().join(p));
            let child = child.canonicalize().unwrap_or_else(|e| panic!("{}: {e}", child.display()));
            if reached.insert(child.clone()) {
                open.push(child);
            }
        }
    }
    let unreached: Vec<String> = all_files()
        .into_iter()
        .filter(|f| !reached.contains(&f.canonicalize().unwrap()))
        .map(|f| short(&f))
        .collect();
    assert_eq!(unreached, Vec::<String>::new());
}

/// Where `mod name;` in a file looks.
fn place_of(file: &Path, module: &str) -> PathBuf {
    let dir = file.parent().unwrap();
    let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
    let beside = [dir.join(format!("{module}.rs")), dir.join(module).join("mod.rs")];
    let below = [dir.join(&stem).join(format!("{module}.rs")), dir.join(&stem).join(module).join("mod.rs")];
    let (first, then) =
        if matches!(stem.as_str(), "mod" | "lib" | "main") { (beside, below) } else { (below, beside) };
    first.into_iter().chain(then).find(|p| p.exists()).unwrap_or_else(|| dir.join(format!("{module}.rs")))
}

/// What stands between backquotes and looks like a path is there.
#[test]
fn the_documents_name_what_exists() {
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text =
            std::fs::read_to_string(root().join(document)).unwrap_or_else(|e| panic!("{document}: {e}"));
        let ours = ["core/", "bots/", "adapters/", "policies/", "deploy/", ".ci/"];
        let mut named = 0;
        for quoted in text.split('`').skip(1).step_by(2) {
            for word in quoted.split_whitespace() {
                let path = word.trim_end_matches(['.', ',', ':', ')']).split(':').next().unwrap_or(word);
                let pattern = path.contains(['*', '<', '{', '…', '$', '(']) || path.contains("NAME");
                if ours.iter().any(|o| path.starts_with(o)) && !pattern {
                    assert!(root().join(path).exists(), "{document} names {path}");
                    named += 1;
                }
            }
        }
        assert!(named > 0 || document != "ARCHITECTURE.md", "{document} names no path");
    }
}

#[test]
fn files_are_kept_short() {
    let long: Vec<(String, usize)> = all_files()
        .into_iter()
        .map(|f| (short(&f), std::fs::read_to_string(&f).unwrap().lines().count()))
        .filter(|(name, lines)| *lines > 900 && !name.contains("/data/"))
        .collect();
    assert_eq!(long, []);
}
