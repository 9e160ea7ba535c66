//! The dictionary: what an assessment measures, and how that is grouped. It is everybody's.

use std::{collections::HashMap, sync::Arc};

use async_graphql::SimpleObject;

use crate::{constants::table::Table, prelude::rules::*, talents::dictionary};

/// A talent that an assessment measures.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Typology", complex)]
pub struct Entry {
    /// What is measured.
    #[graphql(skip)]
    pub typology: dictionary::typology_row::Model,
    /// The group it belongs to.
    pub cluster: Arc<dictionary::cluster_row::Model>,
}

/// What assessments measure, and how that is grouped.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "AssessmentDictionary")]
pub struct Dictionary {
    /// All typologies, cluster by cluster.
    pub typologies: Vec<Arc<Entry>>,
    /// All clusters.
    pub clusters: Vec<Arc<dictionary::cluster_row::Model>>,
    #[graphql(skip)]
    by_code: HashMap<String, Arc<Entry>>,
}

impl Dictionary {
    /// The typology with this code.
    pub fn typology(&self, code: &str) -> Option<&Arc<Entry>> {
        self.by_code.get(code)
    }
}

/// The dictionary.
pub async fn dictionary(domain: &Domain) -> Result<Arc<Dictionary>> {
    domain.constants.get(Table::Dictionary, || read(domain)).await
}

/// Reads the dictionary. Two statements.
async fn read(domain: &Domain) -> Result<Dictionary> {
    let db = domain.db.read();
    let clusters = dictionary::cluster_row::Entity::public()
        .order_by_asc(dictionary::cluster_row::Column::Position)
        .all(db)
        .await?;
    let typologies = dictionary::typology_row::Entity::public()
        .order_by_asc(dictionary::typology_row::Column::Position)
        .all(db)
        .await?;
    let clusters: Vec<_> = clusters.into_iter().map(Arc::new).collect();
    let typologies = typologies.into_iter().map(|typology| {
        let cluster = clusters.iter().find(|cluster| cluster.code == typology.cluster_code).map(Arc::clone);
        // Only while rows are being replaced between the two statements.
        let cluster = cluster.ok_or_else(|| Error::unavailable(1))?;
        Ok(Arc::new(Entry { typology, cluster }))
    });
    let typologies = typologies.collect::<Result<Vec<_>>>()?;
    let by_code = typologies.iter().map(|entry| (entry.typology.code.clone(), Arc::clone(entry))).collect();
    Ok(Dictionary { typologies, clusters, by_code })
}
