//! What everything means. Rooms in reading order:
//!
//! * [`fleet`]: what is observed: containers, the host, log lines, each with its time.
//! * [`ask`]: a question becomes an answer: understand, tools, converse.
//! * [`tell`]: answers become words: the Document, units, every sentence.
//! * [`remember`]: the audit record and its chain.
//! * [`policy`]: what is refused, what is masked.
//! * [`ports`]: every trait that the outside implements.
//!
//! Nothing here opens a socket or a file, reads the environment or a clock, or draws a random number.

pub mod ask;
pub mod fleet;
pub mod policy;
pub mod ports;
pub mod remember;
pub mod tell;
