-- The registry is one log. Every write first takes the log's lock, then draws its `seq` from one
-- sequence, and holds the lock until it is committed. So the order of `seq` is the order of commits,
-- over all tables, all connections, all processes: a reader that has seen n has seen all up to n.
-- Three promises rest on it: gates are judged exactly, messages leave in order, and a page of a
-- search never misses a row that was committed late. Writers commit in batches, so the lock costs
-- one wait per batch, not per event.

CREATE SEQUENCE epr_log;

CREATE FUNCTION epr_lock_log() RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(1162891777) $$;

-- The first 16 bytes of the SHA-256 of the five texts, each ended by a NUL byte
-- (epr_server.identity.unit_key computes the same).
CREATE FUNCTION epr_unit_key(name text, version text, release text, platform_id text, package text)
RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT substring(sha256(
        convert_to(name, 'UTF8') || '\x00'::bytea || convert_to(version, 'UTF8') || '\x00'::bytea
        || convert_to(release, 'UTF8') || '\x00'::bytea || convert_to(platform_id, 'UTF8')
        || '\x00'::bytea || convert_to(package, 'UTF8') || '\x00'::bytea
    ) FROM 1 FOR 16)
$$;

CREATE TABLE event_receivers (
    seq bigint PRIMARY KEY DEFAULT nextval('epr_log'),
    id text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    description text NOT NULL,
    schema json NOT NULL,
    fingerprint text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX event_receivers_name ON event_receivers (name, seq);
CREATE INDEX event_receivers_type ON event_receivers (type, seq);

CREATE TABLE events (
    seq bigint PRIMARY KEY DEFAULT nextval('epr_log'),
    id text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    release text COLLATE "C" NOT NULL,
    platform_id text COLLATE "C" NOT NULL,
    package text COLLATE "C" NOT NULL,
    description text NOT NULL,
    payload json NOT NULL,        -- as it was sent: numbers and the order of keys are kept
    payload_bytes integer NOT NULL,
    success boolean NOT NULL,
    created_at timestamptz NOT NULL,  -- grows with seq, strictly
    -- No foreign key: it would lock the receiver's row for every event. epr_record_events joins the
    -- receivers instead, and a receiver cannot be deleted (below).
    event_receiver_id text COLLATE "C" NOT NULL,
    unit bytea NOT NULL
);
-- "the newest event of this unit on this receiver": the gate's question
CREATE INDEX events_gate ON events (unit, event_receiver_id, seq DESC) INCLUDE (success);
CREATE INDEX events_name ON events (name, seq);
CREATE INDEX events_name_version ON events (name, version, seq);
CREATE INDEX events_receiver ON events (event_receiver_id, seq);
CREATE INDEX events_created_at ON events (created_at);
CREATE INDEX events_failed ON events (seq) WHERE NOT success;

CREATE TABLE event_receiver_groups (
    seq bigint PRIMARY KEY DEFAULT nextval('epr_log'),
    id text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    description text NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX event_receiver_groups_name ON event_receiver_groups (name, seq);
CREATE INDEX event_receiver_groups_type ON event_receiver_groups (type, seq);

CREATE TABLE event_receiver_group_members (
    group_id text COLLATE "C" NOT NULL REFERENCES event_receiver_groups (id),
    position integer NOT NULL,
    event_receiver_id text COLLATE "C" NOT NULL REFERENCES event_receivers (id),
    PRIMARY KEY (group_id, position)
);
CREATE INDEX event_receiver_group_members_receiver
    ON event_receiver_group_members (event_receiver_id, group_id);

-- Who was on when: the creation of a group is its first change.
CREATE TABLE event_receiver_group_changes (
    seq bigint PRIMARY KEY DEFAULT nextval('epr_log'),
    group_id text COLLATE "C" NOT NULL REFERENCES event_receiver_groups (id),
    enabled boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    first boolean NOT NULL
);

-- A gate that was open once this event was stored. The group is as it was at that moment.
CREATE TABLE event_receiver_group_completions (
    event_seq bigint NOT NULL,
    group_id text COLLATE "C" NOT NULL,
    group_updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_seq, group_id)
);

-- How far the messages have got: everything up to `seq` is on the topic.
CREATE TABLE epr_relay (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq bigint NOT NULL
);
INSERT INTO epr_relay (seq) VALUES (0);

-- What is committed and not yet on the topic. An event counts once; its completions go with it.
CREATE VIEW outbox AS
    SELECT seq, 'event' AS kind, id FROM events WHERE seq > (SELECT seq FROM epr_relay)
    UNION ALL
    SELECT seq, 'receiver', id FROM event_receivers WHERE seq > (SELECT seq FROM epr_relay)
    UNION ALL
    SELECT seq, 'group', group_id FROM event_receiver_group_changes
    WHERE seq > (SELECT seq FROM epr_relay);

-- A record of what happened is not edited.
CREATE FUNCTION epr_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: what was recorded is not changed or removed', TG_TABLE_NAME
        USING HINT = 'Record a new event that says what is true now.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    EXECUTE FUNCTION epr_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_receivers
    EXECUTE FUNCTION epr_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_receiver_group_completions
    EXECUTE FUNCTION epr_refuse_change();

-- Which groups the events of these positions, just stored, leave complete; how many. A group is
-- complete for an event if that event passed and so did, for each of the group's other receivers, the
-- newest event of the same unit up to this one.
CREATE FUNCTION epr_judge(first_seq bigint, last_seq bigint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    completed integer;
BEGIN
    INSERT INTO event_receiver_group_completions (event_seq, group_id, group_updated_at)
    SELECT DISTINCT e.seq, g.id, g.updated_at
    FROM events e
    JOIN event_receiver_group_members m ON m.event_receiver_id = e.event_receiver_id
    JOIN event_receiver_groups g ON g.id = m.group_id AND g.enabled
    WHERE e.seq BETWEEN first_seq AND last_seq
      AND e.success
      AND NOT EXISTS (
          SELECT FROM event_receiver_group_members other
          WHERE other.group_id = g.id
            AND other.event_receiver_id <> e.event_receiver_id
            AND NOT coalesce((
                SELECT newest.success FROM events newest
                WHERE newest.unit = e.unit
                  AND newest.event_receiver_id = other.event_receiver_id
                  AND newest.seq <= e.seq
                ORDER BY newest.seq DESC
                LIMIT 1
            ), false)
      );
    GET DIAGNOSTICS completed = ROW_COUNT;
    RETURN completed;
END $$;

-- Stores a batch of events in the order of the arrays and judges their gates, in one transaction.
-- Runs under READ COMMITTED: each statement sees all that was committed before the lock was had,
-- and what the statements before it wrote.
CREATE FUNCTION epr_record_events(
    ids text[], names text[], versions text[], releases text[], platform_ids text[],
    packages text[], descriptions text[], payloads text[], sizes integer[], successes boolean[],
    receiver_ids text[], units bytea[], wake boolean,
    OUT last_seq bigint, OUT began timestamptz, OUT completed integer
) LANGUAGE plpgsql AS $$
DECLARE
    first_seq bigint;
    recorded integer;
BEGIN
    PERFORM epr_lock_log();
    -- Even if the clock is set back, time never runs backwards within the log.
    SELECT greatest(
        clock_timestamp(),
        (SELECT created_at FROM events ORDER BY seq DESC LIMIT 1) + interval '1 microsecond'
    ) INTO began;

    WITH added AS (
        INSERT INTO events (id, name, version, release, platform_id, package, description, payload,
                            payload_bytes, success, created_at, event_receiver_id, unit)
        SELECT n.id, n.name, n.version, n.release, n.platform_id, n.package, n.description,
               n.payload::json, n.size, n.success, began + n.at * interval '1 microsecond',
               r.id, n.unit
        FROM unnest(ids, names, versions, releases, platform_ids, packages, descriptions, payloads,
                    sizes, successes, receiver_ids, units)
             WITH ORDINALITY AS n (id, name, version, release, platform_id, package, description,
                                   payload, size, success, receiver_id, unit, at)
        JOIN event_receivers r ON r.id = n.receiver_id
        ORDER BY n.at
        RETURNING seq
    )
    SELECT min(seq), max(seq), count(*) FROM added INTO first_seq, last_seq, recorded;
    IF recorded <> cardinality(ids) THEN
        RAISE foreign_key_violation USING MESSAGE = 'an event names a receiver that does not exist';
    END IF;

    completed := 0;
    IF EXISTS (
        SELECT FROM event_receiver_group_members m WHERE m.event_receiver_id = ANY (receiver_ids)
    ) THEN
        completed := epr_judge(first_seq, last_seq);
    END IF;
    IF wake THEN
        NOTIFY epr_log;
    END IF;
END $$;

CREATE FUNCTION epr_record_receiver(
    id text, name text, type text, version text, description text, schema text, fingerprint text,
    wake boolean
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM epr_lock_log();
    INSERT INTO event_receivers (id, name, type, version, description, schema, fingerprint)
    VALUES ($1, $2, $3, $4, $5, $6::json, $7);
    IF wake THEN
        NOTIFY epr_log;
    END IF;
END $$;

-- The first receiver id that does not exist, or null once the group is stored.
CREATE FUNCTION epr_record_group(
    id text, name text, type text, version text, description text, enabled boolean,
    receiver_ids text[], wake boolean
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    missing text;
    stored_at timestamptz;
BEGIN
    SELECT wanted INTO missing
    FROM unnest(receiver_ids) WITH ORDINALITY AS n (wanted, at)
    WHERE NOT EXISTS (SELECT FROM event_receivers r WHERE r.id = wanted)
    ORDER BY at LIMIT 1;
    IF FOUND THEN
        RETURN missing;
    END IF;
    PERFORM epr_lock_log();
    stored_at := clock_timestamp();
    INSERT INTO event_receiver_groups
        (id, name, type, version, description, enabled, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, stored_at, stored_at);
    INSERT INTO event_receiver_group_members (group_id, position, event_receiver_id)
    SELECT $1, n.at, n.receiver_id
    FROM unnest(receiver_ids) WITH ORDINALITY AS n (receiver_id, at);
    INSERT INTO event_receiver_group_changes (group_id, enabled, changed_at, first)
    VALUES ($1, $6, stored_at, true);
    IF wake THEN
        NOTIFY epr_log;
    END IF;
    RETURN NULL;
END $$;

-- Whether there is such a group. Switching it to what it is already changes nothing.
CREATE FUNCTION epr_switch_group(group_id text, wanted boolean, wake boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    switched_at timestamptz;
BEGIN
    PERFORM epr_lock_log();
    UPDATE event_receiver_groups g
    SET enabled = wanted,
        updated_at = greatest(clock_timestamp(), g.updated_at + interval '1 microsecond')
    WHERE g.id = $1 AND g.enabled <> wanted
    RETURNING g.updated_at INTO switched_at;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM event_receiver_groups g WHERE g.id = $1);
    END IF;
    INSERT INTO event_receiver_group_changes (group_id, enabled, changed_at, first)
    VALUES ($1, wanted, switched_at, false);
    IF wake THEN
        NOTIFY epr_log;
    END IF;
    RETURN true;
END $$;
