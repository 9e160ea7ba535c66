//! `node(id:)` and `nodes(ids:)`: any object by its global id.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    str::FromStr,
};

use async_graphql::{Context, ID, Interface, Object};
use gerbang_graphql::{
    id::{GlobalId, Node as Kind, split_id},
    rows::Row,
    rules::TOO_MANY,
};
use gerbang_kernel::{
    error::{Error, Result},
    page::MAX_PAGE_SIZE,
};
use gerbang_platform::query::{by_position::ColumnSet, keys::BatchKey};

use super::{context::ContextExt, nouns::nouns, reads::by_key};
use crate::{
    accounts, content,
    input::id::IdOf,
    notary, payments, scholarship,
    scope::Scoped,
    talents::{
        self,
        assessment::{self, schema::AssessmentResult},
    },
    tracking,
};

/// Declares the union of rows that `node(id:)` finds.
macro_rules! nodes {
    ($($area:ident::$noun:ident {
        $(node: $name:ident $(,)?)? $(query: $query:ident $(,)?)? $(mutation: $mutation:ident $(,)?)?
        $(subscription: $subscription:ident)?
    })*) => {
        /// An object that can be asked for again by its id.
        #[derive(Clone, Interface)]
        #[graphql(field(name = "id", ty = "GlobalId", desc = "The global id, such as `client_17`."))]
        #[expect(missing_docs, reason = "each is the object of its name")]
        pub enum Node {
            $($($name($area::$noun::row::Model),)?)*
            AssessmentResult(AssessmentResult),
        }

        async fn find(ctx: &Context<'_>, kind: &str, key: &str) -> Result<Option<Node>> {
            $($(if kind == <$area::$noun::row::Model as Kind>::KIND {
                return Ok(row::<$area::$noun::row::Entity>(ctx, key).await?.map(Node::$name));
            })?)*
            if kind == AssessmentResult::KIND
                && let Some(row) = row::<assessment::result_row::Entity>(ctx, key).await?
            {
                return Ok(assessment::rules::assessments_of(ctx.domain(), ctx.viewer(), &[row.client_id], true, ColumnSet::ALL)
                    .await?
                    .remove(&row.client_id)
                    .map(|result| AssessmentResult(result).into()));
            }
            Ok(None)
        }

        /// Those of one kind, by their keys as they were given.
        async fn find_all<'k>(ctx: &Context<'_>, kind: &str, keys: &[&'k str]) -> Result<HashMap<&'k str, Node>> {
            $($(if kind == <$area::$noun::row::Model as Kind>::KIND {
                let found = rows::<$area::$noun::row::Entity>(ctx, keys).await?;
                return Ok(found.into_iter().map(|(key, row)| (key, Node::$name(row))).collect());
            })?)*
            let mut found = HashMap::new();
            for key in keys {
                found.extend(find(ctx, kind, key).await?.map(|node| (*key, node)));
            }
            Ok(found)
        }
    };
}

nouns!(nodes);

/// Any object by its global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this global id; null if there is none or the viewer may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id, such as `client_17`.")] id: ID,
    ) -> Option<Result<Node>> {
        let (kind, key) = split_id(&id)?;
        // There is room in it for a statement on any table, which every other query would carry.
        Box::pin(find(ctx, kind, key)).await.transpose()
    }

    /// The objects with these global ids, in their order; null in the place of each that is not there or that the viewer may
    /// not see. Errors: `VALIDATION_FAILED` (`TOO_MANY`) for more than 100.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, such as `client_17`.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() as u64 > MAX_PAGE_SIZE {
            return Err(Error::violation("ids", TOO_MANY));
        }
        let named: Vec<_> = ids.iter().map(|id| split_id(id)).collect();
        let mut by_kind: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (kind, key) in named.iter().flatten() {
            by_kind.entry(kind).or_default().insert(key);
        }
        let mut found = HashMap::new();
        for (kind, keys) in by_kind {
            let keys: Vec<_> = keys.into_iter().collect();
            found
                .extend(Box::pin(find_all(ctx, kind, &keys)).await?.into_iter().map(|(key, node)| ((kind, key), node)));
        }
        Ok(named.into_iter().map(|name| found.get(&name?).cloned()).collect())
    }
}

/// The rows with these keys that the viewer may see, by the keys as they were given.
async fn rows<'k, E>(ctx: &Context<'_>, keys: &[&'k str]) -> Result<Vec<(&'k str, E::Model)>>
where
    E: Scoped<Model: Send, Key: BatchKey + FromStr>,
{
    let keys: Vec<(&str, E::Key)> = keys.iter().filter_map(|text| Some((*text, text.parse().ok()?))).collect();
    let parsed = keys.iter().map(|(_, key)| key.clone()).collect();
    let rows = by_key::<E>(&ctx.domain().db, ctx.viewer(), parsed).await?;
    Ok(keys.into_iter().filter_map(|(text, key)| Some((text, rows.get(&key)?.clone()))).collect())
}

async fn row<E>(ctx: &Context<'_>, key: &str) -> Result<Option<E::Model>>
where
    E: Scoped<Model: Send, Key: BatchKey + FromStr>,
{
    match key.parse() {
        Ok(key) => Ok(ctx.get(IdOf::<E>::new(key)).await?.map(|Row(row)| row)),
        Err(_) => Ok(None),
    }
}
