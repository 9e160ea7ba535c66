//! Which country an address is in, by a file of the `MaxMind` format (`.mmdb`). The file is not part of the program:
//! its makers license it.

use std::{
    fmt::{self, Debug, Formatter},
    net::IpAddr,
    path::Path,
    sync::Arc,
};

use maxminddb::{MaxMindDbError, PathElement, Reader};

/// Tells countries, or nothing where there is no file. Cheap to clone.
#[derive(Clone, Default)]
pub struct GeoIp(Option<Arc<Reader<Vec<u8>>>>);

impl GeoIp {
    /// Reads a file into memory. A newer one is read at the next start.
    ///
    /// # Errors
    /// When it can't be read or is of another format.
    pub fn open(file: &Path) -> Result<Self, MaxMindDbError> {
        Ok(Self(Some(Arc::new(Reader::open_readfile(file)?))))
    }

    /// The country's two capital letters (ISO 3166-1), if the file knows the address.
    pub fn country(&self, ip: IpAddr) -> Option<String> {
        let path = [PathElement::Key("country"), PathElement::Key("iso_code")];
        let code: &str = self.0.as_ref()?.lookup(ip.to_canonical()).ok()?.decode_path(&path).ok()??;
        (code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())).then(|| code.to_owned())
    }
}

impl Debug for GeoIp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GeoIp").field(&self.0.as_ref().map(|reader| &reader.metadata().database_type)).finish()
    }
}
