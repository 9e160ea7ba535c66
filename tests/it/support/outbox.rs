//! The messages that the application has sent.

use gerbang::outbox::rules::{Transports, deliver_due};
use serde_json::Value;
use tokio::fs;

use super::TestApp;

impl TestApp {
    /// Delivers every message that is due, and gives the delivered ones, oldest first, each once.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        let transports = Transports::new(&self.domain.config).expect("file transports");
        while deliver_due(&self.domain, &transports).await.expect("the outbox can be read") > 0 {}
        let mut messages = Vec::new();
        let Ok(mut folder) = fs::read_dir(&self.domain.config.outbox.folder).await else { return Vec::new() };
        while let Some(file) = folder.next_entry().await.expect("the folder can be read") {
            let text = fs::read(file.path()).await.expect("the file can be read");
            messages.push((file.file_name(), serde_json::from_slice(&text).expect("a message is JSON")));
            fs::remove_file(file.path()).await.expect("the file can be removed");
        }
        messages.sort_by(|(left, _), (right, _)| left.cmp(right));
        messages.into_iter().map(|(_, message)| message).collect()
    }

    /// The code in the newest message to this address or number.
    pub(crate) async fn code_to(&self, to: &str) -> String {
        let messages = self.messages().await;
        let newest = messages.iter().rfind(|message| message["to"] == to);
        let code = newest.and_then(|message| message["code"].as_str());
        code.unwrap_or_else(|| panic!("no code to {to} in {messages:#?}")).to_owned()
    }
}
