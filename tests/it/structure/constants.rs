//! What is kept of a table ends with every change of it, since one place makes them all.

use super::sources::of_crate;

/// Where constant tables are changed.
const NOUNS: [&str; 3] = ["content", "notary::service", "scholarship::period"];

#[test]
fn constant_tables_are_changed_by_their_transaction() {
    let mut transactions = 0;
    let mut wrong = Vec::new();
    for source in of_crate(".") {
        if !NOUNS.iter().any(|noun| source.module.starts_with(noun)) {
            continue;
        }
        transactions += source.code.matches("ConstantTransaction::begin(").count();
        for past in ["db.begin(", "db.write("] {
            if source.code.contains(past) {
                wrong.push(format!("{}: {past}", source.module));
            }
        }
    }
    assert!(wrong.is_empty(), "who reads what was kept does not hear of this:\n{}", wrong.join("\n"));
    assert!(transactions > 10, "{transactions}");
}
