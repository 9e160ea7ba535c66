//! A mail, said once: what it tells is written as text and as HTML from the same words.

use gerbang_kernel::{messages::Language, text::escape_html};

use super::language::copy_the_link;

const FRAME: &str = include_str!("letter.html");

/// What a mail says, from the greeting to the ending. Names in it are already as a message may show them.
pub(super) struct Letter {
    pub(super) language: Language,
    /// The product that writes, which the recipient knows.
    pub(super) sender: String,
    pub(super) subject: String,
    pub(super) greeting: String,
    /// Why it comes.
    pub(super) purpose: String,
    pub(super) deed: Deed,
    /// Until when the deed can be done, what to do if the mail was not expected, and why it came.
    pub(super) ending: Vec<String>,
}

/// What the recipient does with a mail.
pub(super) enum Deed {
    Nothing,
    /// Types a code in somewhere.
    Code(String),
    /// Opens a link, which a button calls by this name.
    Link(&'static str, String),
}

impl Letter {
    /// For mail programs that show text only.
    pub(super) fn text(&self) -> String {
        let deed = match &self.deed {
            Deed::Nothing => None,
            Deed::Code(code) => Some(code.clone()),
            Deed::Link(label, url) => Some(format!("{label}:\n{url}")),
        };
        let ending = self.ending.join("\n");
        let parts = [&self.greeting, &self.purpose].into_iter().chain(&deed).chain([&ending]);
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        // What follows is a signature to mail programs (RFC 3676).
        format!("{}\n\n-- \n{}\n", parts.join("\n\n"), self.sender)
    }

    /// For all others: without anything from elsewhere, readable in light and dark.
    pub(super) fn html(&self) -> String {
        let paragraph = |text: &String| format!("<p>{}</p>", escape_html(text));
        let deed = match &self.deed {
            Deed::Nothing => String::new(),
            Deed::Code(code) => format!("<p class=\"code\">{}</p>", escape_html(code)),
            Deed::Link(label, url) => {
                let (url, copy) = (escape_html(url), copy_the_link(self.language));
                format!(
                    "<p><a class=\"button\" href=\"{url}\">{}</a></p>\n<p class=\"small\">{copy}<br>{url}</p>",
                    escape_html(label)
                )
            }
        };
        let body = [&self.greeting, &self.purpose].map(paragraph);
        let ending: Vec<String> = self.ending.iter().map(|text| escape_html(text)).collect();
        // The recipient's words go in last: nothing in them is taken for a place to fill.
        let places = [
            ("{{language}}", self.language.tag().to_owned()),
            ("{{subject}}", escape_html(&self.subject)),
            ("{{sender}}", escape_html(&self.sender)),
            ("{{deed}}", deed),
            ("{{ending}}", ending.join("<br>\n")),
            ("{{body}}", body.join("\n")),
        ];
        places.into_iter().fold(FRAME.to_owned(), |page, (place, text)| page.replace(place, &text))
    }
}
