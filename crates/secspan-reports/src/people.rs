//! What reports say about people, and what they do not: who did too little is not shown alone, names can be replaced.
//!
//! Numbers by person are there to improve a process. They are sorted by name, never by result; people with fewer cases
//! than the minimum share one row, and that row has numbers only when it hides at least two people.

use std::fmt;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hmac_sha256::HMAC;

use crate::choices::{Choices, Form, Invalid, OptionDef};
use crate::document::{Cell, Note};
use crate::statistics::Merge;

/// Fewer cases than this are not shown for one person: a mean of four says more about chance than about work.
pub const CASES_MIN: u64 = 5;

/// The shortest key of pseudonyms, in bytes: names are few and easy to guess, so only the key protects them.
pub const KEY_BYTES_MIN: usize = 16;

/// More names than this are no names of a team: nothing is shown by name then, and memory stays bounded.
pub const NAMES_MAX: usize = 10_000;

/// Hexadecimal digits of a pseudonym; only when two of one report agree in them, all sixteen are shown.
const DIGITS: usize = 8;

const HEADING: &str = "People";

/// The option to show pseudonyms.
pub static PSEUDONYMS: OptionDef = OptionDef {
    name: "pseudonyms",
    about: "Show pseudonyms instead of names; the key is in $SECSPAN_PSEUDONYM_KEY or in --pseudonym-key-file",
    heading: HEADING,
    form: Form::Secret {
        variable: "SECSPAN_PSEUDONYM_KEY",
        file: "pseudonym-key-file",
        file_about: "File with the key of pseudonyms, at least 16 bytes; a line feed at its end does not count",
        hint: "put at least 16 bytes into $SECSPAN_PSEUDONYM_KEY or into a file for --pseudonym-key-file; who has the key can \
               find the names",
        check: |key| Key::new(key).map(drop).map_err(|error| error.to_string()),
    },
};

/// The option to show fewer cases, or more of them only.
pub static MINIMUM: OptionDef = OptionDef {
    name: "minimum-n",
    about: "Fewer cases than this are not shown for one person",
    heading: HEADING,
    form: Form::Whole {
        value: "N",
        least: 1,
        default: Some(CASES_MIN),
    },
};

const _: () = assert!(KEY_BYTES_MIN == 16, "the help text says 16");

/// How people are shown.
#[derive(Clone, Debug)]
pub struct People {
    /// Names as they are, or pseudonyms.
    pub names: Names,
    /// Fewer cases than this are not shown for one person.
    pub cases_min: u64,
}

/// How a name is shown.
#[derive(Clone, Debug, Default)]
pub enum Names {
    /// As the records have it.
    #[default]
    Plain,
    /// As the role and `-6bdbc3cd`: the first digits of HMAC-SHA256 of the name, which metrics with the same key show too.
    Pseudonyms(Key),
}

/// The key of pseudonyms. Never shown, not even by `Debug`.
#[derive(Clone)]
pub struct Key(Box<str>);

/// A key that protects nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key of {bytes} bytes protects no name; at least {KEY_BYTES_MIN} are required")]
pub struct KeyError {
    bytes: usize,
}

impl Key {
    /// # Errors
    /// When the key is shorter than [`KEY_BYTES_MIN`].
    pub fn new(key: &str) -> Result<Self, KeyError> {
        if key.len() < KEY_BYTES_MIN {
            return Err(KeyError { bytes: key.len() });
        }
        Ok(Self(key.into()))
    }

    /// Sixteen hexadecimal digits for a name: the first eight bytes of HMAC-SHA256.
    fn digits(&self, name: &str) -> String {
        let hash = HMAC::mac(name.as_bytes(), self.0.as_bytes());
        let start = hash.iter().take(8);
        let number = start.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{number:016x}")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Default for People {
    fn default() -> Self {
        Self {
            names: Names::Plain,
            cases_min: CASES_MIN,
        }
    }
}

impl People {
    /// What was chosen by [`PSEUDONYMS`] and [`MINIMUM`].
    ///
    /// # Errors
    /// When the key is too short.
    pub fn chosen(choices: &Choices) -> Result<Self, Invalid> {
        let key = choices.read(&PSEUDONYMS, Key::new)?;
        Ok(Self {
            names: key.map_or(Names::Plain, Names::Pseudonyms),
            cases_min: choices.number(&MINIMUM)?.unwrap_or(CASES_MIN),
        })
    }
}

impl Names {
    /// What stands for each of `names`, in their order.
    pub fn shown(&self, names: &[&str], role: &str) -> Vec<String> {
        let Self::Pseudonyms(key) = self else {
            return names.iter().map(|name| (*name).to_owned()).collect();
        };
        let digits: Vec<String> = names.iter().map(|name| key.digits(name)).collect();
        let start = |digits: &str| digits.get(..DIGITS).unwrap_or_default().to_owned();
        let mut starts: Vec<String> = digits.iter().map(|digits| start(digits)).collect();
        starts.sort_unstable();
        let shown = digits.iter().map(|digits| {
            let start = start(digits);
            let from = starts.partition_point(|other| *other < start);
            let alone = starts.get(from + 1).is_none_or(|next| *next != start);
            format!("{role}-{}", if alone { &start } else { digits })
        });
        shown.collect()
    }
}

/// A value for each name.
#[derive(Clone, Debug)]
pub struct ByName<T> {
    entries: Vec<(Box<str>, T)>,
    places: HashTable<usize>,
    hasher: RandomState,
    last: usize,
    /// There were more than [`NAMES_MAX`] names, and so nothing is known by name.
    overflowed: bool,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            places: HashTable::new(),
            hasher: RandomState::default(),
            last: 0,
            overflowed: false,
        }
    }
}

impl<T: Default> ByName<T> {
    /// Changes the value of a name.
    #[inline]
    pub fn at(&mut self, name: &str, change: impl FnOnce(&mut T)) {
        let last = self.entries.get(self.last);
        if last.is_none_or(|(known, _)| **known != *name) {
            match self.place(name) {
                Some(place) => self.last = place,
                None => return,
            }
        }
        if let Some((_, value)) = self.entries.get_mut(self.last) {
            change(value);
        }
    }

    fn place(&mut self, name: &str) -> Option<usize> {
        if self.overflowed {
            return None;
        }
        let (entries, hasher) = (&self.entries, &self.hasher);
        let named = |place: &usize| entries.get(*place).map_or("", |(known, _)| &**known);
        let hash = hash(hasher, name);
        if let Some(place) = self.places.find(hash, |place| named(place) == name) {
            return Some(*place);
        }
        let place = entries.len();
        if place == NAMES_MAX {
            self.overflow();
            return None;
        }
        self.places
            .insert_unique(hash, place, |place| self::hash(hasher, named(place)));
        self.entries.push((name.into(), T::default()));
        Some(place)
    }

    fn overflow(&mut self) {
        *self = Self {
            overflowed: true,
            ..Self::default()
        };
    }

    /// How many names there are; `None` when there are too many to be names.
    pub fn count(&self) -> Option<u64> {
        (!self.overflowed).then_some(self.entries.len() as u64)
    }

    /// The values, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The entries by name, names as they are.
    pub fn into_sorted(mut self) -> Vec<(Box<str>, T)> {
        self.entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        self.entries
    }
}

impl<T: Default + Merge> ByName<T> {
    /// What may be shown: people with enough cases by the name that is shown, all others in one row.
    pub fn listing(self, people: &People, role: &str, cases: impl Fn(&T) -> u64) -> Listing<T> {
        let overflowed = self.overflowed;
        let mut others: Option<(u64, T)> = None;
        let mut shown = Vec::new();
        for (name, value) in self.into_sorted() {
            if cases(&value) >= people.cases_min {
                shown.push((name, value));
                continue;
            }
            let (folded, sum) = others.get_or_insert_with(|| (0, T::default()));
            *folded += 1;
            sum.merge(value);
        }
        let plain: Vec<&str> = shown.iter().map(|(name, _)| &**name).collect();
        let names = people.names.shown(&plain, role);
        let mut named: Vec<(String, T)> = names
            .into_iter()
            .zip(shown.into_iter().map(|(_, value)| value))
            .collect();
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        Listing {
            named,
            others,
            overflowed,
        }
    }
}

fn hash(hasher: &RandomState, name: &str) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(name.as_bytes());
    state.finish()
}

impl<T: Default + Merge> Merge for ByName<T> {
    fn merge(&mut self, other: Self) {
        if other.overflowed {
            self.overflow();
        }
        for (name, theirs) in other.entries {
            self.at(&name, |mine| mine.merge(theirs));
        }
    }
}

/// What may be shown about people.
#[derive(Debug)]
pub struct Listing<T> {
    /// People with enough cases, by the name that is shown.
    named: Vec<(String, T)>,
    /// How many people have fewer, and what they did together.
    others: Option<(u64, T)>,
    overflowed: bool,
}

impl<T> Listing<T> {
    /// A row for each person and one for the others; `hidden` makes a row without numbers from the number of cases.
    pub fn rows(
        &self,
        people: &People,
        cases: impl Fn(&T) -> u64,
        row: impl Fn(&T) -> Vec<Cell>,
        hidden: impl Fn(u64) -> Vec<Cell>,
    ) -> Vec<Vec<Cell>> {
        let with_name = |name: &str, cells: Vec<Cell>| {
            let mut row = vec![Cell::Text(name.to_owned())];
            row.extend(cells);
            row
        };
        let named = self.named.iter();
        let mut rows: Vec<Vec<Cell>> = named
            .map(|(name, value)| with_name(name, row(value)))
            .collect();
        if let Some((folded, value)) = &self.others {
            let enough = *folded > 1 && cases(value) >= people.cases_min;
            let cells = if enough {
                row(value)
            } else {
                hidden(cases(value))
            };
            let noun = if *folded == 1 { "person" } else { "people" };
            rows.push(with_name(&format!("others ({folded} {noun})"), cells));
        }
        rows
    }

    /// Where there are too many names: that, instead of a table.
    pub fn overflow_note(&self) -> Option<Note> {
        self.overflowed.then(|| {
            Note::no_data(format!(
                "There are more than {NAMES_MAX} different names, so they are no names of a team and nothing is shown by name."
            ))
        })
    }
}

/// How rows about people are to be read.
pub fn note(people: &People, what: &str) -> Note {
    let least = people.cases_min;
    Note::info(format!(
        "Sorted by name. Whoever has fewer than {least} {what} is counted among the others. These numbers describe how the \
         process works for people; cases differ, so they are no ranking."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef";

    #[test]
    fn pseudonyms_are_those_of_the_metrics() {
        let names = Names::Pseudonyms(Key::new(KEY).unwrap());
        assert_eq!(names.shown(&["Mira"], "person"), ["person-6bdbc3cd"]);
        let twice = names.shown(&["Mira", "Jonas", "Mira"], "person");
        let (mira, jonas) = ("person-6bdbc3cd10c1d92e", "person-1cb7b8d9");
        assert_eq!(twice.first().unwrap(), mira, "equal starts show all digits");
        assert_eq!(twice.get(1).unwrap().len(), jonas.len());
        assert_eq!(format!("{names:?}"), "Pseudonyms(Key(…))");
        assert!(Key::new("short").is_err());
    }

    #[test]
    fn too_many_names_are_no_names_whoever_saw_them() {
        let fill = |from: usize, to: usize| {
            let mut names: ByName<u64> = ByName::default();
            for at in from..to {
                names.at(&format!("n{at}"), |count| *count += 1);
            }
            names
        };
        let mut all = fill(0, NAMES_MAX);
        assert_eq!(all.count(), Some(10_000));
        all.merge(fill(0, 10));
        assert_eq!(all.count(), Some(10_000));
        all.merge(fill(NAMES_MAX, NAMES_MAX + 1));
        assert_eq!(all.count(), None);
        let mut few = fill(0, 1);
        few.merge(fill(0, NAMES_MAX + 1));
        assert_eq!(few.count(), None);
        assert!(
            few.listing(&People::default(), "person", |n| *n)
                .overflow_note()
                .is_some()
        );
    }

    #[test]
    fn one_person_with_few_cases_is_not_shown_as_others() {
        let rows = |pairs: &[(&str, u64)]| {
            let mut names: ByName<u64> = ByName::default();
            for (name, count) in pairs {
                names.at(name, |value| *value += count);
            }
            let people = People::default();
            let listing = names.listing(&people, "person", |n| *n);
            let rows = listing.rows(
                &people,
                |n| *n,
                |n| vec![Cell::Count(*n)],
                |_| vec![Cell::Missing("too few")],
            );
            let words = rows.iter().map(|row| format!("{row:?}"));
            words.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(rows(&[("Noa", 4), ("Mira", 5), ("Ada", 9)]), @r#"
        [Text("Ada"), Count(9)]
        [Text("Mira"), Count(5)]
        [Text("others (1 person)"), Missing("too few")]
        "#);
        insta::assert_snapshot!(rows(&[("Noa", 4), ("Mira", 1)]), @r#"[Text("others (2 people)"), Count(5)]"#);
        insta::assert_snapshot!(rows(&[("Noa", 1), ("Mira", 1)]), @r#"[Text("others (2 people)"), Missing("too few")]"#);
    }
}
