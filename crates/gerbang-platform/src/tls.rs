//! The one implementation of TLS for connections that this program opens, and clients of the web that have it.

use std::{error::Error, iter};

use reqwest::{Client, ClientBuilder};

/// Makes it the process's own. Clients need it before they are built; once is enough and more do no harm.
pub fn install() {
    // Whoever set one before is fine with us.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Builds a client of the web.
///
/// # Errors
/// Why it can't be built, such as that the system trusts no authority.
pub fn client(builder: ClientBuilder) -> Result<Client, String> {
    install();
    builder.build().map_err(|error| explained(&error))
}

/// An error with its causes: what the client says itself tells little.
pub fn explained(error: &(dyn Error + 'static)) -> String {
    let all: Vec<_> = iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect();
    all.join(": ")
}
