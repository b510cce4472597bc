//! The rules as reviewed data.
