//! What `--json` shows of an answer.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::fleet::Container;

/// An object, and perhaps a list of containers in it. The list becomes JSON only when somebody asks for JSON: an
/// answer for people shows a hundred rows of it, however many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    object: Value,
    containers: Option<(Arc<[Container]>, Vec<u32>)>,
}

impl From<Value> for Data {
    fn from(object: Value) -> Self {
        Self { object, containers: None }
    }
}

impl Data {
    /// Adds `containers`: those at these places of the inventory.
    #[must_use]
    pub fn with_containers(self, inventory: Arc<[Container]>, places: Vec<u32>) -> Self {
        Self { containers: Some((inventory, places)), ..self }
    }

    pub fn insert(&mut self, name: &str, value: Value) {
        if let Some(object) = self.object.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
    }

    /// The whole object.
    pub fn json(&self) -> Value {
        let mut whole = self.object.clone();
        if let (Some((inventory, places)), Some(object)) = (&self.containers, whole.as_object_mut()) {
            let list: Vec<&Container> =
                places.iter().filter_map(|place| inventory.get(*place as usize)).collect();
            object.insert("containers".into(), json!(list));
        }
        whole
    }
}
