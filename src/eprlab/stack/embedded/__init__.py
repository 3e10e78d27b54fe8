"""The stack as plain processes: PostgreSQL, Apache Kafka and the registry, no container engine.

Modules: `component` (the life that all three share), `postgres`, `broker`, `registry`, `java` (the
runtime the broker needs), `process` (detached processes and how to find them again), `account` (the
account PostgreSQL runs under when root starts the stack). Used by `eprlab.stack`; test fixtures may
use the pieces alone, without the rest of the stack:

    from eprlab.stack.embedded import Broker, Postgres

    postgres, broker = Postgres(home), Broker(home)     # a folder; each object is light
    admin_url = postgres.start()                        # 'postgres://postgres@127.0.0.1:5432/postgres'
    brokers = broker.start()                            # '127.0.0.1:19092'
    ...
    broker.remove(), postgres.remove()                  # stop and delete the data; .stop() keeps it

`start()` may be called from two threads at once for two components; it takes the default port or the
next free one, so several homes run side by side. When root starts PostgreSQL, the account `nobody`
must be able to traverse the folder: prefer `tempfile.mkdtemp()` with mode 0755 to pytest's private
folders, or the data goes to `/var/lib/provenance-lab` (`remove()` clears it).
"""

from eprlab.stack.embedded.broker import Broker
from eprlab.stack.embedded.component import Component
from eprlab.stack.embedded.postgres import Postgres

__all__ = ["Broker", "Component", "Postgres"]
