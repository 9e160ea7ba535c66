//! Clicks on PostgreSQL are kept by month (UTC), each in a table of its own, so that old ones leave at once. What is of no
//! month that is there is in `clicks_default`. SQLite knows nothing like it and keeps one table.
//!
//! A foreign key to `clicks` would keep months from leaving, and wants a key that is unique without `created_at`. So what it
//! does is done by triggers, the same way: a lead locks its click, and a click looks for leads when it goes. A month that
//! goes is locked by its name; a lead does not wait for it, since both want the table.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[SET_ASIDE, PARTITIONED, FUNCTIONS, MOVE, DROP_OLD, KEYS, TRIGGERS, "ANALYZE clicks"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UNGUARD, SET_ASIDE, PLAIN, MOVE_BACK, DROP_OLD, PLAIN_KEYS, "ANALYZE clicks"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn run(manager: &SchemaManager<'_>, steps: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for step in steps {
            manager.get_connection().execute_unprepared(step).await?;
        }
    }
    Ok(())
}

const SET_ASIDE: &str = "
    ALTER TABLE leads DROP CONSTRAINT IF EXISTS fk_leads_click_id;
    ALTER TABLE clicks RENAME TO old_clicks;
    ALTER SEQUENCE clicks_id_seq RENAME TO old_clicks_id_seq";

const PARTITIONED: &str = "
    CREATE TABLE clicks (LIKE old_clicks INCLUDING CONSTRAINTS INCLUDING IDENTITY) PARTITION BY RANGE (created_at);
    CREATE TABLE clicks_default PARTITION OF clicks DEFAULT;
    ALTER TABLE clicks_default ADD CONSTRAINT uq_clicks_default_click_id UNIQUE (click_id)";

const PLAIN: &str = "CREATE TABLE clicks (LIKE old_clicks INCLUDING CONSTRAINTS INCLUDING IDENTITY)";

/// Months that have rows, this one and the next; what each month has is written before the indexes are built.
const MOVE: &str = "
    DO $$
    DECLARE month timestamptz := now();
    BEGIN
        PERFORM make_click_month(month), make_click_month(month_after(month));
        SELECT min(created_at) INTO month FROM old_clicks;
        WHILE month IS NOT NULL LOOP
            PERFORM make_click_month(month);
            SELECT min(created_at) INTO month FROM old_clicks WHERE created_at >= month_after(month);
        END LOOP;
    END $$;
    INSERT INTO clicks SELECT * FROM old_clicks;
    SELECT setval('clicks_id_seq', last_value, is_called) FROM old_clicks_id_seq";

const MOVE_BACK: &str = "
    INSERT INTO clicks SELECT * FROM old_clicks;
    SELECT setval('clicks_id_seq', last_value, is_called) FROM old_clicks_id_seq";

const DROP_OLD: &str = "DROP TABLE old_clicks";

/// A click's id is unique by an index of each month, which need not hold the time; the time is in the id, too. An owner's
/// clicks come from their index in the order of lists, without which the planner takes the index of time for as good, month
/// by month, and reads everybody's.
const KEYS: &str = "
    ALTER TABLE clicks ADD PRIMARY KEY (id, created_at);
    CREATE INDEX ix_clicks_created_at ON clicks (created_at);
    CREATE INDEX ix_clicks_affiliate_id_created_at_id ON clicks (affiliate_id, created_at, id);
    CREATE INDEX ix_clicks_visitor_hash_sub_id_created_at ON clicks (visitor_hash, sub_id, created_at);
    ALTER TABLE clicks
        ADD CONSTRAINT fk_clicks_sub_id FOREIGN KEY (sub_id) REFERENCES sub_ids (id) ON DELETE RESTRICT,
        ADD CONSTRAINT fk_clicks_affiliate_id FOREIGN KEY (affiliate_id) REFERENCES users (id) ON DELETE RESTRICT,
        ADD CONSTRAINT fk_clicks_offer_id FOREIGN KEY (offer_id) REFERENCES offers (id) ON DELETE RESTRICT";

const PLAIN_KEYS: &str = "
    ALTER TABLE clicks ADD PRIMARY KEY (id), ADD CONSTRAINT uq_clicks_click_id UNIQUE (click_id);
    CREATE INDEX ix_clicks_created_at ON clicks (created_at);
    CREATE INDEX ix_clicks_affiliate_id_created_at ON clicks (affiliate_id, created_at);
    CREATE INDEX ix_clicks_visitor_hash_sub_id_created_at ON clicks (visitor_hash, sub_id, created_at);
    ALTER TABLE clicks
        ADD CONSTRAINT fk_clicks_sub_id FOREIGN KEY (sub_id) REFERENCES sub_ids (id) ON DELETE RESTRICT,
        ADD CONSTRAINT fk_clicks_affiliate_id FOREIGN KEY (affiliate_id) REFERENCES users (id) ON DELETE RESTRICT,
        ADD CONSTRAINT fk_clicks_offer_id FOREIGN KEY (offer_id) REFERENCES offers (id) ON DELETE RESTRICT;
    ALTER TABLE leads
        ADD CONSTRAINT fk_leads_click_id FOREIGN KEY (click_id) REFERENCES clicks (id) ON DELETE RESTRICT";

const FUNCTIONS: &str = "
    CREATE FUNCTION click_month(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT to_char(at AT TIME ZONE 'UTC', '\"clicks_\"YYYY_MM') $$;

    CREATE FUNCTION month_after(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT (date_trunc('month', at AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC' $$;

    -- A table that holds what clicks do, with their indexes and checks.
    CREATE FUNCTION make_click_table(name text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE clicks INCLUDING CONSTRAINTS INCLUDING INDEXES)', name);
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (click_id)', name, 'uq_' || name || '_click_id');
        END $$;

    CREATE FUNCTION attach_click_month(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE format('ALTER TABLE clicks ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                click_month(at), date_trunc('month', at, 'UTC'), month_after(at));
        END $$;

    -- Makes the table of a month, with those of its clicks that are in the default one; says whether there was none.
    CREATE FUNCTION make_click_month(at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
        DECLARE
            month text := click_month(at);
            since timestamptz := date_trunc('month', at, 'UTC');
        BEGIN
            IF to_regclass(month) IS NOT NULL THEN RETURN false; END IF;
            -- Of two that make it at once, the second waits and finds it.
            LOCK TABLE ONLY clicks IN SHARE UPDATE EXCLUSIVE MODE;
            IF to_regclass(month) IS NOT NULL THEN RETURN false; END IF;
            PERFORM make_click_table(month);
            LOCK TABLE clicks_default IN ACCESS EXCLUSIVE MODE;
            IF EXISTS (SELECT FROM clicks_default WHERE created_at >= since AND created_at < month_after(at)) THEN
                -- Their leads would look for them before they are back.
                ALTER TABLE clicks_default DISABLE TRIGGER keep_click_of_leads;
                EXECUTE format('WITH moved AS (
                    DELETE FROM clicks_default WHERE created_at >= $1 AND created_at < $2 RETURNING *
                ) INSERT INTO %I SELECT * FROM moved', month) USING since, month_after(at);
                ALTER TABLE clicks_default ENABLE TRIGGER keep_click_of_leads;
            END IF;
            PERFORM attach_click_month(at);
            RETURN true;
        END $$;

    -- Drops the table of a month, puts a small one with the clicks that turned into leads in its place, and says how many
    -- clicks went. Others wait only while the tables change places.
    CREATE FUNCTION remove_click_month(at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            month text := click_month(at);
            kept text := month || '_kept';
            rows_before bigint;
            rows_kept bigint;
        BEGIN
            -- Waits for leads that are being added to clicks of this month; later ones find out that it goes.
            PERFORM pg_advisory_xact_lock(hashtextextended(month, 0));
            IF to_regclass(month) IS NULL THEN RETURN 0; END IF;
            PERFORM make_click_table(kept);
            EXECUTE format('INSERT INTO %I SELECT * FROM %I c WHERE EXISTS (SELECT FROM leads WHERE click_id = c.id)',
                kept, month);
            GET DIAGNOSTICS rows_kept = ROW_COUNT;
            EXECUTE format('SELECT count(*) FROM %I', month) INTO rows_before;
            IF rows_before > rows_kept OR rows_kept = 0 THEN
                LOCK TABLE ONLY clicks IN ACCESS EXCLUSIVE MODE;
                EXECUTE format('DROP TABLE %I', month);
                IF rows_kept > 0 THEN
                    EXECUTE format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', kept,
                        'uq_' || kept || '_click_id', 'uq_' || month || '_click_id');
                    EXECUTE format('ALTER TABLE %I RENAME TO %I', kept, month);
                    PERFORM attach_click_month(at);
                    RETURN rows_before - rows_kept;
                END IF;
            END IF;
            EXECUTE format('DROP TABLE %I', kept);
            RETURN rows_before - rows_kept;
        END $$;

    CREATE FUNCTION find_click_of_lead() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE clicked timestamptz;
        BEGIN
            SELECT created_at INTO clicked FROM clicks WHERE id = NEW.click_id FOR KEY SHARE;
            -- Where its month goes, a click that had a lead before stays.
            IF NOT FOUND OR NOT pg_try_advisory_xact_lock_shared(hashtextextended(click_month(clicked), 0)) AND NOT EXISTS (
                SELECT FROM leads this JOIN leads earlier USING (click_id)
                WHERE this.id = NEW.id AND this.xmin <> earlier.xmin
            ) THEN
                RAISE foreign_key_violation USING MESSAGE = 'the click of this lead is not there',
                    TABLE = 'leads', CONSTRAINT = 'fk_leads_click_id', DETAIL = format('clicks.id = %s', NEW.click_id);
            END IF;
            RETURN NULL;
        END $$;

    -- A row that was moved to another month is still there.
    CREATE FUNCTION keep_click_of_leads() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM leads WHERE click_id = OLD.id) AND NOT EXISTS (SELECT FROM clicks WHERE id = OLD.id) THEN
                RAISE foreign_key_violation USING MESSAGE = 'leads refer to this click',
                    TABLE = 'leads', CONSTRAINT = 'fk_leads_click_id', DETAIL = format('clicks.id = %s', OLD.id);
            END IF;
            RETURN NULL;
        END $$;

    CREATE FUNCTION keep_clicks_of_leads() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM leads) THEN
                RAISE foreign_key_violation USING MESSAGE = 'leads refer to clicks',
                    TABLE = 'leads', CONSTRAINT = 'fk_leads_click_id';
            END IF;
            RETURN NULL;
        END $$";

const TRIGGERS: &str = "
    CREATE CONSTRAINT TRIGGER fk_leads_click_id AFTER INSERT OR UPDATE OF click_id ON leads FROM clicks
        FOR EACH ROW EXECUTE FUNCTION find_click_of_lead();
    CREATE TRIGGER keep_click_of_leads AFTER DELETE OR UPDATE OF id ON clicks
        FOR EACH ROW EXECUTE FUNCTION keep_click_of_leads();
    CREATE TRIGGER keep_clicks_of_leads AFTER TRUNCATE ON clicks
        FOR EACH STATEMENT EXECUTE FUNCTION keep_clicks_of_leads()";

/// Their triggers go with them.
const UNGUARD: &str = "
    DROP FUNCTION find_click_of_lead, keep_click_of_leads, keep_clicks_of_leads CASCADE;
    DROP FUNCTION make_click_month, remove_click_month, attach_click_month, make_click_table, month_after, click_month";
