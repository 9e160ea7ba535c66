//! Visits through tracking links. Bots and repeats are flagged, not left out.

use crate::prelude::row::*;

/// Kind of device, as its `User-Agent` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
pub enum DeviceType {
    /// A telephone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A desktop or laptop computer.
    Desktop,
    /// A robot.
    Bot,
    /// Anything else, or unknown.
    Other,
}

/// A visit through a tracking link. Bots and repeats are flagged, not left out.
#[row(table = "clicks", object = "Click")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The id that the offer's URL carries and that networks send back.
    pub click_id: String,
    /// The sub id of the link that was followed.
    pub sub_id: String,
    /// Whose link it was.
    #[graphql(skip)]
    pub affiliate_id: i64,
    /// What it advertised.
    #[graphql(skip)]
    #[refers_to(crate::tracking::offer::row)]
    pub offer_id: i64,
    /// Keyed hash of the visitor's address and `User-Agent`; the address is not kept.
    #[graphql(skip)]
    pub visitor_hash: Option<String>,
    /// The visitor's `User-Agent` header, at most 512 characters.
    pub user_agent: Option<String>,
    /// Where the visitor was: two capital letters (ISO 3166-1); null if unknown.
    pub country_code: Option<String>,
    /// Kind of device.
    pub device_type: DeviceType,
    /// Operating system, such as `Android`; null if unknown.
    pub os: Option<String>,
    /// Browser, such as `Chrome`; null if unknown.
    pub browser: Option<String>,
    /// The visitor's `Referer` header.
    #[sea_orm(column_type = "Text", nullable)]
    pub referrer: Option<String>,
    /// Whether a robot made it.
    pub is_bot: bool,
    /// Whether it is the visitor's first on this link in 24 hours; true if the visitor's address is unknown.
    pub is_unique: bool,
    /// When it was made, UTC.
    pub created_at: Timestamp,
}

impl Scoped for Entity {
    /// All for admins, their own for affiliates.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Apextrack, |user| Some(Scope::is(Column::AffiliateId, user.id)))
    }
}
