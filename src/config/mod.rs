//! The settings: defaults, then a file, then the environment, then checked as a whole.
//!
//! Every key stands with its meaning in `config.default.toml`, which is also where the defaults come from.
//! [`LoadedConfig`] brings the sources together, [`Config::check`] looks for what a server could start with but not work.

mod checks;
mod demo;
mod listing;
mod loading;
mod moment;
mod payments;
mod problems;
mod sections;
mod variables;

pub use self::{
    demo::DEMO_PAYMENT_KEYS,
    listing::listing,
    loading::LoadedConfig,
    payments::{Doku, DokuClient, Midtrans, Payments, Xendit},
    problems::{ConfigError, Findings},
    sections::{
        Api, Audit, Auth, Config, JwtKey, Limits, Log, LogFormat, MetricsListen, Notifications, Rate, Reports, Server,
        Tracking,
    },
    variables::unread_by_demo,
};
