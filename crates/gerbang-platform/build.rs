//! Takes those of the typesetting engine's fonts that templates are set in. The others are for formulas, and 6.6 MB.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

/// What their files call them.
const FONTS: [&str; 2] = ["LibertinusSerif-", "DejaVuSansMono"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    let is_one = |font: &[u8], name: &str| font.windows(name.len()).any(|bytes| bytes == name.as_bytes());
    let fonts = typst_assets::fonts().filter(|font| FONTS.iter().any(|name| is_one(font, name)));
    let mut list = String::new();
    for (number, font) in fonts.enumerate() {
        let file = folder.join(format!("{number}.font"));
        fs::write(&file, font)?;
        writeln!(list, "include_bytes!({:?}),", file.display().to_string())?;
    }
    Ok(fs::write(folder.join("fonts.rs"), format!("&[{list}]"))?)
}
