//! Every trait that the outside implements.
