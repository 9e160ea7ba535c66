//! What the settings say about the legacy APIs.

use std::collections::BTreeMap;

use gerbang_graphql::{constants::Constants, settings::Audience};
use gerbang_kernel::clock::Clock;
use gerbang_rest::{Limits, NOT_FOUND, PLAIN, Route, Settings, Sunset};

use crate::{
    config::Config,
    payments::provider::{self, interface::Hook},
};

/// What the legacy APIs need of the settings.
pub fn legacy_settings(config: &Config, clock: Clock) -> Settings {
    let mut sunsets: BTreeMap<String, Sunset> = BTreeMap::new();
    for (slug, api) in &config.apis {
        let key = |name: &str| if name == "all" { slug.clone() } else { name.to_owned() };
        for (name, at) in &api.deprecated {
            sunsets.entry(key(name)).or_default().deprecated = Some(*at);
        }
        for (name, at) in &api.sunset {
            sunsets.entry(key(name)).or_default().sunset = Some(*at);
        }
        for name in &api.closed {
            sunsets.entry(key(name)).or_default().closed = true;
        }
    }
    let paths = |Hook { operation, paths }: Hook<'_>| {
        paths.iter().map(|path| (operation.to_owned(), path.clone())).collect::<Vec<_>>()
    };
    Settings {
        paths: provider::hooks(&config.payments).into_iter().flat_map(paths).collect(),
        explorer: (config.server.explorer != Audience::Off).then(|| format!("{}/explorer", config.server.public_url)),
        home: Some(format!("{}/", config.server.public_url)),
        public_url: config.server.public_url.clone(),
        app_url: config.server.app_url.clone(),
        shared_root: config.server.shared_root,
        hosts: config.apis.iter().map(|(slug, api)| (slug.clone(), api.hosts.clone())).collect(),
        sunsets,
        clock,
        limits: Limits { body: config.limits.body_bytes, file: config.limits.file_bytes },
        scale: config.limits.scale,
        constants: Constants::default(),
        notice: PLAIN,
        not_found: NOT_FOUND,
    }
}

/// Where the settings announce the end of what there is not: a slip of the pen would close nothing, and nobody would
/// notice.
pub fn unknown_operations(config: &Config, routes: &[Route]) -> Vec<String> {
    let mut problems = Vec::new();
    for (slug, api) in &config.apis {
        let own: Vec<&str> =
            routes.iter().filter(|route| route.dialect.slug == slug).map(|route| route.operation.as_str()).collect();
        for name in api.deprecated.keys().chain(api.sunset.keys()).chain(&api.closed) {
            if name != "all" && !own.contains(&name.as_str()) {
                problems.push(format!(
                    "[apis.{slug}] has no operation `{name}`: write `all`, or one of {}",
                    own.join(", ")
                ));
            }
        }
    }
    problems
}
