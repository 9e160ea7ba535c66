//! The smallest file of the `MaxMind` format: one network and its country.
//!
//! The format: <https://maxmind.github.io/MaxMind-DB/>.

/// A file that knows the country of one network of 256 addresses.
pub(crate) fn country(network: [u8; 3], country: &str) -> Vec<u8> {
    const NODES: u32 = 24;
    let bits = network.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let mut file = Vec::new();
    for (node, bit) in (0..NODES).zip(bits) {
        // Behind the last bit stands the place of the data, counted from behind 16 empty bytes.
        let next = if node + 1 == NODES { NODES + 16 } else { node + 1 };
        let records = if bit == 0 { [next, NODES] } else { [NODES, next] };
        for record in records {
            file.extend_from_slice(&record.to_be_bytes()[1..]);
        }
    }
    file.extend_from_slice(&[0; 16]);
    file.extend(map(&[("country", map(&[("iso_code", text(country))]))]));
    file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("binary_format_major_version", vec![0xa1, 2]),
        ("binary_format_minor_version", vec![0xa1, 0]),
        ("build_epoch", vec![0x01, 0x02, 1]),
        ("database_type", text("Country")),
        ("description", map(&[])),
        ("ip_version", vec![0xa1, 4]),
        ("languages", vec![0x00, 0x04]),
        ("node_count", vec![0xc1, 24]),
        ("record_size", vec![0xa1, 24]),
    ]));
    file
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xe0 | u8::try_from(entries.len()).unwrap()];
    for (name, value) in entries {
        bytes.extend(text(name));
        bytes.extend(value);
    }
    bytes
}

/// At most 28 bytes.
fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x40 | u8::try_from(text.len()).unwrap()];
    bytes.extend(text.as_bytes());
    bytes
}
