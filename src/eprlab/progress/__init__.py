"""A learner's progress: a file on this machine, receipts in the registry, a record to take away.

Modules: `store` (the file), `receipts` (a receipt for each pass, a gate for each session, the badge),
`board` (the table), `record` (the signed completion record), `verifying` (what such a record proves).

Imported by `eprlab.exercises`' front door and the command line; imports `epr`, `epr_lineage` and
`eprlab.exercises`' definitions.
"""
