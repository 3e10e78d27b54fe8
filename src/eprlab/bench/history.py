"""Fills a registry's database with events, faster than anybody could post them."""

from __future__ import annotations

import asyncio

import asyncpg

# One in ten belongs to the product with the long history, the rest to services with nine each.
_FILL = """
INSERT INTO events (id, name, version, release, platform_id, package, description, payload,
                    payload_bytes, success, created_at, event_receiver_id, unit)
SELECT lpad(upper(to_hex(n)), 26, '0'), u.name, u.version, '2026.11.1', 'py3-none-any', 'wheel',
       'a receipt of the past', '{"sha256":"0"}', 14, n % 20 <> 0,
       timestamptz '2026-01-01' + n * interval '1 second', $3,
       epr_unit_key(u.name, u.version, '2026.11.1', 'py3-none-any', 'wheel')
FROM generate_series($1::bigint, $2::bigint) AS n,
     LATERAL (SELECT CASE WHEN n % 10 = 0 THEN 'tidetable' ELSE 'service-' || n / 10 END AS name,
                     '1.' || n AS version) AS u
"""


async def _fill(db: str, count: int, receiver: str) -> None:
    connection = await asyncpg.connect(db)
    try:
        have = await connection.fetchval("SELECT count(*) FROM events WHERE id LIKE '0000000%'")
        step = 50_000
        for first in range(have + 1, count + 1, step):
            await connection.execute(_FILL, first, min(first + step - 1, count), receiver)
        # They were announced long ago.
        await connection.execute("UPDATE epr_relay SET seq = (SELECT max(seq) FROM events)")
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def fill(db: str, count: int, receiver: str) -> None:
    """Brings the history up to `count` events of one receiver; the registry must not run."""
    asyncio.run(_fill(db, count, receiver))
