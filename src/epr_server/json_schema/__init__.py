"""JSON Schema for receivers: compile a schema once, check payloads in microseconds.

Its one job: say whether a payload fits the schema of its receiver, and if not, why, without
letting a hostile schema or payload harm the registry. It knows nothing of HTTP or of the
database; the registry's service calls it, nobody else does.

    compile_schema(schema_json)            -> CompiledSchema, or SchemaRefused(reason)
    CompiledSchema.violations(payload)     -> ["n: Invalid type. Expected: integer, given: string"]

The dialect is draft 7 of JSON Schema with what the original registry's hybrid of drafts 4, 6
and 7 adds to it (epr-contract.md, section 9); ``dialect`` has the list.

Modules, in the order in which a schema passes through them:

==============  =================================================================
``json_text``   JSON text to Python values, exactly: big integers, NUL, nesting
``document``    every subschema and what each ``$ref`` points at; nothing is fetched
``dialect``     the few rewrites that turn the hybrid into draft 7
``cost``        how much work a schema can cause; refuses the explosive ones
``violations``  the validator's findings as lines of text
``compiled``    the two public things
``exceptions``  what can go wrong
==============  =================================================================
"""

from epr_server.json_schema.compiled import CompiledSchema, compile_schema
from epr_server.json_schema.exceptions import SchemaRefused

__all__ = ["CompiledSchema", "SchemaRefused", "compile_schema"]
