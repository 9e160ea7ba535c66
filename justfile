# What one types most, for https://just.systems; each recipe is a line to type without it, too.

[private]
default:
    @just --list --unsorted

# Serve demo data at http://127.0.0.1:8080
demo *ARGS:
    cargo run -- demo {{ ARGS }}

# Run the tests on SQLite, or those whose names hold FILTER
test *FILTER:
    cargo test --workspace {{ FILTER }}

# Look at format, lints and route files
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo run --quiet -- check

# Write schema.graphql anew
schema:
    cargo build --quiet
    cargo run --quiet -- schema > schema.graphql

# Run the benchmarks, or the one called NAME
bench NAME="*":
    cargo bench --bench '{{ NAME }}'

# Run everything that decides what lands
ci:
    .ci/run
