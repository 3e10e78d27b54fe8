"""An Event Provenance Registry: stores receipts of what happened, and announces them.

One job: be the registry that every existing EPR client can talk to unchanged, without the flaws of
the original. REST and GraphQL in, PostgreSQL behind, one Kafka topic out. ``python -m epr_server``
runs it, ``--help`` lists the settings.

How an event travels
    `connection` (bounds) → `app` (token, headers, log) → `rest` → `request_body` → `registry`
    (checks, the receiver's schema) → `ingest` (batches) → PostgreSQL. In that one transaction the
    event is stored and its gates are judged (``epr_record_events`` in ``migrations/``), then the
    request is answered. `relay` reads the log from its position and puts `messages` on the topic.

Modules
    Records     `records` `identity` `timestamps` `errors`
    What is allowed   `request_body` `text_fields` `json_text` `json_schema`
    Application `registry` `receivers` `search`
    Storage     `database` `migrations` `ingest`
    Messages    `relay` `log_reader` `publisher` `messages` `representations`
    HTTP        `app` `rest` `graphql` `openapi` `body` `connection` `health`
    Process     `settings` `logs` `metrics` `server` `__main__`

What holds, whatever happens
    * An answer 200 means committed: event, gate verdicts and the duty to announce them together.
    * Every commit has a place in one order (``seq``); messages follow it, at least once.
    * Any number of processes may run over one database; one of them publishes at a time.
    * What a client sends is answered with 2xx or a 4xx that says why; 503 means a part is down.

Who may import it: nobody. Other packages talk to it over HTTP; it imports none of them.
"""
