"""The command `epr`: the registry from a shell.

The commands, flags and JSON of the reference command line `epr-cli` (contract section 14), with
tables beside it: `epr event create|search|generate`, the same for `receiver` and `group`,
`epr group enable|disable`, `epr status`, `epr watch`. Exit status: 0 done, 1 refused or failed
(one line on stderr that says why), 2 wrong usage.

    main      putting it together, errors, exit status
    options   flags that several commands share
    objects   create, search and generate, once for all three kinds
    events, receivers, groups, watching, status   the commands
    files     JSON and YAML files of objects
    output    JSON, tables, fields, JSONPath

May be imported by: nobody but the entry point.
"""

from .main import app, main

__all__ = ["app", "main"]
