//! Time phrases.
