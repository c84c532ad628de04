//! From the text of a condition to a [`Condition`].

use regex::Regex;

use super::{Comparison, Condition, Context, Operand};

/// How deep conditions may nest.
const DEPTH_MAX: u32 = 32;

/// Names that stand for numbers.
const ENUMERATIONS: &[(&str, i64)] = &[
    ("STATUS_CODE_UNSET", 0),
    ("STATUS_CODE_OK", 1),
    ("STATUS_CODE_ERROR", 2),
    ("SPAN_KIND_UNSPECIFIED", 0),
    ("SPAN_KIND_INTERNAL", 1),
    ("SPAN_KIND_SERVER", 2),
    ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4),
    ("SPAN_KIND_CONSUMER", 5),
    ("SEVERITY_NUMBER_TRACE", 1),
    ("SEVERITY_NUMBER_DEBUG", 5),
    ("SEVERITY_NUMBER_INFO", 9),
    ("SEVERITY_NUMBER_WARN", 13),
    ("SEVERITY_NUMBER_ERROR", 17),
    ("SEVERITY_NUMBER_FATAL", 21),
];

const OPERATORS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::processors) struct ConditionError {
    /// What is wrong.
    pub(in crate::processors) message: String,
    /// Where in the text, or what there is of it.
    pub(in crate::processors) given: String,
    /// What may stand there.
    pub(in crate::processors) allowed: String,
}

/// Reads a whole text.
pub(super) fn condition(text: &str, context: Context) -> Result<Condition, ConditionError> {
    let mut parser = Parser {
        rest: text,
        context,
        depth: 0,
    };
    let condition = parser.any()?;
    parser.skip_space();
    if parser.rest.is_empty() {
        return Ok(condition);
    }
    Err(parser.error("is no condition to its end", "and, or, or the end"))
}

#[derive(Clone, Copy)]
struct Parser<'t> {
    rest: &'t str,
    context: Context,
    depth: u32,
}

impl<'t> Parser<'t> {
    /// Conditions joined by `or`.
    fn any(&mut self) -> Result<Condition, ConditionError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("nests too deeply", &format!("{DEPTH_MAX} levels")));
        }
        let mut left = self.all()?;
        while self.word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.all()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    /// Conditions joined by `and`.
    fn all(&mut self) -> Result<Condition, ConditionError> {
        let mut left = self.one()?;
        while self.word("and") {
            left = Condition::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Condition, ConditionError> {
        if self.word("not") {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                return Err(self.error("nests too deeply", &format!("{DEPTH_MAX} levels")));
            }
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.symbol("(") {
            let inner = self.any()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.symbol("IsMatch(") {
            return self.is_match();
        }
        let left = self.operand()?;
        self.skip_space();
        let found = OPERATORS
            .iter()
            .find(|(text, _)| self.rest.starts_with(text));
        let Some((text, comparison)) = found else {
            return match left {
                Operand::Bool(value) => Ok(Condition::Constant(value)),
                _ => Err(self.error("is no comparison", &operators())),
            };
        };
        self.symbol(text);
        Ok(Condition::Compare(left, *comparison, self.operand()?))
    }

    fn is_match(&mut self) -> Result<Condition, ConditionError> {
        let operand = self.operand()?;
        self.expect(",")?;
        self.skip_space();
        let before = *self;
        let Operand::Text(pattern) = self.operand()? else {
            return Err(before.error("is no pattern", "a text in quotes"));
        };
        let Ok(pattern) = Regex::new(&pattern) else {
            return Err(before.error("is no regular expression", "a pattern"));
        };
        self.expect(")")?;
        Ok(Condition::IsMatch(operand, pattern))
    }

    fn operand(&mut self) -> Result<Operand, ConditionError> {
        self.skip_space();
        if self.rest.starts_with('"') {
            return self.quoted().map(Operand::Text);
        }
        let before = *self;
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let int = word.parse().map(Operand::Int).ok();
            let number = int.or_else(|| word.parse().map(Operand::Double).ok());
            return number.ok_or_else(|| before.error("is no number", "a number"));
        }
        let constant = match word {
            "true" => Some(Operand::Bool(true)),
            "false" => Some(Operand::Bool(false)),
            "nil" => Some(Operand::Nil),
            _ => None,
        };
        let named = ENUMERATIONS.iter().find(|(name, _)| *name == word);
        let named = named.map(|(_, number)| Operand::Int(*number));
        if let Some(operand) = constant.or(named) {
            return Ok(operand);
        }
        self.path(word).unwrap_or_else(|| {
            Err(before.error("is nothing that can be asked about", &self.paths()))
        })
    }

    /// A path that begins with `word`; `None` when there is no such path.
    fn path(&mut self, word: &str) -> Option<Result<Operand, ConditionError>> {
        let own = word.strip_prefix(self.context.name());
        let word = own.and_then(|word| word.strip_prefix('.')).unwrap_or(word);
        let has_attributes = self.context != Context::Metric;
        match word {
            "attributes" if has_attributes => Some(self.key().map(Operand::Attribute)),
            "resource.attributes" => Some(self.key().map(Operand::Resource)),
            "scope.name" | "instrumentation_scope.name" => Some(Ok(Operand::ScopeName)),
            "scope.version" | "instrumentation_scope.version" => Some(Ok(Operand::ScopeVersion)),
            _ => {
                let fields = self.context.fields();
                let field = fields.iter().find(|(name, _)| *name == word);
                field.map(|(_, field)| Ok(Operand::Field(*field)))
            }
        }
    }

    fn key(&mut self) -> Result<String, ConditionError> {
        self.expect("[")?;
        self.skip_space();
        let key = self.quoted()?;
        self.expect("]")?;
        Ok(key)
    }

    /// A text in quotes, with `\"` and `\\`.
    fn quoted(&mut self) -> Result<String, ConditionError> {
        let before = *self;
        let failed = || before.error("is no text in quotes", r#""text""#);
        let mut characters = self.rest.strip_prefix('"').ok_or_else(failed)?.chars();
        let mut text = String::new();
        loop {
            match characters.next() {
                None => return Err(failed()),
                Some('"') => break,
                Some('\\') => match characters.next() {
                    Some(escaped @ ('"' | '\\')) => text.push(escaped),
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    // As the pattern meant it.
                    Some(other) => text.extend(['\\', other]),
                    None => return Err(failed()),
                },
                Some(character) => text.push(character),
            }
        }
        self.rest = characters.as_str();
        Ok(text)
    }

    /// Takes a word that ends where it ends.
    fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        if ends {
            self.rest = rest;
        }
        ends
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ConditionError> {
        if self.symbol(symbol) {
            return Ok(());
        }
        Err(self.error(&format!("lacks `{symbol}`"), symbol))
    }

    fn take_while(&mut self, of: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !of(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn paths(&self) -> String {
        let mut paths = Vec::new();
        if self.context != Context::Metric {
            paths.push(r#"attributes["key"]"#);
        }
        paths.extend([
            r#"resource.attributes["key"]"#,
            "scope.name",
            "scope.version",
        ]);
        paths.extend(self.context.fields().iter().map(|(name, _)| *name));
        paths.extend(["IsMatch(…)", "a text", "a number", "true", "false", "nil"]);
        paths.join(", ")
    }

    fn error(&self, message: &str, allowed: &str) -> ConditionError {
        ConditionError {
            message: message.to_owned(),
            given: if self.rest.is_empty() {
                "nothing".to_owned()
            } else {
                self.rest.to_owned()
            },
            allowed: allowed.to_owned(),
        }
    }
}

fn operators() -> String {
    OPERATORS.map(|(text, _)| text).join(" ")
}
