//! Temperatures: Documentation/hwmon/sysfs-interface.rst of the kernel, in thousandths of a degree Celsius. Where no
//! chip reports through hwmon, the thermal zones do (Documentation/driver-api/thermal/sysfs-api.rst).

use std::{
    fs,
    path::{Path, PathBuf},
};

use steward_core::fleet::Temperature;

use super::{client::line, map::shown};

const MOST_SENSORS: usize = 256;
const MOST_ENTRIES: usize = 1024;
/// Trip points of a zone that are looked at.
const TRIPS: usize = 12;

pub(super) fn temperatures(sys: &Path) -> Vec<Temperature> {
    let found = hwmon(&sys.join("class/hwmon"));
    if found.is_empty() { zones(&sys.join("class/thermal")) } else { found }
}

/// The entries whose names begin so, in the order of their numbers.
fn entries(directory: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(list) = fs::read_dir(directory) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = list
        .take(MOST_ENTRIES)
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path()))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, path)| path).collect()
}

/// `None` for what no thermometer in a computer shows: an unconnected input reads 0, -128 or 255.
fn degrees(path: &Path) -> Option<f64> {
    let celsius = line(path)?.parse::<i64>().ok()? as f64 / 1000.0;
    (celsius != 0.0 && (-50.0..=200.0).contains(&celsius)).then_some(celsius)
}

fn hwmon(directory: &Path) -> Vec<Temperature> {
    let mut found: Vec<(Temperature, String)> = Vec::new();
    for chip in entries(directory, "hwmon") {
        let name = line(&chip.join("name")).unwrap_or_else(|| "unknown".to_owned());
        // Two disks of one kind differ only in the device behind them.
        let device = fs::read_link(chip.join("device")).ok();
        let device = device.as_deref().and_then(Path::file_name).or(chip.file_name()).map(Path::new);
        let device = device.map(shown).unwrap_or_default();
        let Ok(list) = fs::read_dir(&chip) else { continue };
        let mut inputs: Vec<u32> = list
            .take(MOST_ENTRIES)
            .flatten()
            .filter_map(|entry| {
                entry.file_name().to_str()?.strip_prefix("temp")?.strip_suffix("_input")?.parse().ok()
            })
            .collect();
        inputs.sort_unstable();
        for number in inputs {
            if found.len() == MOST_SENSORS {
                break;
            }
            let Some(celsius) = degrees(&chip.join(format!("temp{number}_input"))) else { continue };
            let label = line(&chip.join(format!("temp{number}_label")));
            let sensor = shown(Path::new(&match label {
                Some(label) => format!("{name}: {label}"),
                None => format!("{name}: temp{number}"),
            }));
            let critical_celsius =
                degrees(&chip.join(format!("temp{number}_crit"))).filter(|limit| *limit > 0.0);
            found.push((Temperature { sensor, celsius, critical_celsius }, device.clone()));
        }
    }
    let mut counts = std::collections::HashMap::<String, usize>::new();
    for (temperature, _) in &found {
        *counts.entry(temperature.sensor.clone()).or_default() += 1;
    }
    let named = |(mut temperature, device): (Temperature, String)| {
        if counts.get(&temperature.sensor).is_some_and(|count| *count > 1) {
            temperature.sensor = format!("{} ({device})", temperature.sensor);
        }
        temperature
    };
    found.into_iter().map(named).collect()
}

fn zones(directory: &Path) -> Vec<Temperature> {
    let zones = entries(directory, "thermal_zone").into_iter().take(MOST_SENSORS);
    zones
        .filter_map(|zone| {
            let celsius = degrees(&zone.join("temp"))?;
            let number = zone.file_name().map(Path::new).map(shown).unwrap_or_default();
            let sensor = line(&zone.join("type")).map_or(number, |kind| shown(Path::new(&kind)));
            let critical = (0..TRIPS)
                .find(|trip| {
                    line(&zone.join(format!("trip_point_{trip}_type"))).is_some_and(|kind| kind == "critical")
                })
                .and_then(|trip| degrees(&zone.join(format!("trip_point_{trip}_temp"))));
            Some(Temperature { sensor, celsius, critical_celsius: critical.filter(|limit| *limit > 0.0) })
        })
        .collect()
}
