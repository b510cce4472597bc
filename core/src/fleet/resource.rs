//! The stable name of a thing: it survives a recreate, a container id does not.

use serde::{Deserialize, Serialize};

/// `docker://host/project/service`, `docker://host/-/name`, `host://name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceRef(String);

impl ResourceRef {
    /// A compose service, or a container outside compose (project `-`).
    pub fn container(host: &str, project: Option<&str>, service: &str) -> Self {
        Self(format!("docker://{}/{}/{}", part(host), project.map_or("-".into(), part), part(service)))
    }

    pub fn host(name: &str) -> Self {
        Self(format!("host://{}", part(name)))
    }

    /// A name that was made by the functions above and has been kept since.
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names come from labels anyone may write: a slash in one must not move the others.
fn part(text: &str) -> String {
    text.chars().map(|c| if c == '/' || c.is_control() || c.is_whitespace() { '_' } else { c }).collect()
}

impl std::fmt::Display for ResourceRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_in_a_label_cannot_name_another_resource() {
        let honest = ResourceRef::container("atlas", Some("media"), "plex");
        let forged = ResourceRef::container("atlas", Some("media/plex"), "x");
        assert_eq!(honest.as_str(), "docker://atlas/media/plex");
        assert_eq!(forged.as_str(), "docker://atlas/media_plex/x");
    }
}
