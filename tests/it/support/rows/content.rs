//! Texts of the site, and what helps to run the service.

use gerbang::{
    accounts::Realm,
    audit, client_errors,
    content::{faq, setting, testimonial},
    notifications, usage,
};

use super::{Rows, at, s, uuid};

impl Rows<'_> {
    pub(super) async fn content(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(setting::row::Model {
            key: s("key", n),
            value: s("value", n),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(faq::row::Model {
            id: uuid(n),
            question: s("question", n),
            answer: s("answer", n),
            position: n.into(),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(testimonial::row::Model {
            id: uuid(n),
            name: s("name", n),
            photo_path: s("photo", n),
            content: s("content", n),
            position: n.into(),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(notifications::row::Model {
            id: uuid(n),
            user_id: id,
            title: s("title", n),
            message: s("message", n),
            read_at: Some(at(n).into()),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(client_errors::row::Model {
            id,
            message: s("message", n),
            level: s("level", n),
            stack: Some(s("stack", n)),
            url: Some(s("url", n)),
            context: Some(format!(r#"{{"component":[{n},null,"menu"]}}"#)),
            ip: Some(s("ip", n)),
            user_agent: Some(s("user", n)),
            created_at: at(n).into(),
        })
        .await;
        self.keep(audit::row::Model {
            id,
            kind: audit::row::AuditKind::Admin,
            action: s("action", n),
            outcome: s("outcome", n),
            realm: Realm::Scholarship,
            actor_id: Some(id),
            subject: Some(s("subject", n)),
            ip: Some(s("ip", n)),
            client: Some(s("client", n)),
            request_id: Some(s("request", n)),
            created_at: at(n).into(),
        })
        .await;
        self.keep(usage::row::Model {
            id,
            realm: Realm::Scholarship,
            api: s("api", n),
            operation: s("operation", n),
            client: s("client", n),
            requests: id,
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
    }
}
