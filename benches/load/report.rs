//! What is told at the end.

use std::fmt::Write;

use gerbang_kernel::clock::Clock;

use crate::{load::Round, options::Kind, workload::Workload};

/// The rounds of a workload.
pub(crate) struct Measured {
    name: &'static str,
    what: &'static str,
    /// Of an answer, on average; none where they were not compared.
    bytes: Option<usize>,
    /// The program's, and in the same order those of the servers beside it.
    pub(crate) rounds: Vec<Vec<Round>>,
}

impl Measured {
    pub(crate) fn new(workload: &Workload, bodies: &[Vec<u8>], servers: usize) -> Self {
        let bytes = bodies.iter().map(Vec::len).sum::<usize>().checked_div(bodies.len());
        Self { name: workload.name, what: workload.what, bytes, rounds: (0..servers).map(|_| Vec::new()).collect() }
    }

    fn line(&self) -> [String; COLUMNS] {
        let Some((gerbang, others)) = self.rounds.split_first() else { return Default::default() };
        let (p50, p99) = (percentile(gerbang, 50), percentile(gerbang, 99));
        let of_others: Vec<String> = others.iter().map(|rounds| format!("{:.2}", part(gerbang, rounds))).collect();
        let others: Vec<String> = others.iter().map(|rounds| format!("{:.0}", per_second(rounds))).collect();
        [
            self.name.to_owned(),
            self.what.to_owned(),
            self.bytes.map_or_else(String::new, |bytes| format!("{:.1}", bytes as f64 / 1_000.0)),
            format!("{:.0}", per_second(gerbang)),
            format!("{:.2}", f64::from(p50) / 1_000.0),
            format!("{:.2}", f64::from(p99) / 1_000.0),
            format!("{:.1}", f64::from(p99) / f64::from(p50)),
            others.join(" / "),
            of_others.join(" / "),
        ]
    }
}

fn per_second(rounds: &[Round]) -> f64 {
    median(rounds.iter().map(|round| round.per_second).collect())
}

/// What the program answers as a part of another server. Neighbours are compared, so that what else the machine does counts
/// for both.
fn part(gerbang: &[Round], other: &[Round]) -> f64 {
    median(gerbang.iter().zip(other).map(|(one, other)| one.per_second / other.per_second).collect())
}

const COLUMNS: usize = 9;
/// Of what is written by hand there are two: with the same authentication, and without. Behind them stands the program that
/// tells nothing, if it is asked.
const HEAD: [&str; COLUMNS] =
    ["", "workload", "kB", "requests/s", "p50 ms", "p99 ms", "p99/p50", "by hand, same/open, unseen", "of these"];

/// The table of a database.
pub(crate) fn table(kind: Kind, measured: &[Measured], markdown: bool) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(measured.iter().map(Measured::line));
    let widths: Vec<usize> =
        (0..COLUMNS).map(|place| lines.iter().map(|line| line[place].chars().count()).max().unwrap_or(0)).collect();
    let mut text = format!("{}\n\n", kind.name());
    for (number, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join(if markdown { " | " } else { "  " });
        let _ = if markdown { writeln!(text, "| {line} |") } else { writeln!(text, "{}", line.trim_end()) };
        if markdown && number == 0 {
            let _ = writeln!(text, "|{}", "---|".repeat(COLUMNS));
        }
    }
    text
}

fn percentile(rounds: &[Round], percent: usize) -> u32 {
    let mut latencies: Vec<u32> = rounds.iter().flat_map(|round| &round.latencies).copied().collect();
    latencies.sort_unstable();
    latencies.get(latencies.len() * percent / 100).copied().unwrap_or_default()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// What it was measured on, and when.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, it)| it);
    let day = Clock::system().now().date_naive();
    let profile = if cfg!(debug_assertions) { ", WITHOUT OPTIMISATION: the figures say nothing" } else { "" };
    format!("{day}, {cores} cores of {}{profile}\n", model.unwrap_or("an unknown model"))
}
