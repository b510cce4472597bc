//! The linear model: a few small weights for every feature it knows.
//!
//! Layout, little endian: `b"SUM1"`, rows, weights, words, columns `u32`, scale `f32`, a bias `f32` per column; a
//! feature hash `u32` per row (ascending), a number of weights `u8` per row; a column `u8` per weight, a value
//! `i8` per weight; a hash `u32` per known word.

use super::label::{COARSE, COLUMNS, JOINT};

const MAGIC: &[u8; 4] = b"SUM1";
/// More than this is not accepted: 1 MiB holds fewer.
const MOST: usize = 1 << 20;

/// Why a model was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("the intent model is cut short: {have} bytes, {need} expected; build it again")]
    Short { have: usize, need: usize },
    #[error("this is no intent model (it begins differently); build it again")]
    Magic,
    #[error("the intent model has {have} columns, this version reads {need}; build it again")]
    Columns { have: usize, need: usize },
    #[error("the intent model claims {0} rows; build it again")]
    Rows(usize),
}

/// A loaded model.
#[derive(Debug, Clone)]
pub(super) struct Model {
    scale: f32,
    bias: [f32; COLUMNS],
    /// Open addressing: the hash of a feature, where its weights begin (24 bits) and how many they are (8 bits).
    slots: Vec<(u32, u32)>,
    weights: Vec<(u8, i8)>,
    /// Sorted hashes of the words seen in training.
    words: Vec<u32>,
}

/// Probabilities of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scores {
    pub joint: [f32; JOINT],
    /// Answer, refuse, decline, by the columns of their own.
    pub coarse: [f32; COARSE],
}

impl Model {
    pub(super) fn load(bytes: &[u8]) -> Result<Self, ModelError> {
        let word = |at: usize| -> Result<u32, ModelError> {
            bytes
                .get(at..at + 4)
                .and_then(|four| four.try_into().ok())
                .map(u32::from_le_bytes)
                .ok_or(ModelError::Short { have: bytes.len(), need: at + 4 })
        };
        if bytes.get(..4) != Some(MAGIC) {
            return Err(ModelError::Magic);
        }
        let (rows, entries, words, columns) =
            (word(4)? as usize, word(8)? as usize, word(12)? as usize, word(16)? as usize);
        if columns != COLUMNS {
            return Err(ModelError::Columns { have: columns, need: COLUMNS });
        }
        if rows.max(entries).max(words) > MOST {
            return Err(ModelError::Rows(rows.max(entries).max(words)));
        }
        let mut at = 24 + 4 * COLUMNS;
        let need = at + 5 * rows + 2 * entries + 4 * words;
        if bytes.len() < need {
            return Err(ModelError::Short { have: bytes.len(), need });
        }
        let scale = f32::from_bits(word(20)?);
        let mut bias = [0.0; COLUMNS];
        for (column, value) in bias.iter_mut().enumerate() {
            *value = f32::from_bits(word(24 + 4 * column)?);
        }
        let mut take = |length: usize| {
            at += length;
            bytes.get(at - length..at).unwrap_or(&[])
        };
        let numbers = |bytes: &[u8]| -> Vec<u32> {
            bytes.chunks_exact(4).filter_map(|four| four.try_into().ok().map(u32::from_le_bytes)).collect()
        };
        let hashes = numbers(take(4 * rows));
        let counts = take(rows);
        let columns = take(entries);
        let weights =
            columns.iter().zip(take(entries)).map(|(column, value)| (*column, value.cast_signed())).collect();
        let mut known = numbers(take(4 * words));
        known.sort_unstable();
        let size = (rows * 2).next_power_of_two().max(16);
        let mut slots = vec![(0_u32, 0_u32); size];
        let mut start = 0_u32;
        for (hash, count) in hashes.iter().zip(counts) {
            let mut slot = *hash as usize & (size - 1);
            while slots.get(slot).is_some_and(|taken| taken.1 != 0) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = (*hash, (start << 8) | u32::from(*count));
            }
            start += u32::from(*count);
        }
        Ok(Self { scale, bias, slots, weights, words: known })
    }

    /// The weights of a feature.
    fn row(&self, hash: u32) -> &[(u8, i8)] {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots.get(slot) {
                Some((of, place)) if *place != 0 => {
                    if *of == hash {
                        let start = (place >> 8) as usize;
                        return self.weights.get(start..start + (place & 0xff) as usize).unwrap_or(&[]);
                    }
                }
                _ => return &[],
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Whether the word (by its hash) was seen in training.
    pub(super) fn knows(&self, word: u32) -> bool {
        self.words.binary_search(&word).is_ok()
    }

    pub(super) fn score(&self, features: &[u32]) -> Scores {
        // a power of two above the number of columns: the mask makes every column a valid index
        let mut exact = [0_i32; 64];
        for feature in features {
            for (column, weight) in self.row(*feature) {
                exact[usize::from(*column) & 63] += i32::from(*weight);
            }
        }
        let mut sum = [0.0_f32; COLUMNS];
        for (total, exact) in sum.iter_mut().zip(exact) {
            *total = exact as f32;
        }
        let norm = normaliser(features.len()) * self.scale;
        for (total, bias) in sum.iter_mut().zip(&self.bias) {
            *total = *total * norm + bias;
        }
        let (joint, coarse) = sum.split_at_mut(JOINT);
        softmax(joint);
        softmax(coarse);
        let mut scores = Scores { joint: [0.0; JOINT], coarse: [0.0; COARSE] };
        scores.joint.copy_from_slice(joint);
        scores.coarse.copy_from_slice(coarse);
        scores
    }
}

/// The value of every feature of a message with this many.
pub fn normaliser(features: usize) -> f32 {
    8.0 / (features.max(16) as f32).sqrt()
}

/// Turns sums into probabilities.
pub fn softmax(values: &mut [f32]) {
    let most = values.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for value in values.iter_mut() {
        *value = (*value - most).exp();
        total += *value;
    }
    for value in values.iter_mut() {
        *value /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_models_are_refused() {
        assert_eq!(Model::load(b"nope").unwrap_err(), ModelError::Magic);
        assert!(matches!(Model::load(b"SUM1"), Err(ModelError::Short { .. })));
        let mut huge = Vec::from(*MAGIC);
        for word in [u32::MAX, 0, 0, COLUMNS as u32] {
            huge.extend(word.to_le_bytes());
        }
        assert!(matches!(Model::load(&huge), Err(ModelError::Rows(_))));
    }
}
