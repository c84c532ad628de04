//! Values of enumerations, by the attribute's name without `secops.`, generated from `registry/*.yaml` by `cargo xtask codegen`.
//!
//! Readers take unknown values as they are; writers use these.

/// Values of attributes under `secops.access`.
pub mod access {
    /// Values of `secops.access.decision`.
    pub mod decision {
        /// Access granted.
        pub const ALLOW: &str = "allow";

        /// Access refused.
        pub const DENY: &str = "deny";

        /// More proof was asked for.
        pub const CHALLENGE: &str = "challenge";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[ALLOW, DENY, CHALLENGE];
    }
}

/// Values of attributes under `secops.audit`.
pub mod audit {
    /// Values of `secops.audit.outcome`.
    pub mod outcome {
        /// It was done.
        pub const SUCCESS: &str = "success";

        /// It was attempted and did not succeed.
        pub const FAILURE: &str = "failure";

        /// It was not allowed.
        pub const DENIED: &str = "denied";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[SUCCESS, FAILURE, DENIED];
    }
}

/// Values of attributes under `secops.contract`.
pub mod contract {
    /// Values of `secops.contract.direction`.
    pub mod direction {
        /// A request.
        pub const REQUEST: &str = "request";

        /// An answer.
        pub const RESPONSE: &str = "response";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[REQUEST, RESPONSE];
    }

    /// Values of `secops.contract.result`.
    pub mod result {
        /// The message obeys the contract.
        pub const PASS: &str = "pass";

        /// The message breaks the contract.
        pub const FAIL: &str = "fail";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[PASS, FAIL];
    }
}

/// Values of attributes under `secops.finding`.
pub mod finding {
    /// Values of `secops.finding.severity`.
    pub mod severity {
        /// Critical.
        pub const CRITICAL: &str = "critical";

        /// High.
        pub const HIGH: &str = "high";

        /// Medium.
        pub const MEDIUM: &str = "medium";

        /// Low.
        pub const LOW: &str = "low";

        /// Informational.
        pub const INFO: &str = "info";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[CRITICAL, HIGH, MEDIUM, LOW, INFO];
    }

    /// Values of `secops.finding.status`.
    pub mod status {
        /// Known and not fixed.
        pub const OPEN: &str = "open";

        /// No longer there.
        pub const FIXED: &str = "fixed";

        /// Accepted or judged a false positive.
        pub const SUPPRESSED: &str = "suppressed";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[OPEN, FIXED, SUPPRESSED];
    }
}

/// Values of attributes under `secops.fix`.
pub mod fix {
    /// Values of `secops.fix.kind`.
    pub mod kind {
        /// A change of the code.
        pub const PATCH: &str = "patch";

        /// A newer dependency.
        pub const UPGRADE: &str = "upgrade";

        /// A change of configuration.
        pub const CONFIG: &str = "config";

        /// The risk is lowered, its cause remains.
        pub const MITIGATION: &str = "mitigation";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[PATCH, UPGRADE, CONFIG, MITIGATION];
    }

    /// Values of `secops.fix.status`.
    pub mod status {
        /// Suggested.
        pub const PROPOSED: &str = "proposed";

        /// In place.
        pub const APPLIED: &str = "applied";

        /// Taken back.
        pub const REVERTED: &str = "reverted";

        /// Could not be applied.
        pub const FAILED: &str = "failed";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[PROPOSED, APPLIED, REVERTED, FAILED];
    }
}

/// Values of attributes under `secops.gate`.
pub mod gate {
    /// Values of `secops.gate.action`.
    pub mod action {
        /// Let through.
        pub const ALLOW: &str = "allow";

        /// Stopped.
        pub const BLOCK: &str = "block";

        /// Let through modified.
        pub const MODIFY: &str = "modify";

        /// Handed to a person.
        pub const ESCALATE: &str = "escalate";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[ALLOW, BLOCK, MODIFY, ESCALATE];
    }

    /// Values of `secops.gate.type`.
    pub mod gate_type {
        /// Before a commit.
        pub const PRE_COMMIT: &str = "pre_commit";

        /// On a pull request.
        pub const PULL_REQUEST: &str = "pull_request";

        /// On the main branch.
        pub const MAIN_BRANCH: &str = "main_branch";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[PRE_COMMIT, PULL_REQUEST, MAIN_BRANCH];
    }

    /// Values of `secops.gate.verdict`.
    pub mod verdict {
        /// Nothing speaks against it.
        pub const ALLOW: &str = "allow";

        /// It must not pass.
        pub const DENY: &str = "deny";

        /// It may pass with a warning.
        pub const WARN: &str = "warn";

        /// It may pass once modified.
        pub const MODIFY: &str = "modify";

        /// A person has to decide.
        pub const ESCALATE: &str = "escalate";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[ALLOW, DENY, WARN, MODIFY, ESCALATE];
    }
}

/// Values of attributes under `secops.incident`.
pub mod incident {
    /// Values of `secops.incident.severity`.
    pub mod severity {
        /// Critical.
        pub const CRITICAL: &str = "critical";

        /// High.
        pub const HIGH: &str = "high";

        /// Medium.
        pub const MEDIUM: &str = "medium";

        /// Low.
        pub const LOW: &str = "low";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[CRITICAL, HIGH, MEDIUM, LOW];
    }

    /// Values of `secops.incident.status`.
    pub mod status {
        /// Being worked on.
        pub const OPEN: &str = "open";

        /// Contained.
        pub const MITIGATED: &str = "mitigated";

        /// Over.
        pub const RESOLVED: &str = "resolved";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[OPEN, MITIGATED, RESOLVED];
    }
}

/// Values of attributes under `secops.llm`.
pub mod llm {
    /// Values of attributes under `secops.llm.cost`.
    pub mod cost {
        /// Values of `secops.llm.cost.source`.
        pub mod source {
            /// The service stated the cost.
            pub const REPORTED: &str = "reported";

            /// Computed from the tokens and a price list.
            pub const ESTIMATED: &str = "estimated";

            /// Every value, in the registry's order.
            pub const ALL: &[&str] = &[REPORTED, ESTIMATED];
        }
    }
}

/// Values of `secops.outcome`.
pub mod outcome {
    /// The work completed.
    pub const SUCCESS: &str = "success";

    /// The work completed and its answer is negative.
    pub const FAILURE: &str = "failure";

    /// The work broke off.
    pub const ERROR: &str = "error";

    /// The work exceeded its time limit.
    pub const TIMEOUT: &str = "timeout";

    /// The work was stopped on request.
    pub const CANCELLED: &str = "cancelled";

    /// The work was not needed.
    pub const SKIPPED: &str = "skipped";

    /// Every value, in the registry's order.
    pub const ALL: &[&str] = &[SUCCESS, FAILURE, ERROR, TIMEOUT, CANCELLED, SKIPPED];
}

/// Values of attributes under `secops.perplexity`.
pub mod perplexity {
    /// Values of `secops.perplexity.kind`.
    pub mod kind {
        /// A quick search.
        pub const SEARCH: &str = "search";

        /// A chain of reasoning over search results.
        pub const REASON: &str = "reason";

        /// A long, many-step investigation.
        pub const DEEP_RESEARCH: &str = "deep_research";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[SEARCH, REASON, DEEP_RESEARCH];
    }
}

/// Values of `secops.priority`.
pub mod priority {
    /// Critical.
    pub const P1: &str = "P1";

    /// High.
    pub const P2: &str = "P2";

    /// Medium.
    pub const P3: &str = "P3";

    /// Low.
    pub const P4: &str = "P4";

    /// Informational.
    pub const P5: &str = "P5";

    /// Every value, in the registry's order.
    pub const ALL: &[&str] = &[P1, P2, P3, P4, P5];
}

/// Values of attributes under `secops.rate_limit`.
pub mod rate_limit {
    /// Values of `secops.rate_limit.decision`.
    pub mod decision {
        /// Passed on.
        pub const ALLOWED: &str = "allowed";

        /// Delayed.
        pub const THROTTLED: &str = "throttled";

        /// Refused.
        pub const REJECTED: &str = "rejected";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[ALLOWED, THROTTLED, REJECTED];
    }
}

/// Values of attributes under `secops.review`.
pub mod review {
    /// Values of `secops.review.classification`.
    pub mod classification {
        /// 90 and more.
        pub const EXCELLENT: &str = "Excellent";

        /// 75 to below 90.
        pub const GOOD: &str = "Good";

        /// 60 to below 75.
        pub const NEEDS_IMPROVEMENT: &str = "Needs Improvement";

        /// Below 60.
        pub const INADEQUATE: &str = "Inadequate";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[EXCELLENT, GOOD, NEEDS_IMPROVEMENT, INADEQUATE];
    }

    /// Values of `secops.review.investigation_type`.
    pub mod investigation_type {
        /// The ticket is about a vulnerability.
        pub const CVE: &str = "cve";

        /// The ticket is about a security event.
        pub const EVENT: &str = "event";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[CVE, EVENT];
    }
}

/// Values of attributes under `secops.sanitization`.
pub mod sanitization {
    /// Values of `secops.sanitization.target`.
    pub mod target {
        /// Text sent to a model.
        pub const PROMPT: &str = "prompt";

        /// Text a model answered.
        pub const RESPONSE: &str = "response";

        /// A telemetry event.
        pub const EVENT: &str = "event";

        /// One attribute.
        pub const ATTRIBUTE: &str = "attribute";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[PROMPT, RESPONSE, EVENT, ATTRIBUTE];
    }
}

/// Values of attributes under `secops.scan`.
pub mod scan {
    /// Values of `secops.scan.mode`.
    pub mod mode {
        /// Only what changed.
        pub const INCREMENTAL: &str = "incremental";

        /// Everything.
        pub const FULL: &str = "full";

        /// A subset of the rules.
        pub const FAST: &str = "fast";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[INCREMENTAL, FULL, FAST];
    }

    /// Values of `secops.scan.type`.
    pub mod scan_type {
        /// Static analysis of source code.
        pub const SAST: &str = "sast";

        /// Dynamic analysis of a running system.
        pub const DAST: &str = "dast";

        /// Analysis of dependencies.
        pub const SCA: &str = "sca";

        /// Search for leaked secrets.
        pub const SECRET: &str = "secret";

        /// Analysis of container images.
        pub const CONTAINER: &str = "container";

        /// Analysis of infrastructure as code.
        pub const IAC: &str = "iac";

        /// Anything else.
        pub const OTHER: &str = "other";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[SAST, DAST, SCA, SECRET, CONTAINER, IAC, OTHER];
    }
}

/// Values of attributes under `secops.token`.
pub mod token {
    /// Values of `secops.token.result`.
    pub mod result {
        /// Accepted.
        pub const VALID: &str = "valid";

        /// Past its end.
        pub const EXPIRED: &str = "expired";

        /// The signature does not match.
        pub const BAD_SIGNATURE: &str = "bad_signature";

        /// Meant for another service.
        pub const WRONG_AUDIENCE: &str = "wrong_audience";

        /// Withdrawn.
        pub const REVOKED: &str = "revoked";

        /// Not readable.
        pub const MALFORMED: &str = "malformed";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[
            VALID,
            EXPIRED,
            BAD_SIGNATURE,
            WRONG_AUDIENCE,
            REVOKED,
            MALFORMED,
        ];
    }

    /// Values of `secops.token.type`.
    pub mod token_type {
        /// A signed web token.
        pub const JWT: &str = "jwt";

        /// A reference token.
        pub const OPAQUE: &str = "opaque";

        /// An API key.
        pub const API_KEY: &str = "api_key";

        /// A client certificate.
        pub const MTLS: &str = "mtls";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[JWT, OPAQUE, API_KEY, MTLS];
    }
}

/// Values of attributes under `secops.triage`.
pub mod triage {
    /// Values of `secops.triage.actual_verdict`.
    pub mod actual_verdict {
        /// Real.
        pub const TRUE_POSITIVE: &str = "true_positive";

        /// Not real.
        pub const FALSE_POSITIVE: &str = "false_positive";

        /// Real and harmless.
        pub const BENIGN: &str = "benign";

        /// Undecided.
        pub const NEEDS_REVIEW: &str = "needs_review";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[TRUE_POSITIVE, FALSE_POSITIVE, BENIGN, NEEDS_REVIEW];
    }

    /// Values of `secops.triage.method`.
    pub mod method {
        /// Decided by a rule.
        pub const RULE: &str = "rule";

        /// Decided by a model.
        pub const MODEL: &str = "model";

        /// Decided by a person.
        pub const HUMAN: &str = "human";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[RULE, MODEL, HUMAN];
    }

    /// Values of `secops.triage.priority`.
    pub mod priority {
        /// Critical.
        pub const P1: &str = "P1";

        /// High.
        pub const P2: &str = "P2";

        /// Medium.
        pub const P3: &str = "P3";

        /// Low.
        pub const P4: &str = "P4";

        /// Informational.
        pub const P5: &str = "P5";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[P1, P2, P3, P4, P5];
    }

    /// Values of `secops.triage.verdict`.
    pub mod verdict {
        /// Real.
        pub const TRUE_POSITIVE: &str = "true_positive";

        /// Not real.
        pub const FALSE_POSITIVE: &str = "false_positive";

        /// Real and harmless.
        pub const BENIGN: &str = "benign";

        /// Undecided.
        pub const NEEDS_REVIEW: &str = "needs_review";

        /// Every value, in the registry's order.
        pub const ALL: &[&str] = &[TRUE_POSITIVE, FALSE_POSITIVE, BENIGN, NEEDS_REVIEW];
    }
}
