//! Names with brackets, as PHP reads them: `tags[]=a&tags[]=b` is a list, `user[name]=x` an object.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

/// More fields than any documented form has; PHP's own limit.
const MAX_FIELDS: usize = 1_000;
/// Deeper than any documented form goes.
const MAX_DEPTH: usize = 16;

enum Node {
    Text(String),
    Branch(IndexMap<String, Node>),
}

/// The fields of a form or a query by name. `None` if there are too many, or they nest too deep.
pub(super) fn fields(pairs: impl Iterator<Item = (impl AsRef<str>, impl Into<String>)>) -> Option<Map<String, Json>> {
    let mut root = IndexMap::new();
    for (count, (name, text)) in pairs.enumerate() {
        if count == MAX_FIELDS {
            return None;
        }
        let segments = segments(name.as_ref());
        if segments.len() > MAX_DEPTH {
            return None;
        }
        insert(&mut root, &segments, text.into());
    }
    Some(root.into_iter().map(|(name, node)| (name, node.into_json())).collect())
}

/// The fields of a query or of a form-urlencoded body.
pub(super) fn urlencoded(text: &[u8]) -> Option<Map<String, Json>> {
    fields(url::form_urlencoded::parse(text))
}

/// `user[name][]` is `user`, `name` and an empty segment. An unbalanced bracket is part of the name.
fn segments(name: &str) -> Vec<&str> {
    let Some((first, mut rest)) = name.split_once('[').filter(|(first, rest)| !first.is_empty() && rest.contains(']'))
    else {
        return vec![name];
    };
    let mut segments = vec![first];
    while let Some((segment, after)) = rest.split_once(']') {
        segments.push(segment);
        match after.strip_prefix('[') {
            Some(next) => rest = next,
            None => break,
        }
    }
    segments
}

fn insert(branch: &mut IndexMap<String, Node>, segments: &[&str], text: String) {
    let Some((segment, deeper)) = segments.split_first() else { return };
    // An empty segment takes the next free number.
    let key = if segment.is_empty() {
        let next =
            branch.keys().filter_map(|key| key.parse::<u64>().ok()).max().map_or(0, |last| last.saturating_add(1));
        next.to_string()
    } else {
        (*segment).to_owned()
    };
    if deeper.is_empty() {
        branch.insert(key, Node::Text(text));
        return;
    }
    let node = branch.entry(key).or_insert_with(|| Node::Branch(IndexMap::new()));
    if let Node::Text(_) = node {
        *node = Node::Branch(IndexMap::new());
    }
    if let Node::Branch(next) = node {
        insert(next, deeper, text);
    }
}

impl Node {
    fn into_json(self) -> Json {
        match self {
            Self::Text(text) => Json::String(text),
            Self::Branch(branch) => {
                let is_list = branch.keys().enumerate().all(|(index, key)| *key == index.to_string());
                let members = branch.into_iter().map(|(key, node)| (key, node.into_json()));
                if is_list { members.map(|(_, value)| value).collect() } else { Json::Object(members.collect()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Json {
        urlencoded(text.as_bytes()).map_or(Json::Null, Json::Object)
    }

    #[test]
    fn brackets_nest_as_in_php() {
        assert_eq!(parse("tags[]=a&tags[]=b"), json!({ "tags": ["a", "b"] }));
        assert_eq!(parse("tags%5B%5D=a"), json!({ "tags": ["a"] }));
        assert_eq!(parse("user[name]=x&user[roles][]=y"), json!({ "user": { "name": "x", "roles": ["y"] } }));
        assert_eq!(
            parse("fee[0][amount]=1&fee[1][amount]=2"),
            json!({ "fee": [{ "amount": "1" }, { "amount": "2" }] })
        );
        assert_eq!(parse("a[3]=x&a[]=y"), json!({ "a": { "3": "x", "4": "y" } }));
        assert_eq!(parse("a=1&a=2"), json!({ "a": "2" }));
        assert_eq!(parse("a[=1&[b]=2"), json!({ "a[": "1", "[b]": "2" }));
        assert_eq!(parse("a=1&a[b]=2"), json!({ "a": { "b": "2" } }));
        assert_eq!(parse("q=a+b%20c&empty="), json!({ "q": "a b c", "empty": "" }));
    }

    #[test]
    fn too_many_or_too_deep_is_refused() {
        let many = (0..=MAX_FIELDS).map(|index| format!("f{index}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(parse(&many), Json::Null);
        assert_eq!(parse(&format!("a{}=1", "[x]".repeat(MAX_DEPTH))), Json::Null);
    }
}
