//! Trains the intent model: multinomial logistic regression on hashed features, by stochastic gradient
//! descent with per-weight step sizes, averaged over the later epochs, quantised to eight bits. Nothing is
//! drawn from the outside: the same phrases give the same bytes.

use std::collections::HashMap;

use steward_core::ask::understand::Phrase;
use steward_core::ask::understand::learn::{COLUMNS, Example, JOINT, Label, normaliser, softmax};

/// The knobs, chosen by training on all writers but one.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub epochs: usize,
    pub step: f32,
    /// Pull towards zero for every visit of a weight.
    pub decay: f32,
    /// Features seen fewer times are left out.
    pub rarest: u32,
    /// The size of the file.
    pub bytes: usize,
    /// How much the number of times a feature was seen counts when weights are left out.
    pub common: f32,
    /// A word of this many phrases about a server belongs to the vocabulary.
    pub vocabulary: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { epochs: 20, step: 0.07, decay: 3e-4, rarest: 2, bytes: 1_048_000, common: 0.35, vocabulary: 3 }
    }
}

struct Row {
    label: Label,
    features: Vec<u32>,
    value: f32,
}

/// The bytes of the model.
pub fn train(phrases: &[Phrase], settings: &Settings) -> Vec<u8> {
    let cut: Vec<Example> = phrases.iter().map(|phrase| Example::new(&phrase.text)).collect();
    // the vocabulary of the trade: what several phrases about a server say
    let mut words: HashMap<u32, u32> = HashMap::new();
    for (phrase, example) in phrases.iter().zip(&cut) {
        if Label::of(phrase) != Label::Decline {
            let mut once = example.words();
            once.sort_unstable();
            once.dedup();
            for word in once {
                *words.entry(word).or_default() += 1;
            }
        }
    }
    words.retain(|_, count| *count >= settings.vocabulary);
    let examples: Vec<(Label, Vec<u32>)> = phrases
        .iter()
        .zip(&cut)
        .map(|(phrase, example)| (Label::of(phrase), example.features(&|word| words.contains_key(&word))))
        .collect();
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for (_, features) in &examples {
        let mut once = features.clone();
        once.sort_unstable();
        once.dedup();
        for feature in once {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let mut ids: HashMap<u32, u32> = HashMap::new();
    let mut hashes = Vec::new();
    let mut rows = Vec::with_capacity(examples.len());
    for (label, all) in &examples {
        let mut features = Vec::with_capacity(all.len());
        for hash in all {
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
        rows.push(Row { label: *label, features, value: normaliser(all.len()) });
    }
    let (weights, bias) = descend(&rows, hashes.len(), settings);
    write(&hashes, &weights, &bias, &counts, &words, settings)
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
            for slope in &mut scaled {
                *slope *= row.value;
            }
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

/// Only differences between labels matter: the middle of a row becomes zero, so that most weights can go.
fn centred(row: &Column) -> Column {
    let mut out = *row;
    let (joint, coarse) = out.split_at_mut(JOINT);
    for part in [joint, coarse] {
        let mut sorted = part.to_vec();
        sorted.sort_by(f32::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        for weight in part.iter_mut() {
            *weight -= middle;
        }
    }
    out
}

fn write(
    hashes: &[u32],
    weights: &[Column],
    bias: &Column,
    counts: &HashMap<u32, u32>,
    words: &HashMap<u32, u32>,
    settings: &Settings,
) -> Vec<u8> {
    let mut known: Vec<(u32, u32)> = words.iter().map(|(word, count)| (*count, *word)).collect();
    known.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let rows: Vec<(u32, f32, Column)> = hashes
        .iter()
        .zip(weights)
        .map(|(hash, row)| {
            let count = counts.get(hash).copied().unwrap_or(1) as f32;
            (*hash, count.powf(settings.common), centred(row))
        })
        .collect();
    let largest = rows.iter().flat_map(|row| row.2).fold(1e-6_f32, |most, weight| most.max(weight.abs()));
    let scale = largest / 127.0;
    let size = |least: f32| -> usize {
        rows.iter()
            .map(|(_, weight_of, row)| row.iter().filter(|weight| weight.abs() * weight_of >= least).count())
            .map(|kept| if kept == 0 { 0 } else { 5 + 2 * kept })
            .sum()
    };
    let room = settings.bytes.saturating_sub(24 + 4 * COLUMNS + 4 * known.len());
    let (mut low, mut high) = (scale / 2.0, largest * 100.0);
    if size(low) > room {
        for _ in 0..40 {
            let middle = f32::midpoint(low, high);
            if size(middle) > room { low = middle } else { high = middle }
        }
    } else {
        high = low;
    }
    let mut kept: Vec<(u32, Vec<(u8, i8)>)> = rows
        .iter()
        .map(|(hash, weight_of, row)| {
            let entries = row
                .iter()
                .enumerate()
                .filter(|(_, weight)| weight.abs() * weight_of >= high)
                .map(|(column, weight)| (column as u8, (weight / scale).round().clamp(-127.0, 127.0) as i8))
                .filter(|(_, weight)| *weight != 0)
                .collect::<Vec<_>>();
            (*hash, entries)
        })
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    kept.sort_by_key(|row| row.0);
    let mut out = Vec::from(*b"SUM1");
    for number in [kept.len(), kept.iter().map(|row| row.1.len()).sum(), known.len(), COLUMNS] {
        out.extend((number as u32).to_le_bytes());
    }
    out.extend(scale.to_bits().to_le_bytes());
    out.extend(bias.iter().flat_map(|value| value.to_bits().to_le_bytes()));
    out.extend(kept.iter().flat_map(|(hash, _)| hash.to_le_bytes()));
    out.extend(kept.iter().map(|(_, entries)| entries.len() as u8));
    out.extend(kept.iter().flat_map(|row| &row.1).map(|(column, _)| *column));
    out.extend(kept.iter().flat_map(|row| &row.1).map(|(_, weight)| weight.cast_unsigned()));
    out.extend(known.iter().flat_map(|(_, word)| word.to_le_bytes()));
    out
}
