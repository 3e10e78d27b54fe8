"""Speed and memory, measured on the machine at hand: `make bench` writes `book/measurements.md`.

One job: to run the stack's parts under load and say what was seen, beside a yardstick measured in the
same minutes. Absolute figures depend on the machine; the ratios are what to compare, and nothing here
is ever asserted by a test.

Modules: `parts` (a PostgreSQL, a broker and a registry of the bench's own), `load` (the HTTP load, a
process of its own), `yardstick` (pgbench inserting the same rows), `history` (fills the registry with
events), `serving` (what requests cost), `delivery` (from POST to the hands of a consumer), `lab` (what
the whole stack costs to start and to keep), `lineage` and `site` (their own), `report` (medians, ratios, the page).
"""
