//! Has npm build the assets of the explorer, for the program to carry.
//!
//! `EXPLORER_BUILD` says whether npm is asked for them: `auto` (where it is there; what goes wrong is a
//! warning), `off` (for quick builds) or `required` (what goes wrong is an error). Without them the server
//! works as ever, and `/explorer` says how to get them.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// What the assets are made of.
const SOURCES: [&str; 7] =
    [".npmrc", "index.html", "package-lock.json", "package.json", "src", "tsconfig.json", "vite.config.ts"];
/// Lines of npm's own words that are worth showing.
const SHOWN: usize = 12;

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=EXPLORER_BUILD");
    let mode = env::var("EXPLORER_BUILD").unwrap_or_else(|_| "auto".to_owned());
    if mode != "off" {
        for source in SOURCES {
            println!("cargo::rerun-if-changed={source}");
        }
    }
    match explorer(&mode) {
        Ok(()) => {}
        Err(problem) if mode == "required" => {
            println!("cargo::error=the explorer could not be built: {problem}");
            return ExitCode::FAILURE;
        }
        Err(problem) => println!("cargo::warning=this build has no explorer: {problem}"),
    }
    ExitCode::SUCCESS
}

/// Brings the folder of the assets up to date; it is empty where there are none.
fn explorer(mode: &str) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let (assets, stamp, work) = (out.join("explorer"), out.join("explorer.stamp"), out.join("explorer-build"));
    fs::create_dir_all(&assets)?;
    let mut sources = Files::new();
    for source in SOURCES {
        read(Path::new("."), Path::new(source), &mut sources)?;
    }
    let fingerprint = fingerprint(&sources);
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == fingerprint) {
        return Ok(());
    }
    // Better none than some that don't fit.
    remove(&assets)?;
    fs::create_dir_all(&assets)?;
    let _ = fs::remove_file(&stamp);
    match mode {
        "off" => return Ok(()),
        "auto" | "required" => {}
        _ => return Err(format!("EXPLORER_BUILD is `{mode}`: set it to auto, off or required").into()),
    }
    let version = Command::new("npm").arg("--version").output();
    if !version.is_ok_and(|answer| answer.status.success()) {
        return Err("npm is not there; with Node.js 20.19 or newer, EXPLORER_BUILD=required builds it".into());
    }
    remove(&work)?;
    for (path, content) in &sources {
        let copy = work.join(path);
        fs::create_dir_all(copy.parent().ok_or("a source without a folder")?)?;
        fs::write(copy, content)?;
    }
    // No package of the lock file needs its install scripts.
    npm(&work, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    let target = assets.to_str().ok_or("the target folder's path is no UTF-8")?;
    npm(&work, &["run", "build", "--", "--outDir", target, "--emptyOutDir", "--logLevel", "error"])?;
    fs::write(&stamp, fingerprint)?;
    // Some 250 MB of packages, which the next change installs from npm's own cache.
    Ok(remove(&work)?)
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let answer = Command::new("npm").args(arguments).current_dir(folder).output()?;
    if answer.status.success() {
        return Ok(());
    }
    for line in String::from_utf8_lossy(&answer.stderr).lines().take(SHOWN) {
        println!("cargo::warning={line}");
    }
    Err(format!("`npm {}` failed", arguments.join(" ")).into())
}

fn read(root: &Path, path: &Path, files: &mut Files) -> io::Result<()> {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(full)? {
            read(root, &path.join(entry?.file_name()), files)?;
        }
        return Ok(());
    }
    files.insert(path.to_owned(), fs::read(full)?);
    Ok(())
}

/// Changes with any source, but not with the times of a fresh checkout.
fn fingerprint(sources: &Files) -> String {
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
