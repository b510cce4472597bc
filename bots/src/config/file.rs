//! `steward.toml`: the same settings in tables, every value with its line and column.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::errors::{ConfigError, Origin, nearest};
use super::keys::KEYS;

/// A configuration file is not larger.
const SIZE_MAX: u64 = 1024 * 1024;

/// Values by the name of their variable, with where they stand.
pub(super) type Values = BTreeMap<&'static str, (String, Origin)>;

pub(super) fn read(path: &Path, required: bool, errors: &mut Vec<ConfigError>) -> Values {
    let at = |what: &str| Origin::File(format!("{}{what}", path.display()));
    let size = std::fs::metadata(path).map(|m| m.len());
    let text = match size {
        Ok(size) if size > SIZE_MAX => {
            errors.push(ConfigError::new(
                "steward.toml",
                &at(""),
                "is larger than 1 MiB",
                "this is not a configuration file",
            ));
            return Values::new();
        }
        _ => std::fs::read(path),
    };
    match text {
        Ok(bytes) => {
            if let Ok(text) = String::from_utf8(bytes) {
                parse(&text, &at, errors)
            } else {
                errors.push(ConfigError::new(
                    "steward.toml",
                    &at(""),
                    "is not UTF-8 text",
                    "save it as UTF-8",
                ));
                Values::new()
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => Values::new(),
        Err(error) => {
            errors.push(ConfigError::new(
                "STEWARD_CONFIG",
                &at(""),
                format!("cannot be read: {error}"),
                "check the path and its permissions",
            ));
            Values::new()
        }
    }
}

fn parse(text: &str, at: &dyn Fn(&str) -> Origin, errors: &mut Vec<ConfigError>) -> Values {
    let place = |offset: usize| at(&position(text, offset));
    let mut values = Values::new();
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let offset = error.span().map_or(0, |s| s.start);
            errors.push(ConfigError::new(
                "steward.toml",
                &place(offset),
                error.message().to_owned(),
                "see https://toml.io",
            ));
            return values;
        }
    };
    for (section, content) in table.get_ref() {
        let DeValue::Table(entries) = content.get_ref() else {
            let help = suggest(
                section.get_ref(),
                KEYS.iter().filter_map(|k| k.toml.split_once('.')).map(|(_, key)| key),
            );
            errors.push(ConfigError::new(
                section.get_ref(),
                &place(section.span().start),
                "stands outside a table",
                help,
            ));
            continue;
        };
        for (name, value) in entries {
            let full = format!("{}.{}", section.get_ref(), name.get_ref());
            let origin = place(name.span().start);
            let Some(key) = KEYS.iter().find(|k| k.toml == full) else {
                let help = suggest(&full, KEYS.iter().map(|k| k.toml).filter(|t| !t.is_empty()));
                errors.push(ConfigError::new(&full, &origin, "is no setting", help));
                continue;
            };
            match text_of(value.get_ref()) {
                Some(text) => drop(values.insert(key.name, (text, origin))),
                None => errors.push(ConfigError::new(
                    &full,
                    &origin,
                    "must be a text, a number or a list of these",
                    "",
                )),
            }
        }
    }
    values
}

fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known)
        .map_or_else(|| "`.env.example` lists every setting".into(), |k| format!("did you mean `{k}`?"))
}

/// Lists are joined by commas, as in the environment.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|item| text_of(item.get_ref())).collect();
            texts.map(|t| t.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// `:line:column`, both from 1.
fn position(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    format!(":{line}:{column}")
}
