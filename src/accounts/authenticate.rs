//! From a bearer token to the viewer, in one statement or, a moment later, in none.

use gerbang_platform::db::in_background;
use sea_orm::{Condition, sea_query::Expr};

use super::token::rules::{Purpose, Sanctum, same_hash};
use crate::{
    accounts::{session, token, user},
    prelude::rules::*,
    viewer::TokenKind,
};

/// How exact `last_used_at` of a token is.
const LAST_USED_STEP: TimeDelta = TimeDelta::minutes(1);

/// The viewer of this token if it was looked up a moment ago and nothing has changed since; never an anonymous one.
pub fn recall(domain: &Domain, bearer: &str) -> Option<Viewer> {
    let viewer = domain.viewers.recall(bearer, domain.clock.now());
    let outcome = if viewer.is_some() { "hit" } else { "miss" };
    metrics::counter!("gerbang_viewer_cache_total", "outcome" => outcome).increment(1);
    viewer
}

/// The viewer of this token; anonymous if it is not valid (any more).
///
/// # Errors
/// When the database can't tell, which says nothing about the token.
pub async fn authenticate(domain: &Domain, bearer: &str) -> Result<Viewer> {
    let asked = domain.viewers.moment();
    let (viewer, until) = look_up(domain, bearer).await?;
    domain.viewers.keep(bearer, &viewer, asked, until);
    Ok(viewer)
}

/// The viewer, and when to ask again at the latest.
async fn look_up(domain: &Domain, bearer: &str) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    // Nothing that we issue has exactly two dots but a JSON Web Token.
    if !bearer.contains('|') && bearer.bytes().filter(|byte| *byte == b'.').count() == 2 {
        return by_jwt(domain, bearer).await;
    }
    match Sanctum::parse(bearer) {
        Some(token) => by_sanctum(domain, token).await,
        None => Ok((Viewer::anonymous(), None)),
    }
}

async fn by_jwt(domain: &Domain, bearer: &str) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    let claims = domain.tokens.read(bearer).filter(|claims| claims.purpose == Purpose::Access);
    let Some(claims) = claims.filter(|claims| claims.exp > domain.clock.now().timestamp()) else {
        return Ok((Viewer::anonymous(), None));
    };
    let found = session::row::Entity::find_by_id(claims.session.clone())
        .filter(session::row::Column::CurrentJti.eq(&claims.jti))
        .filter(session::row::Column::RevokedAt.is_null())
        .find_also_related(user::row::Entity)
        .one(domain.db.read())
        .await?;
    Ok(match found {
        Some((session, Some(user)))
            if claims.sub == user.id.to_string()
                && claims.is_of(user.realm)
                && is_open(&user, session.logged_in_at) =>
        {
            let end = DateTime::from_timestamp(claims.exp, 0);
            (Viewer::logged_in(user, TokenKind::Jwt { session: session.id }).until(end), end)
        }
        _ => (Viewer::anonymous(), None),
    })
}

async fn by_sanctum(domain: &Domain, Sanctum { id, hash }: Sanctum) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    let row = match id {
        Some(id) => token::row::Column::Id.eq(id),
        None => token::row::Column::TokenHash.eq(&hash),
    };
    let found =
        token::row::Entity::find().filter(row).find_also_related(user::row::Entity).one(domain.db.read()).await?;
    let now = domain.clock.now();
    Ok(match found {
        Some((token, Some(user)))
            if same_hash(&token.token_hash, &hash)
                && token.expires_at.is_none_or(|end| end > now)
                && is_open(&user, token.created_at) =>
        {
            let noted = note_use(domain, &token);
            let until = [token.expires_at, noted.map(|noted| noted + LAST_USED_STEP)].into_iter().flatten().min();
            let viewer = Viewer::on_device(user, TokenKind::Sanctum { id: token.id }, token.name);
            (viewer.until(token.expires_at), until)
        }
        _ => (Viewer::anonymous(), None),
    })
}

/// Whether a log-in of this time still opens the account.
pub(crate) fn is_open(user: &user::row::Model, logged_in_at: DateTime<Utc>) -> bool {
    Viewer::may_act(user) && user.sessions_valid_from.is_none_or(|from| logged_in_at >= *from)
}

/// Notes that a token is used, where that is due, and says when it was noted last.
fn note_use(domain: &Domain, token: &token::row::Model) -> Option<DateTime<Utc>> {
    let (id, now) = (token.id, domain.clock.now());
    let noted = now - LAST_USED_STEP;
    if token.last_used_at.is_some_and(|last| last > noted) {
        return token.last_used_at;
    }
    // When all are busy, one of the next requests notes it.
    let permit = domain.last_used.permit()?;
    let domain = domain.clone();
    tokio::spawn(in_background(async move {
        let _permit = permit;
        let stale = Condition::any()
            .add(token::row::Column::LastUsedAt.is_null())
            .add(token::row::Column::LastUsedAt.lte(noted));
        let update = token::row::Entity::update_many()
            .col_expr(token::row::Column::LastUsedAt, Expr::value(now))
            .filter(token::row::Column::Id.eq(id))
            .filter(stale);
        if let Err(error) = update.exec(domain.db.write()).await {
            tracing::warn!(%error, "the last use of a token was not noted");
        }
    }));
    Some(now)
}
