//! How long does a report over a million enrichment records take, next to `jq` and pandas doing one sum of it?
//!
//! `secspan sample` writes the records. Then, in interleaved rounds over a warm cache, as one process each: the whole report;
//! our reader with the sum of `total_duration_seconds` by analyst and nothing else; `jq` and pandas with the same sum. The
//! three sums must be equal, or the bench fails. Printed are medians of the wall and processor time, the peak of resident
//! memory, and the ratio of wall times to our sum. What is not installed is "not run"; pandas is installed below `target/` where
//! a package index can be reached.
//!
//! Run with `cargo bench -p secspan-cli --bench report_million`, further arguments after `--`: `--records 1000000`,
//! `--rounds 3`.
//!
//! Last result (two shared cores, 2026-11-21, run ahead of other work by the scheduler): 930 MB and 302 thousand reviews
//! beside them; the report 0.51 s and 46 MiB; our sum 0.33 s and 10 MiB, 1.6 GB/s and core; jq 16.2 s and 3 MiB; pandas 24.4 s and
//! 3.2 GiB.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints and measures"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use secspan_jsonl::read::{Settings, Sources, scan};
use secspan_records::record::Record;

/// The program, built with the bench.
const SECSPAN: &str = env!("CARGO_BIN_EXE_secspan");
/// Where records and pandas go.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// The argument of the process that is our sum: the folder that it reads comes after it.
const SUM_OF: &str = "--sum-of";
/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// Ticks of processor time in a second, as Linux counts them for programs.
const TICKS: f64 = 100.0;
/// What the report may take, in seconds.
const SECONDS_MAX: f64 = 1.0;
/// What the report may take, in bytes of memory.
const BYTES_MAX: u64 = 100 << 20;

const JQ: &str = "reduce inputs as $r ({}; .[$r.analyst] += $r.total_duration_seconds)";

const PANDAS: &str = "
import json, sys, pandas
records = pandas.concat(pandas.read_json(path, lines=True) for path in sys.argv[1:])
print(json.dumps(records.groupby('analyst').total_duration_seconds.sum().to_dict(), default=int))
";

/// Seconds by analyst.
type Sums = BTreeMap<String, u64>;

/// Something that is measured.
struct Contestant {
    name: &'static str,
    /// How to start it, or why it is not run.
    command: Result<Vec<String>, String>,
    /// Whether it prints sums by analyst.
    sums: bool,
    runs: Vec<Run>,
}

/// One process from start to end.
#[derive(Clone, Copy)]
struct Run {
    wall: f64,
    processor: f64,
    peak: u64,
}

fn main() {
    if let Some(folder) = argument(SUM_OF) {
        println!("{}", serde_json::to_string(&our_sum(&folder)).unwrap());
        return;
    }
    let number = |name| argument(name).map(|text| text.parse().expect("a whole number"));
    let records = number("--records").unwrap_or(1_000_000);
    let rounds = number("--rounds").unwrap_or(3);
    let data = Path::new(FOLDER).join(format!("report-million-{records}"));
    write_records(&data, records);
    let files = enrichment_files(&data);
    let bytes: u64 = files
        .iter()
        .map(|file| fs::metadata(file).unwrap().len())
        .sum();
    println!(
        "{records} enrichment records in {} files, {} MB",
        files.len(),
        bytes / 1_000_000
    );
    let mut contestants = contestants(&data, &files);
    let mut sums: Option<Sums> = None;
    for round in 0..=rounds {
        for contestant in &mut contestants {
            let Ok(words) = &contestant.command else {
                continue;
            };
            // Round 0 warms the cache, for those that are over soon.
            if round == 0 && contestant.name.starts_with(['j', 'p']) {
                continue;
            }
            match measure(words) {
                Err(reason) => contestant.command = Err(reason),
                Ok((run, printed)) => {
                    if contestant.sums {
                        let found: Sums = serde_json::from_str(&printed).expect("sums by analyst");
                        assert_eq!(
                            sums.get_or_insert_with(|| found.clone()),
                            &found,
                            "{}",
                            contestant.name
                        );
                    }
                    if round > 0 {
                        contestant.runs.push(run);
                    }
                }
            }
        }
    }
    print(&contestants, bytes);
}

fn contestants(data: &Path, files: &[PathBuf]) -> Vec<Contestant> {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let with_files = |mut words: Vec<String>| {
        words.extend(files.iter().map(|file| file.display().to_string()));
        words
    };
    let folder = data.display().to_string();
    let itself = std::env::current_exe().unwrap().display().to_string();
    let contestant = |name, command, sums| Contestant {
        name,
        command,
        sums,
        runs: Vec::new(),
    };
    let report = words(&[SECSPAN, "report", "enrichment", &folder, "--format", "json"]);
    let jq = started(&["jq", "--version"]).map(|()| with_files(words(&["jq", "-c", "-n", JQ])));
    let pandas = pandas().map(|python| with_files(words(&[&python, "-c", PANDAS])));
    vec![
        contestant("secspan report enrichment", Ok(report), false),
        contestant(
            "our reader, the sum",
            Ok(words(&[&itself, SUM_OF, &folder])),
            true,
        ),
        contestant("jq, the sum", jq, true),
        contestant("pandas, the sum", pandas, true),
    ]
}

/// What the process does that is our sum.
fn our_sum(folder: &str) -> Sums {
    let kinds = secspan_systems::kinds();
    let kind = secspan_systems::kind("enrichment").unwrap();
    let field = |key| kind.index(key).unwrap();
    let (analyst, total) = (field("analyst"), field("total_duration_seconds"));
    let sources = Sources::find(&[folder], kinds, &[kind]).unwrap();
    let add = |sums: &mut Sums, record: &Record<'_>| {
        if let Some((analyst, seconds)) = record.text(analyst).zip(record.count(total)) {
            match sums.get_mut(analyst) {
                Some(sum) => *sum += seconds,
                None => drop(sums.insert(analyst.to_owned(), seconds)),
            }
        }
    };
    let scan = scan(&sources, Settings::of(kinds), Sums::new, add, |_| {}).unwrap();
    assert_eq!(scan.summary.malformed, 0);
    let mut sums = Sums::new();
    for (analyst, sum) in scan.accumulators.into_iter().flatten() {
        *sums.entry(analyst).or_default() += sum;
    }
    sums
}

/// What stands after an argument of this name.
fn argument(name: &str) -> Option<String> {
    std::env::args()
        .skip_while(|argument| argument != name)
        .nth(1)
}

/// Writes the records, unless they are there from a run before.
fn write_records(data: &Path, records: usize) {
    if data.is_dir() {
        return;
    }
    let unfinished = data.with_extension("unfinished");
    drop(fs::remove_dir_all(&unfinished));
    let status = Command::new(SECSPAN)
        .args([
            "sample",
            "--seed",
            "1",
            "--records",
            &records.to_string(),
            "--out",
        ])
        .arg(&unfinished)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "secspan sample: {status}");
    fs::rename(unfinished, data).unwrap();
}

fn enrichment_files(data: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(data.join("metrics")).unwrap();
    let mut files: Vec<PathBuf> = paths
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("enrichment-")
        })
        .collect();
    files.sort();
    files
}

/// The interpreter that has pandas.
fn pandas() -> Result<String, String> {
    let venv = Path::new(FOLDER).join("pandas");
    let python = venv.join("bin/python").display().to_string();
    let import = [python.as_str(), "-c", "import pandas"];
    if started(&import).is_err() {
        let venv = venv.display().to_string();
        started(&["python3", "-m", "venv", &venv])?;
        started(&[&python, "-m", "pip", "install", "--quiet", "pandas"])?;
        started(&import)?;
    }
    Ok(python)
}

/// Runs a command to its end; the reason when it cannot be run.
fn started(words: &[&str]) -> Result<(), String> {
    let (program, arguments) = words.split_first().unwrap();
    let quiet = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match quiet {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", words.join(" "))),
        Err(error) => Err(format!("{program}: {error}")),
    }
}

/// Runs a contestant once; also what it printed.
fn measure(words: &[String]) -> Result<(Run, String), String> {
    let (program, arguments) = words.split_first().unwrap();
    let before = processor_time_of_children();
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let mut output = child.stdout.take().unwrap();
    let printed = thread::spawn(move || std::io::read_to_string(&mut output).unwrap());
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_of(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        thread::sleep(LOOK);
    };
    let run = Run {
        wall: begun.elapsed().as_secs_f64(),
        processor: processor_time_of_children() - before,
        peak,
    };
    let printed = printed.join().unwrap();
    if status.success() {
        Ok((run, printed))
    } else {
        Err(format!("{program}: {status}"))
    }
}

/// The most memory that a process had resident, in bytes; 0 when it has ended.
fn peak_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|rest| rest.split_whitespace().next());
    kilobytes.map_or(0, |number| number.parse::<u64>().unwrap() << 10)
}

/// What all ended children have spent, in seconds.
fn processor_time_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // The name of the program is in parentheses and may hold spaces; cutime and cstime are the 14th and 15th after it.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(13).take(2);
    ticks
        .map(|field| field.parse::<f64>().unwrap())
        .sum::<f64>()
        / TICKS
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(contestants: &[Contestant], bytes: u64) {
    let wall = |contestant: &Contestant| median(contestant.runs.iter().map(|run| run.wall));
    let peak = |contestant: &Contestant| {
        contestant
            .runs
            .iter()
            .map(|run| run.peak)
            .max()
            .unwrap_or(0)
    };
    let ours = contestants
        .iter()
        .find(|contestant| contestant.sums)
        .map_or(f64::NAN, wall);
    println!(
        "{:28}{:>9}{:>14}{:>15}{:>10}{:>8}",
        "", "wall s", "processor s", "MB/s and core", "peak MiB", "ratio"
    );
    for contestant in contestants {
        if let Err(reason) = &contestant.command {
            println!("{:28}not run: {reason}", contestant.name);
            continue;
        }
        let processor = median(contestant.runs.iter().map(|run| run.processor));
        println!(
            "{:28}{:>9.2}{:>14.2}{:>15.0}{:>10}{:>8.1}",
            contestant.name,
            wall(contestant),
            processor,
            bytes as f64 / processor / 1e6,
            peak(contestant) >> 20,
            wall(contestant) / ours,
        );
    }
    if let Some(report) = contestants.first().filter(|report| report.command.is_ok()) {
        let kept = |kept: bool| if kept { "yes" } else { "NO" };
        println!(
            "report in less than {SECONDS_MAX} s: {}; in less than {} MiB: {}",
            kept(wall(report) < SECONDS_MAX),
            BYTES_MAX >> 20,
            kept(peak(report) < BYTES_MAX),
        );
    }
}
