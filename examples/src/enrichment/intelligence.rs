//! What the public databases and the asset inventory say. The answers are files of our own making, for
//! vulnerabilities that do not exist.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::priority::{Exploit, Exposure};

/// What the National Vulnerability Database would say.
const NVD: &str = include_str!("../../data/nvd.json");
/// What the Exploit Prediction Scoring System would say.
const EPSS: &str = include_str!("../../data/epss.json");
/// What the catalogue of known exploited vulnerabilities would say.
const KEV: &str = include_str!("../../data/kev.json");
/// Assets on which vulnerabilities are found.
const ASSETS: &str = include_str!("../../data/assets.json");
/// ATT&CK techniques by weakness.
const ATTACK: &str = include_str!("../../data/attack.json");

/// A vulnerability.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vulnerability {
    /// `CVE-…`.
    pub id: String,
    /// CVSS base score, 0 to 10.
    pub cvss: f64,
    /// `CWE-…`.
    pub weakness: String,
    /// How far an exploit has come.
    pub exploit: Exploit,
}

/// Something that can be attacked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Its name.
    pub name: String,
    /// 1 to 4.
    pub criticality: u8,
    /// From where it can be reached.
    pub exposure: Exposure,
}

/// The answers of all sources.
#[derive(Debug)]
pub struct Intelligence {
    /// Vulnerabilities.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Assets.
    pub assets: Vec<Asset>,
    epss: BTreeMap<String, f64>,
    kev: BTreeSet<String>,
    attack: BTreeMap<String, Vec<String>>,
}

impl Intelligence {
    /// Reads the files that are built in.
    ///
    /// # Errors
    /// When one of them is not what it should be.
    pub fn read() -> Result<Self, serde_json::Error> {
        Ok(Self {
            vulnerabilities: serde_json::from_str(NVD)?,
            assets: serde_json::from_str(ASSETS)?,
            epss: serde_json::from_str(EPSS)?,
            kev: serde_json::from_str(KEV)?,
            attack: serde_json::from_str(ATTACK)?,
        })
    }

    /// A vulnerability by its id.
    pub fn vulnerability(&self, id: &str) -> Option<&Vulnerability> {
        self.vulnerabilities.iter().find(|known| known.id == id)
    }

    /// An asset by its name.
    pub fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.iter().find(|known| known.name == name)
    }

    /// The probability that a vulnerability will be exploited, 0 to 1.
    pub fn epss(&self, id: &str) -> Option<f64> {
        self.epss.get(id).copied()
    }

    /// Whether a vulnerability is known to be exploited.
    pub fn known_exploited(&self, id: &str) -> bool {
        self.kev.contains(id)
    }

    /// The techniques that go with a weakness.
    pub fn techniques(&self, weakness: &str) -> &[String] {
        self.attack.get(weakness).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vulnerability_has_an_answer_from_every_source() {
        let known = Intelligence::read().unwrap();
        assert!(!known.vulnerabilities.is_empty() && !known.assets.is_empty());
        for vulnerability in &known.vulnerabilities {
            let id = &vulnerability.id;
            assert!((0.0..=10.0).contains(&vulnerability.cvss), "{id}");
            let epss = known.epss(id).unwrap();
            assert!((0.0..=1.0).contains(&epss), "{id}");
            assert!(
                !known.techniques(&vulnerability.weakness).is_empty(),
                "{id}"
            );
        }
        for id in known.kev.iter().chain(known.epss.keys()) {
            assert!(known.vulnerability(id).is_some(), "{id}");
        }
    }
}
