//! What people read of a result: reports and maps.

use gerbang_kernel::error::Error;

use crate::{
    graphql::file::{File, count_file},
    prelude::schema::*,
    talents::{
        assessment::schema::AssessmentResult,
        client,
        dictionary::schema::Language,
        partner,
        result_report::{self as rules, Document, Format, ReportKind, Subject},
    },
};

/// How much a report tells.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ReportVersion {
    /// All typologies and clusters with charts, descriptions and what to do about them; six pages or more.
    #[default]
    Full,
    /// The seven highest, the seven lowest and the clusters; two pages.
    Short,
}

impl From<ReportVersion> for ReportKind {
    fn from(version: ReportVersion) -> Self {
        match version {
            ReportVersion::Full => Self::Full,
            ReportVersion::Short => Self::Short,
        }
    }
}

/// What a map shows.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum MapKind {
    /// All typologies by cluster, in order of rank.
    Tmm,
    /// The scores of the clusters.
    Scm,
}

impl From<MapKind> for ReportKind {
    fn from(kind: MapKind) -> Self {
        match kind {
            MapKind::Tmm => Self::TalentMap,
            MapKind::Scm => Self::ClusterMap,
        }
    }
}

/// What is made of a result, in which language.
struct Wanted {
    result: AssessmentResult,
    kind: ReportKind,
    language: gerbang_kernel::messages::Language,
}

impl Wanted {
    fn new(result: &AssessmentResult, kind: impl Into<ReportKind>, language: Option<Language>) -> Self {
        let language = match language.unwrap_or(Language::Id) {
            Language::Id => gerbang_kernel::messages::Language::Indonesian,
            Language::En => gerbang_kernel::messages::Language::English,
        };
        Self { result: result.clone(), kind: kind.into(), language }
    }

    async fn client(&self, ctx: &Context<'_>) -> Result<client::row::Model> {
        ctx.referred::<client::row::Entity>(self.result.0.result.client_id).await.map(|client| client.0)
    }

    async fn make(&self, ctx: &Context<'_>, format: Format) -> Result<Document> {
        count_file(ctx)?;
        let client = self.client(ctx).await?;
        let Row(partner) = ctx.referred::<partner::row::Entity>(client.partner_id).await?;
        let subject = Subject { client: &client, partner: &partner, assessment: &self.result.0 };
        match format {
            Format::Png => rules::image(ctx.domain(), subject, self.kind, self.language).await,
            Format::Pdf | Format::Svg => rules::document(ctx.domain(), subject, self.kind, self.language, format).await,
        }
    }
}

/// A report as a PDF file for people to read.
pub struct AssessmentReport(Wanted);

impl AssessmentReport {
    pub(crate) fn new(result: &AssessmentResult, version: Option<ReportVersion>, language: Option<Language>) -> Self {
        Self(Wanted::new(result, version.unwrap_or_default(), language))
    }
}

/// A report as a PDF file for people to read.
#[Object]
impl AssessmentReport {
    /// Where it can be fetched, without a token, for ten minutes.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        rules::link(ctx.domain(), self.0.result.0.result.client_id, self.0.kind, self.0.language)
    }

    /// What the file is called, such as `peta-bakat-dewi-lestari.pdf`.
    async fn filename(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(rules::filename(&self.0.client(ctx).await?, self.0.kind, self.0.language, Format::Pdf))
    }

    /// Its media type: `application/pdf`.
    async fn content_type(&self) -> &str {
        Format::Pdf.content_type()
    }

    /// The file itself, made now; at most 20 files in one answer. Errors: `UNAVAILABLE` with `retryAfter` in seconds
    /// while too many are being made, `BAD_REQUEST` for more than 20.
    async fn content(&self, ctx: &Context<'_>) -> Result<File> {
        Ok(File::new(ctx, self.0.make(ctx, Format::Pdf).await?))
    }
}

/// A picture of a result.
pub struct AssessmentMap(Wanted);

impl AssessmentMap {
    pub(crate) fn new(result: &AssessmentResult, kind: MapKind, language: Option<Language>) -> Self {
        Self(Wanted::new(result, kind, language))
    }
}

/// A picture of a result.
#[Object]
impl AssessmentMap {
    /// The picture as the text of an SVG file; at most 20 files in one answer. Errors: `UNAVAILABLE` with `retryAfter`
    /// in seconds while too many are being made, `BAD_REQUEST` for more than 20.
    async fn svg(&self, ctx: &Context<'_>) -> Result<String> {
        let Document { content, .. } = self.0.make(ctx, Format::Svg).await?;
        String::from_utf8(content.into()).map_err(Error::internal)
    }

    /// The picture as a PNG file, 144 pixels an inch. Errors: `FORBIDDEN` unless the operator allows images, else as
    /// for `svg`.
    async fn png(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        Some(self.0.make(ctx, Format::Png).await.map(|document| File::new(ctx, document)))
    }
}
