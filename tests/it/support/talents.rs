//! Partners, clients and results to test with.

use gerbang::{
    accounts::{Realm, Role, user},
    talents::{assessment, client, dictionary, partner},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};

use super::TestApp;

impl TestApp {
    /// An admin of talents mapping.
    pub(crate) async fn talents_admin(&self) -> user::row::Model {
        self.user(Realm::TalentsMapping, Role::Admin).await
    }

    /// A user of this partner.
    pub(crate) async fn partner_user(&self, partner: i64) -> user::row::Model {
        self.user_with(Realm::TalentsMapping, Role::Partner, |user| user.partner_id = Set(Some(partner))).await
    }

    /// Adds a partner.
    pub(crate) async fn partner(&self, name: &str) -> i64 {
        let now = self.clock.now();
        let row = partner::row::ActiveModel {
            name: Set(name.to_owned()),
            email: Set(format!("{}@partner.test", name.to_lowercase())),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.insert(self.domain.db.write()).await.expect("the partner fits the table").id
    }

    /// Adds an invited client.
    pub(crate) async fn client(&self, partner: i64, name: &str) -> i64 {
        let now = self.clock.now();
        let row = client::row::ActiveModel {
            partner_id: Set(partner),
            name: Set(name.to_owned()),
            email: Set(format!("{}@client.test", name.to_lowercase())),
            status: Set(client::row::Status::Invited),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.insert(self.domain.db.write()).await.expect("the client fits the table").id
    }

    /// Adds a result in which the n-th typology of the dictionary has rank n and a score of 100 − n.
    pub(crate) async fn assess(&self, client: i64) -> i64 {
        let (db, now) = (self.domain.db.write(), self.clock.now());
        let row = assessment::result_row::ActiveModel {
            client_id: Set(client),
            version: Set("1.0".to_owned()),
            assessed_at: Set(now),
            created_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        let result = row.insert(db).await.expect("the result fits the table").id;
        let typologies = dictionary::typology_row::Entity::public()
            .order_by_asc(dictionary::typology_row::Column::Position)
            .all(db)
            .await;
        let scores =
            typologies.expect("the dictionary").into_iter().map(|typology| assessment::score_row::ActiveModel {
                result_id: Set(result),
                typology_code: Set(typology.code),
                score_tenths: Set(1_000 - 10 * typology.position),
                rank: Set(typology.position),
            });
        assessment::score_row::Entity::insert_many(scores).exec(db).await.expect("the scores fit the table");
        let assessed = client::row::ActiveModel {
            id: Set(client),
            status: Set(client::row::Status::Assessed),
            assessed_at: Set(Some(now.into())),
            ..Default::default()
        };
        assessed.update(db).await.expect("the client is there");
        result
    }
}
