//! Keys that sign JSON Web Tokens: a secret that both sides know (HS256), or an Ed25519 key (`EdDSA`), whose tokens others can
//! verify without being able to sign.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
};
use gerbang_kernel::{
    error::{Error, Result},
    secret::Secret,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::config::JwtKey;

/// How a private key begins as PEM (RFC 7468).
const PEM: &str = "-----BEGIN";

/// A key of the settings, ready to be used.
pub(super) struct Key {
    pub(super) id: String,
    algorithm: Algorithm,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    /// The public half, for those who verify.
    public: Option<[u8; 32]>,
    /// What else is signed with it.
    pub(super) secret: Vec<u8>,
}

impl Key {
    pub(super) fn new(settings: &JwtKey) -> Self {
        let secret = settings.secret.expose().as_bytes();
        // The settings were looked at before: what begins as a private key is one.
        let pair = private_key(&settings.secret).and_then(std::result::Result::ok);
        let encoded = pair.as_ref().and_then(|pair| Some((pair.to_pkcs8_der().ok()?, pair.verifying_key().to_bytes())));
        let (algorithm, signing, verifying, public) = match encoded {
            Some((der, public)) => (
                Algorithm::EdDSA,
                EncodingKey::from_ed_der(der.as_bytes()),
                DecodingKey::from_ed_der(&public),
                Some(public),
            ),
            None => (Algorithm::HS256, EncodingKey::from_secret(secret), DecodingKey::from_secret(secret), None),
        };
        let mut validation = Validation::new(algorithm);
        // The library asks the machine for the time; ours is the clock's, which tests can set.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let (id, secret) = (settings.kid.clone(), secret.to_vec());
        Self { id, algorithm, signing, verifying, validation, public, secret }
    }

    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String> {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(self.algorithm) };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(Error::internal)
    }

    pub(super) fn read<T: DeserializeOwned + Clone>(&self, token: &str) -> Option<T> {
        jsonwebtoken::decode(token, &self.verifying, &self.validation).ok().map(|token| token.claims)
    }

    /// The public half as others read it (RFC 8037).
    pub(super) fn public(&self) -> Option<Value> {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.public?);
        Some(json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.id, "x": x }))
    }
}

/// The private key in a setting, if it is one and no plain secret.
///
/// # Errors
/// If it begins as one, and can't be read as one of Ed25519.
pub fn private_key(secret: &Secret) -> Option<std::result::Result<SigningKey, String>> {
    let text = secret.expose().trim();
    text.starts_with(PEM).then(|| SigningKey::from_pkcs8_pem(text).map_err(|error| error.to_string()))
}
