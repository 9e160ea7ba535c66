//! What is told at the end.

use std::fmt::Write;

use gerbang_kernel::clock::Clock;

use crate::{load::Round, options::Kind, workload::Workload};

/// The rounds of a workload: of the program, of the one that tells nothing if there is one, and of each hand-written one,
/// in the same order.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Of an answer, on average; none where they were not compared.
    bytes: Option<usize>,
    pub(crate) gerbang: Vec<Round>,
    pub(crate) unseen: Vec<Round>,
    pub(crate) hand: Vec<Vec<Round>>,
}

impl Measured {
    pub(crate) fn new(workload: &Workload, bodies: &[Vec<u8>]) -> Self {
        let hand = workload.hand.iter().map(|_| Vec::new()).collect();
        let bytes = bodies.iter().map(Vec::len).sum::<usize>().checked_div(bodies.len());
        Self { name: workload.name, what: workload.what, bytes, gerbang: Vec::new(), unseen: Vec::new(), hand }
    }

    fn line(&self) -> [String; COLUMNS] {
        let (p50, p99) = (percentile(&self.gerbang, 50), percentile(&self.gerbang, 99));
        let mut of_hand = String::new();
        let mut hand = String::new();
        for (place, rounds) in self.hand.iter().enumerate() {
            let separator = if place == 0 { "" } else { " / " };
            let _ = write!(of_hand, "{separator}{:.2}", self.of(rounds));
            let _ = write!(hand, "{separator}{:.0}", median(rounds.iter().map(|round| round.per_second).collect()));
        }
        [
            self.name.to_owned(),
            self.what.to_owned(),
            self.bytes.map_or_else(String::new, |bytes| format!("{:.1}", bytes as f64 / 1_000.0)),
            format!("{:.0}", median(self.gerbang.iter().map(|round| round.per_second).collect())),
            format!("{:.2}", f64::from(p50) / 1_000.0),
            format!("{:.2}", f64::from(p99) / 1_000.0),
            format!("{:.1}", f64::from(p99) / f64::from(p50)),
            hand,
            of_hand,
            if self.unseen.is_empty() { String::new() } else { format!("{:.2}", self.of(&self.unseen)) },
        ]
    }

    /// What the program answers as a part of others. Neighbours are compared, so that what else the machine does counts for
    /// both.
    fn of(&self, others: &[Round]) -> f64 {
        let ratios = self.gerbang.iter().zip(others).map(|(one, other)| one.per_second / other.per_second);
        median(ratios.collect())
    }
}

const COLUMNS: usize = 10;
/// Of what is written by hand there are two: with the same authentication, and without.
const HEAD: [&str; COLUMNS] =
    ["", "workload", "kB", "requests/s", "p50 ms", "p99 ms", "p99/p50", "by hand, same/open", "of these", "of unseen"];

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
