//! The messages of validation, as data in one place per language.
//!
//! English is Laravel 8's wording, which the legacy documents quote; Indonesian follows the scholarship
//! document (`Email sudah digunakan.`, `Kata sandi harus minimal 8 karakter.`).

use crate::error::{Rule, Violation};

/// A language that the gateway answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, the language of GraphQL and of three legacy APIs.
    English,
    /// Indonesian, the language of the other two.
    Indonesian,
}

impl Language {
    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// One text or the other.
    pub fn say<T>(self, english: T, indonesian: T) -> T {
        match self {
            Self::English => english,
            Self::Indonesian => indonesian,
        }
    }
}

impl Violation {
    /// What the caller is told of it.
    pub fn message(&self, language: Language) -> String {
        violation_message(language, &self.rule, self.field())
    }
}

/// The sentence for a broken `rule` of the field called `field` (camelCase or `snake_case`).
pub fn violation_message(language: Language, rule: &Rule, field: &str) -> String {
    let attribute = attribute(field);
    match language {
        Language::English => english(rule, &attribute),
        Language::Indonesian => indonesian(rule, &attribute),
    }
}

/// How a field's name reads in a sentence: `birthPlace` and `birth_place` are both `birth place`.
fn attribute(field: &str) -> String {
    let mut words = String::with_capacity(field.len() + 4);
    for character in field.chars() {
        if character == '_' {
            words.push(' ');
        } else if character.is_ascii_uppercase() {
            words.push(' ');
            words.push(character.to_ascii_lowercase());
        } else {
            words.push(character);
        }
    }
    words
}

fn english(rule: &Rule, attribute: &str) -> String {
    match rule {
        Rule::Required => format!("The {attribute} field is required."),
        Rule::String => format!("The {attribute} must be a string."),
        Rule::Integer => format!("The {attribute} must be an integer."),
        Rule::Numeric => format!("The {attribute} must be a number."),
        Rule::Boolean => format!("The {attribute} field must be true or false."),
        Rule::Array => format!("The {attribute} must be an array."),
        Rule::Date => format!("The {attribute} is not a valid date."),
        Rule::Email => format!("The {attribute} must be a valid email address."),
        Rule::Phone => format!("The {attribute} must be a valid phone number."),
        Rule::Url => format!("The {attribute} must be a valid URL."),
        Rule::Format => format!("The {attribute} format is invalid."),
        Rule::MinLength(min) => format!("The {attribute} must be at least {min} characters."),
        Rule::MaxLength(max) => format!("The {attribute} must not be greater than {max} characters."),
        Rule::Min(min) => format!("The {attribute} must be at least {min}."),
        Rule::Max(max) => format!("The {attribute} must not be greater than {max}."),
        Rule::Confirmed => format!("The {attribute} confirmation does not match."),
        Rule::Taken => format!("The {attribute} has already been taken."),
        Rule::In | Rule::Exists => format!("The selected {attribute} is invalid."),
        Rule::File => format!("The {attribute} must be a file."),
        Rule::FileType(types) => format!("The {attribute} must be a file of type: {}.", types.join(", ")),
        Rule::FileSize(kilobytes) => format!("The {attribute} must not be greater than {}.", size(*kilobytes)),
        Rule::Custom(rule) => rule.english.to_owned(),
    }
}

fn indonesian(rule: &Rule, attribute: &str) -> String {
    let name = indonesian_attribute(attribute);
    match rule {
        Rule::Required => format!("{name} wajib diisi."),
        Rule::String => format!("{name} harus berupa teks."),
        Rule::Integer => format!("{name} harus berupa bilangan bulat."),
        Rule::Numeric => format!("{name} harus berupa angka."),
        Rule::Boolean => format!("{name} harus bernilai true atau false."),
        Rule::Array => format!("{name} harus berupa daftar."),
        Rule::Date => format!("{name} bukan tanggal yang valid."),
        Rule::Email => format!("{name} harus berupa alamat email yang valid."),
        Rule::Phone => format!("{name} harus berupa nomor telepon yang valid."),
        Rule::Url => format!("{name} harus berupa URL yang valid."),
        Rule::Format => format!("Format {} tidak valid.", lower_first(&name)),
        Rule::MinLength(min) => format!("{name} harus minimal {min} karakter."),
        Rule::MaxLength(max) => format!("{name} tidak boleh lebih dari {max} karakter."),
        Rule::Min(min) => format!("{name} harus minimal {min}."),
        Rule::Max(max) => format!("{name} tidak boleh lebih dari {max}."),
        Rule::Confirmed => format!("Konfirmasi {} tidak cocok.", lower_first(&name)),
        Rule::Taken => format!("{name} sudah digunakan."),
        Rule::In => format!("{name} yang dipilih tidak valid."),
        Rule::Exists => format!("{name} yang dipilih tidak ditemukan."),
        Rule::File => format!("{name} harus berupa file."),
        Rule::FileType(types) => format!("{name} harus berupa file dengan tipe: {}.", types.join(", ")),
        Rule::FileSize(kilobytes) => format!("{name} terlalu besar (maks {}).", size(*kilobytes)),
        Rule::Custom(rule) => rule.indonesian.to_owned(),
    }
}

/// A number of kilobytes as people say it.
fn size(kilobytes: u64) -> String {
    if kilobytes > 0 && kilobytes.is_multiple_of(1_024) {
        format!("{} MB", kilobytes / 1_024)
    } else {
        format!("{kilobytes} KB")
    }
}

/// The Indonesian name of a field whose legacy name is English, capitalised to open a sentence.
fn indonesian_attribute(attribute: &str) -> String {
    let name = match attribute {
        "name" => "nama",
        "password" => "kata sandi",
        "password confirmation" => "konfirmasi kata sandi",
        "phone" => "nomor telepon",
        "code" => "kode",
        "message" => "pesan",
        "title" => "judul",
        other => other,
    };
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + characters.as_str())
}

fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + characters.as_str())
}
