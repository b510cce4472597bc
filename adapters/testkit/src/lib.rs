//! The outside world simulated.
