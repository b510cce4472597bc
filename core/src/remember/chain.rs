//! The hash chain: each link is SHA-256 over the one before and every byte of the record, length-prefixed, so that
//! no byte can move from one field to its neighbour. Unkeyed: whoever may write the file can rewrite the whole
//! chain; the head, once it has left the house, is what shows that.

use data_encoding::HEXLOWER;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Separates this chain from any other use of the hash.
const DOMAIN: &[u8] = b"steward.audit.v1";

/// The link before the first.
pub const GENESIS: ChainHash = ChainHash([0; 32]);

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChainHash(pub [u8; 32]);

impl ChainHash {
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for ChainHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for ChainHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The first record that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainBreak {
    #[error("record {seq} is missing: the one found in its place is {found}")]
    Missing { seq: u64, found: u64 },
    #[error("record {seq} was changed: its hash does not fit its content and the record before it")]
    Changed { seq: u64 },
}

/// Walks a chain forwards.
#[derive(Debug, Clone)]
pub struct Chain {
    seq: u64,
    head: ChainHash,
}

impl Chain {
    /// The chain after the record `seq` with this hash; `(0, GENESIS)` is the empty one.
    pub const fn after(seq: u64, head: ChainHash) -> Self {
        Self { seq, head }
    }

    pub const fn seq(&self) -> u64 {
        self.seq
    }

    pub const fn head(&self) -> ChainHash {
        self.head
    }

    /// Adds a record and returns its place and hash.
    pub fn push(&mut self, record: &[u8]) -> (u64, ChainHash) {
        self.seq += 1;
        self.head = link(self.head, self.seq, record);
        (self.seq, self.head)
    }

    /// Checks the next stored record.
    pub fn check(&mut self, seq: u64, record: &[u8], hash: &[u8]) -> Result<(), ChainBreak> {
        let expected = self.seq + 1;
        if seq != expected {
            return Err(ChainBreak::Missing { seq: expected, found: seq });
        }
        let (_, head) = self.push(record);
        if head.0 == hash { Ok(()) } else { Err(ChainBreak::Changed { seq }) }
    }
}

fn link(prev: ChainHash, seq: u64, record: &[u8]) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(prev.0);
    hash.update(seq.to_be_bytes());
    hash.update((record.len() as u64).to_be_bytes());
    hash.update(record);
    ChainHash(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain_of(records: &[&str]) -> Vec<(u64, String, ChainHash)> {
        let mut chain = Chain::after(0, GENESIS);
        records
            .iter()
            .map(|r| {
                let (seq, hash) = chain.push(r.as_bytes());
                (seq, (*r).to_owned(), hash)
            })
            .collect()
    }

    fn first_break(rows: &[(u64, String, ChainHash)]) -> Option<ChainBreak> {
        let mut chain = Chain::after(0, GENESIS);
        rows.iter().find_map(|(seq, text, hash)| chain.check(*seq, text.as_bytes(), &hash.0).err())
    }

    #[test]
    fn an_honest_chain_holds_and_each_forgery_is_named() {
        let good = chain_of(&["a", "b", "c", "d"]);
        assert_eq!(first_break(&good), None);

        let mut changed = good.clone();
        changed[1].1 = "B".into();
        assert_eq!(first_break(&changed), Some(ChainBreak::Changed { seq: 2 }));

        let mut removed = good.clone();
        removed.remove(2);
        assert_eq!(first_break(&removed), Some(ChainBreak::Missing { seq: 3, found: 4 }));

        let mut swapped = good.clone();
        let (b, c) = (swapped[1].1.clone(), swapped[2].1.clone());
        swapped[1].1 = c;
        swapped[2].1 = b;
        assert_eq!(first_break(&swapped), Some(ChainBreak::Changed { seq: 2 }));

        let mut rehashed = good;
        rehashed[1] = (2, "B".into(), chain_of(&["a", "B"])[1].2);
        assert_eq!(first_break(&rehashed), Some(ChainBreak::Changed { seq: 3 }));
    }
}
