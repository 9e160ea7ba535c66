//! What the machine gives: the database, messages, files, typesetting. Each is a small interface with
//! real backends; nothing here knows an entity or a rule.

pub mod db;
pub mod file_cache;
pub mod files;
pub mod geo_ip;
pub mod group_commit;
pub mod mail;
pub mod outbox;
pub mod query;
pub mod relay;
pub mod rows;
pub mod settings;
pub mod sms;
pub mod tls;
pub mod typesetting;
pub mod upstream;
