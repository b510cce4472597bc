//! Which container a person means: by service, name, project or id, forgiving case and typos. Never guesses between
//! two.

use crate::fleet::Container;

#[derive(Debug, Clone, PartialEq)]
pub enum Resolution<'a> {
    One(&'a Container),
    /// Several fit equally well.
    Many(Vec<&'a Container>),
    /// None fits; these come nearest.
    None(Vec<&'a Container>),
}

/// At least this much alike (Jaro-Winkler) to count as a typo, and to be offered as a suggestion.
const TYPO: f64 = 0.90;
const NEAR: f64 = 0.75;
/// A name typed by a person is not longer.
const WANTED_MAX: usize = 128;

pub fn resolve<'a>(wanted: &str, containers: &'a [Container]) -> Resolution<'a> {
    let wanted: String =
        wanted.trim().trim_start_matches('/').chars().take(WANTED_MAX).collect::<String>().to_lowercase();
    if wanted.is_empty() {
        return Resolution::None(Vec::new());
    }
    let squeezed = squeeze(&wanted);
    let levels: [&dyn Fn(&Container) -> bool; 5] = [
        &|c| c.name.to_lowercase() == wanted || c.id.as_str() == wanted || qualified(c) == wanted,
        &|c| c.service.as_deref().is_some_and(|s| s.to_lowercase() == wanted),
        &|c| {
            (wanted.len() >= 6 && c.id.as_str().starts_with(&wanted))
                || squeeze(&c.name) == squeezed
                || squeeze(c.label()) == squeezed
        },
        &|c| c.project.as_deref().is_some_and(|p| p.to_lowercase() == wanted),
        &|c| {
            squeezed.len() >= 3
                && (squeeze(c.label()).contains(&squeezed) || squeeze(&c.name).contains(&squeezed))
        },
    ];
    for level in levels {
        let found: Vec<&Container> = containers.iter().filter(|c| level(c)).collect();
        match found.len() {
            0 => {}
            1 => return Resolution::One(found[0]),
            _ => return prefer_running(found),
        }
    }
    let mut scored: Vec<(f64, &Container)> = containers
        .iter()
        .map(|c| {
            let by_label = strsim::jaro_winkler(&squeezed, &squeeze(c.label()));
            (by_label.max(strsim::jaro_winkler(&squeezed, &squeeze(&c.name))), c)
        })
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let clear = scored
        .first()
        .is_some_and(|(best, _)| *best >= TYPO && scored.get(1).is_none_or(|(next, _)| best - next > 0.03));
    if clear {
        Resolution::One(scored[0].1)
    } else {
        Resolution::None(scored.into_iter().take(5).map(|(_, c)| c).collect())
    }
}

/// Replicas and leftovers of one service: the running one is meant, if there is exactly one.
fn prefer_running(found: Vec<&Container>) -> Resolution<'_> {
    let same = found.iter().all(|c| c.resource == found[0].resource);
    let running: Vec<&Container> = found.iter().copied().filter(|c| c.is_running()).collect();
    if same && running.len() == 1 { Resolution::One(running[0]) } else { Resolution::Many(found) }
}

fn qualified(container: &Container) -> String {
    format!("{}/{}", container.project.as_deref().unwrap_or("-"), container.label()).to_lowercase()
}

/// `Home Assistant`, `home-assistant` and `homeassistant` are one name.
fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(WANTED_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{ContainerId, ResourceRef, State};

    fn container(n: u8, project: Option<&str>, service: Option<&str>, name: &str) -> Container {
        Container {
            id: ContainerId::parse(&format!("{n:02x}").repeat(32)).unwrap(),
            resource: ResourceRef::container("h", project, service.unwrap_or(name)),
            name: name.into(),
            project: project.map(Into::into),
            service: service.map(Into::into),
            image: String::new(),
            state: State::Running,
            health: None,
            exit_code: None,
            created: None,
            since: None,
            ports: vec![],
            networks: vec![],
            status: String::new(),
        }
    }

    #[test]
    fn people_find_what_they_mean() {
        let fleet = [
            container(1, Some("media"), Some("plex"), "media-plex-1"),
            container(2, Some("media"), Some("sonarr"), "media-sonarr-1"),
            container(3, Some("home"), Some("homeassistant"), "ha"),
            container(4, Some("a"), Some("db"), "a-db-1"),
            container(5, Some("b"), Some("db"), "b-db-1"),
            container(6, None, None, "radarr"),
        ];
        let one = |wanted: &str| match resolve(wanted, &fleet) {
            Resolution::One(c) => c.name.clone(),
            other => panic!("{wanted}: {other:?}"),
        };
        assert_eq!(one("plex"), "media-plex-1");
        assert_eq!(one("Plex"), "media-plex-1");
        assert_eq!(one("/radarr"), "radarr");
        assert_eq!(one("home assistant"), "ha");
        assert_eq!(one("sonar"), "media-sonarr-1");
        assert_eq!(one("pelx"), "media-plex-1");
        assert_eq!(one("a/db"), "a-db-1");
        assert_eq!(one("060606060606"), "radarr");
        assert!(matches!(resolve("db", &fleet), Resolution::Many(c) if c.len() == 2));
        assert!(matches!(resolve("media", &fleet), Resolution::Many(c) if c.len() == 2));
        assert!(matches!(resolve("grafana", &fleet), Resolution::None(_)));
        assert!(matches!(resolve("", &fleet), Resolution::None(_)));
        assert!(matches!(resolve(&"x".repeat(100_000), &fleet), Resolution::None(_)));
    }
}
