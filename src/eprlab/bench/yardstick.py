"""What PostgreSQL alone does on this machine: pgbench inserts the same rows, one transaction each."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from eprlab.stack.embedded.postgres import wheel_programs

_SCRIPT = """\\set n random(1, 1000000000)
INSERT INTO events (id, name, version, release, platform_id, package, description, payload,
                    payload_bytes, success, created_at, event_receiver_id, unit)
VALUES (gen_random_uuid()::text, 'tidetable', :n::text, '2026.11.1', 'py3-none-any', 'wheel',
        'a receipt', '{"sha256":"0"}', 14, true, clock_timestamp(), '{receiver}',
        decode(md5(:n::text), 'hex'));
"""


def inserts_per_second(
    db: str, receiver: str, folder: Path, *, clients: int, seconds: int
) -> float:
    """Transactions per second of `clients` connections that insert one event each time."""
    script = folder / "insert-event.sql"
    script.write_text(_SCRIPT.replace("{receiver}", receiver))
    where = urlsplit(db)
    done = subprocess.run(
        [wheel_programs() / "pgbench", "--no-vacuum", "--protocol", "prepared", "--jobs", "2",
         "--client", str(clients), "--time", str(seconds), "--file", str(script),
         "--host", where.hostname, "--port", str(where.port), "--username", where.username,
         where.path.lstrip("/")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))
