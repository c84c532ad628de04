//! The walk agrees with `prost` on every input, and says where and why it does not accept one.

mod agreement;
mod compare;
mod errors;
pub(crate) mod generate;
