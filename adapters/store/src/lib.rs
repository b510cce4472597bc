//! What is kept on disk. One folder per database, mirrored; `sqlite` is the only one so far.

pub mod sqlite;
