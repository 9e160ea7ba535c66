//! A font of boxes, for letters that are in no other: each has a glyph of its own, so that a reader who sees a box
//! can still search for the letter, copy it, and have it read aloud. With the usual one glyph for all that is
//! missing, a PDF can't say which letters these were.

use std::collections::BTreeSet;

use gerbang_kernel::error::{Error, Result};
use typst::{foundations::Bytes, text::Font};
use write_fonts::{
    FontBuilder,
    read::tables::glyf::CurvePoint,
    tables::{
        cmap::Cmap,
        glyf::{Bbox, Contour, GlyfLocaBuilder, Glyph, SimpleGlyph},
        head::Head,
        hhea::Hhea,
        hmtx::{Hmtx, LongMetric},
        loca::LocaFormat,
        maxp::Maxp,
        name::{Name, NameRecord},
        os2::Os2,
        post::Post,
    },
    types::{GlyphId, NameId, Version16Dot16},
};

/// What templates call it.
pub(super) const FAMILY: &str = "Gerbang Boxes";
/// Units of an em.
const EM: u16 = 1_000;
/// The box: from the line up to the height of capitals.
const BOX: Bbox = Bbox { x_min: 80, y_min: 0, x_max: 620, y_max: 714 };
/// How thick its lines are.
const LINE: i16 = 50;
/// How wide it is with the air around it.
const ADVANCE: u16 = 700;
/// The most letters that one font has room for; a person's name has 255.
const MAX_GLYPHS: usize = 60_000;

/// A font with a glyph for each of these letters.
pub(super) fn font(letters: &BTreeSet<char>) -> Result<Font> {
    let data = build(letters).map_err(Error::internal)?;
    Font::new(Bytes::new(data), 0).ok_or_else(|| Error::internal("a font of boxes can't be read"))
}

fn build(letters: &BTreeSet<char>) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let glyphs = (1_u16..).zip(letters.iter().copied().take(MAX_GLYPHS));
    let count = 1 + u16::try_from(letters.len().min(MAX_GLYPHS))?;
    let mut outlines = GlyfLocaBuilder::new();
    // The first stands for what a font lacks, which this one never does.
    outlines.add_glyph(&outline())?;
    for (_, letter) in glyphs.clone() {
        if letter.is_whitespace() {
            outlines.add_glyph(&Glyph::Empty)?;
        } else {
            outlines.add_glyph(&outline())?;
        }
    }
    let (glyf, loca, format) = outlines.build();
    let head = Head {
        units_per_em: EM,
        x_min: BOX.x_min,
        y_min: BOX.y_min,
        x_max: BOX.x_max,
        y_max: BOX.y_max,
        lowest_rec_ppem: 8,
        index_to_loc_format: i16::from(format == LocaFormat::Long),
        ..Head::default()
    };
    let hhea = Hhea {
        ascender: 800.into(),
        descender: (-200).into(),
        advance_width_max: ADVANCE.into(),
        x_max_extent: BOX.x_max.into(),
        caret_slope_rise: 1,
        number_of_h_metrics: 1,
        ..Hhea::default()
    };
    // All are as wide as the first.
    let hmtx = Hmtx::new(vec![LongMetric::new(ADVANCE, BOX.x_min)], vec![BOX.x_min; usize::from(count) - 1]);
    let os2 = Os2 {
        us_weight_class: 400,
        us_width_class: 5,
        ul_code_page_range_1: Some(0),
        ul_code_page_range_2: Some(0),
        s_typo_ascender: 800,
        s_typo_descender: -200,
        sx_height: Some(500),
        s_cap_height: Some(BOX.y_max),
        us_default_char: Some(0),
        us_break_char: Some(32),
        us_max_context: Some(0),
        ..Os2::default()
    };
    let name = |id, text: &str| NameRecord::new(3, 1, 0x409, id, text.to_owned().into());
    let names = Name::new(vec![
        name(NameId::FAMILY_NAME, FAMILY),
        name(NameId::SUBFAMILY_NAME, "Regular"),
        name(NameId::FULL_NAME, FAMILY),
        name(NameId::POSTSCRIPT_NAME, "GerbangBoxes"),
    ]);
    let mappings = glyphs.map(|(glyph, letter)| (letter, GlyphId::from(glyph)));
    let mut font = FontBuilder::new();
    font.add_table(&head)?
        .add_table(&hhea)?
        .add_table(&Maxp::new(count))?
        .add_table(&hmtx)?
        .add_table(&os2)?
        .add_table(&Cmap::from_mappings(mappings)?)?
        .add_table(&glyf)?
        .add_table(&loca)?
        .add_table(&names)?
        .add_table(&Post { version: Version16Dot16::VERSION_3_0, ..Post::default() })?;
    Ok(font.build())
}

/// A box: an outer line, and an inner one that runs the other way and leaves a hole.
fn outline() -> SimpleGlyph {
    let Bbox { x_min: left, y_min: bottom, x_max: right, y_max: top } = BOX;
    let corner = |(x, y): (i16, i16)| CurvePoint::on_curve(x, y);
    let outer = [(left, bottom), (left, top), (right, top), (right, bottom)];
    let (left, bottom, right, top) = (left + LINE, bottom + LINE, right - LINE, top - LINE);
    let inner = [(left, bottom), (right, bottom), (right, top), (left, top)];
    let contour = |corners: [(i16, i16); 4]| Contour::from(corners.map(corner).to_vec());
    SimpleGlyph { bbox: BOX, contours: vec![contour(outer), contour(inner)], instructions: Vec::new() }
}

#[cfg(test)]
mod tests {
    use write_fonts::read::{FontRef, TableProvider};

    use super::*;

    #[test]
    fn every_letter_has_a_glyph_of_its_own() {
        let letters = BTreeSet::from(['李', '龍', 'ด', '\u{3000}', '🦜', '\u{E000}']);
        let font = font(&letters).unwrap();
        assert_eq!(font.info().family, FAMILY);
        let cmap = FontRef::new(font.data()).unwrap().cmap().unwrap();
        let glyphs: BTreeSet<u32> =
            letters.iter().map(|letter| cmap.map_codepoint(*letter).unwrap().to_u32()).collect();
        assert!(!glyphs.contains(&0));
        assert_eq!(glyphs.len(), letters.len());
        assert!(letters.iter().all(|letter| font.info().coverage.contains(u32::from(*letter))));
        assert!(!font.info().coverage.contains(u32::from('a')));
    }
}
