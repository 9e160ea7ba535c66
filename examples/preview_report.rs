//! Shows a template on disk with the sample beside it: `cargo run --example preview_report -- full en`.
//!
//! Takes `full`, `short`, `tmm` or `scm`, a language (`id`, `en`), and, if wanted, another folder of templates. Writes
//! `target/preview/<sheet>-<language>.pdf`; run it again after a change, the program need not be built again.

use std::{env, error::Error, fs, path::PathBuf};

use gerbang::talents::result_report::{Format, ReportKind, Reports};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let kind = arguments.next().unwrap_or_else(|| "full".to_owned());
    let language = arguments.next().unwrap_or_else(|| "id".to_owned());
    let templates = arguments.next().map_or_else(|| PathBuf::from("templates/report"), PathBuf::from);
    let wanted = match kind.as_str() {
        "full" => ReportKind::Full,
        "short" => ReportKind::Short,
        "tmm" => ReportKind::TalentMap,
        "scm" => ReportKind::ClusterMap,
        other => return Err(format!("`{other}` is none of full, short, tmm, scm").into()),
    };
    let sample = fs::read(templates.join("sample.json"))?;
    let mut data: serde_json::Value = serde_json::from_slice(&sample)?;
    data["language"] = language.as_str().into();
    let reports = Reports::preview(&templates)?;
    let made = reports.document(wanted, Format::Pdf, serde_json::to_vec(&data)?.into()).await.map_err(|error| {
        // What is wrong with the template stands in the cause.
        error.cause().map_or_else(|| error.to_string(), ToString::to_string)
    })?;
    let file = PathBuf::from(format!("target/preview/{kind}-{language}.pdf"));
    fs::create_dir_all("target/preview")?;
    fs::write(&file, made.content)?;
    println!("{}", file.display());
    Ok(())
}
