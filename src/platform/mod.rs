//! What the machine gives: time, the database, messages, files, limits. Each is a small interface with
//! real backends; nothing here knows an entity or a rule.

pub mod clock;
pub mod db;
pub mod file_cache;
pub mod files;
pub mod geo_ip;
pub mod limits;
pub mod mail;
pub mod midtrans;
pub mod multipart;
pub mod open_files;
pub mod outbox;
pub mod relay;
pub mod sms;
pub mod tls;
pub mod typesetting;
