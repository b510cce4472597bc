//! Trains the intent model: multinomial logistic regression on hashed features, by stochastic gradient
//! descent with per-weight step sizes, averaged over the later epochs, quantised to eight bits. Nothing is
//! drawn from the outside: the same phrases give the same bytes.

use std::collections::HashMap;

use steward_core::ask::understand::Phrase;
use steward_core::ask::understand::learn::{
    COARSE, COLUMNS, Example, JOINT, Label, example, normaliser, softmax,
};

/// The knobs, chosen by training on all writers but one.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub epochs: usize,
    pub step: f32,
    /// Pull towards zero for every visit of a weight.
    pub decay: f32,
    /// Features seen fewer times are left out.
    pub rarest: u32,
    /// Rows that fit the file.
    pub rows: usize,
    /// Words of the training text that are remembered.
    pub words: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { epochs: 12, step: 0.15, decay: 1e-5, rarest: 2, rows: 19_500, words: 8_000 }
    }
}

struct Row {
    label: Label,
    features: Vec<u32>,
    value: f32,
}

/// The bytes of the model.
pub fn train(phrases: &[Phrase], settings: &Settings) -> Vec<u8> {
    let examples: Vec<(Label, Example)> =
        phrases.iter().map(|phrase| (Label::of(phrase), example(&phrase.text))).collect();
    let mut counts: HashMap<u32, u32> = HashMap::new();
    let mut words: HashMap<u32, u32> = HashMap::new();
    for (_, example) in &examples {
        let mut once = example.features.clone();
        once.sort_unstable();
        once.dedup();
        for feature in once {
            *counts.entry(feature).or_default() += 1;
        }
        for word in &example.words {
            *words.entry(*word).or_default() += 1;
        }
    }
    let mut ids: HashMap<u32, u32> = HashMap::new();
    let mut hashes = Vec::new();
    let mut rows = Vec::with_capacity(examples.len());
    for (label, example) in &examples {
        let mut features = Vec::with_capacity(example.features.len());
        for hash in &example.features {
            if counts.get(hash).copied().unwrap_or(0) < settings.rarest {
                continue;
            }
            let next = hashes.len() as u32;
            let id = *ids.entry(*hash).or_insert_with(|| {
                hashes.push(*hash);
                next
            });
            features.push(id);
        }
        rows.push(Row { label: *label, features, value: normaliser(example.features.len()) });
    }
    let (weights, bias) = descend(&rows, hashes.len(), settings);
    write(&hashes, &weights, &bias, &words, settings)
}

type Column = [f32; COLUMNS];

fn descend(rows: &[Row], features: usize, settings: &Settings) -> (Vec<Column>, Column) {
    let mut weights: Vec<Column> = vec![[0.0; COLUMNS]; features];
    let mut seen: Vec<Column> = vec![[1e-3; COLUMNS]; features];
    let mut sums: Vec<Column> = vec![[0.0; COLUMNS]; features];
    let (mut bias, mut bias_seen, mut bias_sum) = ([0.0; COLUMNS], [1e-3; COLUMNS], [0.0; COLUMNS]);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let averaged = settings.epochs / 2;
    for epoch in 0..settings.epochs {
        for index in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(index, (state % (index as u64 + 1)) as usize);
        }
        for index in &order {
            let Some(row) = rows.get(*index) else { continue };
            let mut sum = [0.0_f32; COLUMNS];
            for feature in &row.features {
                if let Some(weights) = weights.get(*feature as usize) {
                    for (total, weight) in sum.iter_mut().zip(weights) {
                        *total += weight;
                    }
                }
            }
            for (total, bias) in sum.iter_mut().zip(&bias) {
                *total = *total * row.value + bias;
            }
            let (joint, coarse) = sum.split_at_mut(JOINT);
            softmax(joint);
            softmax(coarse);
            let mut gradient = sum;
            let truth = row.label.column();
            for (column, slope) in gradient.iter_mut().enumerate() {
                let is = column == truth || column == JOINT + row.label.coarse();
                *slope -= f32::from(u8::from(is));
            }
            let mut scaled = gradient;
            scaled.iter_mut().for_each(|slope| *slope *= row.value);
            for feature in &row.features {
                let (Some(weights), Some(seen)) =
                    (weights.get_mut(*feature as usize), seen.get_mut(*feature as usize))
                else {
                    continue;
                };
                for ((weight, seen), slope) in weights.iter_mut().zip(seen).zip(&scaled) {
                    let slope = slope + settings.decay * *weight;
                    *seen += slope * slope;
                    *weight -= settings.step * slope / seen.sqrt();
                }
            }
            for ((bias, seen), slope) in bias.iter_mut().zip(&mut bias_seen).zip(&gradient) {
                *seen += slope * slope;
                *bias -= settings.step * slope / seen.sqrt();
            }
        }
        if epoch >= averaged {
            for (sums, weights) in sums.iter_mut().zip(&weights) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
            for (sum, bias) in bias_sum.iter_mut().zip(&bias) {
                *sum += bias;
            }
        }
    }
    let epochs = (settings.epochs - averaged).max(1) as f32;
    sums.iter_mut().flatten().chain(&mut bias_sum).for_each(|sum| *sum /= epochs);
    (sums, bias_sum)
}

fn write(
    hashes: &[u32],
    weights: &[Column],
    bias: &Column,
    words: &HashMap<u32, u32>,
    settings: &Settings,
) -> Vec<u8> {
    // the rows that say most: the spread of the joint weights
    let spread = |row: &Column| -> f32 {
        let joint = row.get(..JOINT).unwrap_or(&[]);
        let mean = joint.iter().sum::<f32>() / JOINT as f32;
        let coarse: f32 = row.iter().rev().take(COARSE).map(|weight| weight * weight).sum();
        joint.iter().map(|weight| (weight - mean) * (weight - mean)).sum::<f32>() + coarse
    };
    let mut ranked: Vec<(f32, u32, &Column)> =
        hashes.iter().zip(weights).map(|(hash, row)| (spread(row), *hash, row)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(settings.rows);
    let mut known: Vec<(u32, u32)> = words.iter().map(|(word, count)| (*count, *word)).collect();
    known.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    known.truncate(settings.words);
    let mut out = Vec::from(*b"SUM1");
    for number in [ranked.len(), known.len(), COLUMNS] {
        out.extend((number as u32).to_le_bytes());
    }
    bias.iter().for_each(|value| out.extend(value.to_bits().to_le_bytes()));
    ranked.iter().for_each(|(_, hash, _)| out.extend(hash.to_le_bytes()));
    let scale = |row: &Column| row.iter().fold(1e-6_f32, |most, weight| most.max(weight.abs())) / 127.0;
    ranked.iter().for_each(|(_, _, row)| out.extend(scale(row).to_bits().to_le_bytes()));
    for (_, _, row) in &ranked {
        let scale = scale(row);
        out.extend(
            row.iter().map(|weight| ((weight / scale).round().clamp(-127.0, 127.0) as i8).cast_unsigned()),
        );
    }
    known.iter().for_each(|(_, word)| out.extend(word.to_le_bytes()));
    out
}
