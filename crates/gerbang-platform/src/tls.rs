//! The one implementation of TLS for connections that this program opens.

/// Makes it the process's own. Clients need it before they are built; once is enough and more do no harm.
pub fn install() {
    // Whoever set one before is fine with us.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
