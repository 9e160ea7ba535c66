//! Settings that a server could start with but not work.

mod addresses;
mod keys;
mod numbers;
mod places;

use std::collections::BTreeSet;

use gerbang_platform::settings::{FileStore, MailTransport, SmsTransport};
use lettre::message::Mailbox;
use tracing_subscriber::EnvFilter;

use super::{problems::Findings, sections::Config};

/// Characters of the name of an API: more would fill a text message.
const MAX_NAME: usize = 40;

impl Config {
    /// Looks for everything that is wrong with the settings, and for what is probably a mistake. Folders that are not there yet
    /// are made.
    pub fn check(&self, findings: &mut Findings) {
        keys::check(self, findings);
        self.check_all_but_keys(findings);
    }

    /// The same for the demo, whose keys are known to everybody.
    pub fn check_all_but_keys(&self, findings: &mut Findings) {
        numbers::check(self, findings);
        addresses::check(self, findings);
        self.check_services(findings);
        self.check_database(findings);
        places::check(self, findings);
    }

    /// Looks for what is wrong with the place of the database alone.
    pub fn check_database(&self, findings: &mut Findings) {
        places::check_database(self, findings);
    }

    /// Looks whether messages reach anybody, which need not be where a server is tried.
    pub fn check_messages(&self, findings: &mut Findings) {
        let folder = self.outbox.folder.display();
        if self.mail.transport == MailTransport::File {
            let remedy = format!("mail is written to {folder} and reaches nobody: set \"smtp\" and [mail] smtp_url");
            findings.warn("mail.transport", remedy);
        }
        if self.sms.transport == SmsTransport::File {
            let remedy =
                format!("text messages are written to {folder} and reach nobody: set \"http\" and [sms] gateway_url");
            findings.warn("sms.transport", remedy);
        }
    }

    fn check_services(&self, findings: &mut Findings) {
        let Self { mail, sms, files, payments, log, .. } = self;
        let smtp = mail.transport == MailTransport::Smtp && !findings.has("mail.transport");
        if smtp && mail.smtp_url.expose().is_empty() {
            findings.refuse("mail.smtp_url", "it is empty: name your mail server, or set transport = \"file\"");
        }
        if mail.from.parse::<Mailbox>().is_err() {
            let remedy = "it is no sender: write it as \"Name <address@example.com>\"";
            findings.refuse_value("mail.from", format!("{:?}", mail.from), remedy);
        }
        for (slug, api) in &self.apis {
            let length = api.name.chars().count();
            if api.name.trim().is_empty() || length > MAX_NAME || api.name.chars().any(char::is_control) {
                let remedy =
                    format!("messages begin with it: write a name in one line, of at most {MAX_NAME} characters");
                findings.refuse_value(&format!("apis.{slug}.name"), format!("{:?}", api.name), remedy);
            }
        }
        let http = sms.transport == SmsTransport::Http && !findings.has("sms.transport");
        if http && sms.gateway_url.expose().is_empty() {
            findings.refuse("sms.gateway_url", "it is empty: name your gateway, or set transport = \"file\"");
        }
        let s3 = &files.s3;
        if files.store == FileStore::S3 && s3.bucket.is_empty() {
            findings.refuse("files.s3.bucket", "it is empty: name your bucket, or set store = \"folder\"");
        }
        if s3.access_key_id.is_empty() != s3.secret_access_key.expose().is_empty() {
            findings.refuse("files.s3.access_key_id", "it goes together with secret_access_key: set both or none");
        }
        if let Err(error) = EnvFilter::try_new(&log.filter) {
            findings.refuse_value(
                "log.filter",
                format!("{:?}", log.filter),
                format!("{error}; write it as \"info,gerbang=debug\""),
            );
        }
        let mut seen = BTreeSet::new();
        for (key, paths) in payments.paths() {
            let wrong = paths.iter().filter_map(|path| {
                if !path.starts_with('/') || path.contains(['?', '#', '{', '}', ' ']) {
                    return Some(format!("`{path}` is no path: write it as \"/webhooks/payments\""));
                }
                let known = !seen.insert(path.clone());
                known.then(|| format!("the path {path} stands there twice: give each provider its own"))
            });
            findings.refuse_entries(key, wrong.collect::<Vec<_>>());
        }
    }
}
