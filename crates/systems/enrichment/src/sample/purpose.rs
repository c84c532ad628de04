//! What the random numbers of this sample are for, beside what every sample needs.

use secspan_sample::random::Purpose;

pub(super) const TICKET: Purpose = Purpose(2);
pub(super) const VULNERABILITY: Purpose = Purpose(3);
pub(super) const RESEARCH: Purpose = Purpose(4);
pub(super) const STAGES: Purpose = Purpose(5);
pub(super) const REVIEW: Purpose = Purpose(6);
pub(super) const CLOSING: Purpose = Purpose(7);
pub(super) const MESSAGE: Purpose = Purpose(11);
