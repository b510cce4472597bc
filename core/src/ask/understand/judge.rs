//! The verdict on one text: what the model makes of it, corrected by the rules of the border.

use super::features::features;
use super::grammar::{self, Hit, Says};
use super::label::{JOINT, Label};
use super::model::{Model, Scores};
use super::token::Tokens;
use super::{Category, Tool};

/// What was made of a text.
#[derive(Debug, Clone)]
pub(super) struct Judgement {
    pub label: Label,
    /// Probability that a change, a command or a secret is asked for.
    pub refuse: f32,
    /// Of the label.
    pub confidence: f32,
    /// The most likely category, whatever the verdict, mixed and injection left out.
    pub category: Category,
    pub answer: f32,
    pub because: Vec<String>,
}

/// From this probability on a message is refused.
const REFUSE: f32 = 0.4;

pub(super) fn judge(model: &Model, tokens: &Tokens, scratch: &mut Vec<u32>) -> Judgement {
    let hits = grammar::hits(tokens);
    features(tokens, &hits, &|word| model.knows(word), scratch);
    let mut scores = model.score(scratch);
    weigh(&mut scores, &hits);
    let total = |from: usize, to: usize| scores.joint.get(from..to).unwrap_or(&[]).iter().sum::<f32>();
    let tools = Tool::ALL.len();
    let joint = [total(0, tools), total(tools, JOINT - 1), total(JOINT - 1, JOINT)];
    let mut verdict = [0.0; 3];
    for (sum, (joint, coarse)) in verdict.iter_mut().zip(joint.iter().zip(&scores.coarse)) {
        *sum = f32::midpoint(*joint, *coarse);
    }
    let [mut answer, mut refuse, mut decline] = verdict;
    // the rules move the odds of the verdict
    let push = |says: fn(Says) -> bool| -> f32 {
        hits.iter().filter(|hit| says(hit.says)).map(|hit| hit.weight).fold(0.0, |sum: f32, weight| {
            // the strongest counts whole, others a little
            if weight > sum { weight + sum * 0.3 } else { sum + weight * 0.3 }
        })
    };
    refuse *= push(|says| matches!(says, Says::Refuse(_))).min(12.0).exp();
    answer *= push(|says| matches!(says, Says::Ask | Says::Answer(_))).min(12.0).exp();
    decline *= push(|says| says == Says::Decline).min(12.0).exp();
    let all = answer + refuse + decline;
    (answer, refuse, decline) = (answer / all, refuse / all, decline / all);
    let best = |from: usize, to: usize, skip: &dyn Fn(usize) -> bool| -> usize {
        (from..to)
            .filter(|column| !skip(*column))
            .max_by(|a, b| {
                let value = |column: usize| scores.joint.get(column).copied().unwrap_or(0.0);
                value(*a).total_cmp(&value(*b))
            })
            .unwrap_or(from)
    };
    let tool = Tool::ALL.get(best(0, tools, &|_| false)).copied().unwrap_or(Tool::Help);
    let category_at =
        |column: usize| Category::ALL.get(column - tools).copied().unwrap_or(Category::Injection);
    let category = category_at(best(tools, JOINT - 1, &|_| false));
    let plain = category_at(best(tools, JOINT - 1, &|column| {
        matches!(category_at(column), Category::Injection | Category::Mixed)
    }));
    let label = if refuse >= REFUSE {
        Label::Refuse(category)
    } else if answer >= decline {
        Label::Answer(tool)
    } else {
        Label::Decline
    };
    let confidence = match label {
        Label::Refuse(_) => refuse,
        Label::Answer(_) => answer,
        Label::Decline => decline,
    };
    Judgement { label, refuse, confidence, category: plain, answer, because: reasons(tokens, &hits, label) }
}

/// Rules that name a label move it among its kind.
fn weigh(scores: &mut Scores, hits: &[Hit]) {
    for hit in hits {
        let column = match hit.says {
            Says::Refuse(category) => Label::Refuse(category).column(),
            Says::Answer(tool) => Label::Answer(tool).column(),
            Says::Ask | Says::Decline => continue,
        };
        let (from, to) =
            if column < Tool::ALL.len() { (0, Tool::ALL.len()) } else { (Tool::ALL.len(), JOINT - 1) };
        let kind: f32 = scores.joint.get(from..to).unwrap_or(&[]).iter().sum();
        if let Some(score) = scores.joint.get_mut(column) {
            *score *= hit.weight.min(8.0).exp();
        }
        let after: f32 = scores.joint.get(from..to).unwrap_or(&[]).iter().sum();
        if after > 0.0 {
            scores
                .joint
                .get_mut(from..to)
                .unwrap_or(&mut [])
                .iter_mut()
                .for_each(|score| *score *= kind / after);
        }
    }
}

fn reasons(tokens: &Tokens, hits: &[Hit], label: Label) -> Vec<String> {
    let mut because = Vec::new();
    for hit in hits {
        let fits = matches!(
            (hit.says, label),
            (Says::Refuse(_), Label::Refuse(_))
                | (Says::Decline, Label::Decline)
                | (Says::Ask | Says::Answer(_), Label::Answer(_))
        );
        if !fits || because.len() >= 3 {
            continue;
        }
        let text = match hit.to - hit.from {
            0 => tokens.list.get(hit.from).map(|token| tokens.written(token).to_owned()),
            1..=4 => span(tokens, hit.from, hit.to),
            _ => match (tokens.list.get(hit.from), tokens.list.get(hit.to)) {
                (Some(first), Some(last)) => {
                    Some(format!("{} … {}", tokens.written(first), tokens.written(last)))
                }
                _ => None,
            },
        };
        let reason = text.map_or_else(|| hit.why.to_owned(), |text| format!("{}: '{text}'", hit.why));
        if !because.contains(&reason) {
            because.push(reason);
        }
    }
    because
}

fn span(tokens: &Tokens, from: usize, to: usize) -> Option<String> {
    let (first, last) = (tokens.list.get(from)?, tokens.list.get(to)?);
    tokens.clean.get(first.start as usize..last.end as usize).map(str::to_owned)
}
