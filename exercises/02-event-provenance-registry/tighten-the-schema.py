"""A receiver's schema, judged by what it lets in: three good payloads, twelve bad ones."""

import epr
from eprlab.exercises.answers import shown
from eprlab.exercises.definition import Mistake
from eprlab.exercises.kinds.code import Code
from eprlab.exercises.verdict import missed, seen

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

GOOD = {
    "a clean scan": {"sha256": DIGEST, "files": 12, "findings": []},
    "a scan with findings": {"sha256": DIGEST, "files": 12, "findings": ["secret-in-source"]},
    "a scan of an empty wheel": {"sha256": DIGEST, "files": 0, "findings": []},
}

# What must be refused, the mistake behind a schema that takes it, and the payload.
BAD = {
    "an empty receipt": ("nothing-required", {}),
    "no digest": ("nothing-required", {"files": 12, "findings": []}),
    "no count of files": ("nothing-required", {"sha256": DIGEST, "findings": []}),
    "a digest that is a label": (
        "digest-is-any-text",
        {"sha256": "latest", "files": 12, "findings": []},
    ),
    "a digest cut short": (
        "digest-is-any-text",
        {"sha256": DIGEST[:12], "files": 12, "findings": []},
    ),
    "two digests in one text": (
        "not-anchored",
        {"sha256": DIGEST * 2, "files": 12, "findings": []},
    ),
    "half a file": ("number-not-integer", {"sha256": DIGEST, "files": 11.5, "findings": []}),
    "fewer than no files": ("no-minimum", {"sha256": DIGEST, "files": -1, "findings": []}),
    "a count written as text": (
        "count-not-typed",
        {"sha256": DIGEST, "files": "12", "findings": []},
    ),
    "findings that are only counted": (
        "findings-not-texts",
        {"sha256": DIGEST, "files": 12, "findings": 0},
    ),
    "findings that are numbers": (
        "findings-not-texts",
        {"sha256": DIGEST, "files": 12, "findings": [7]},
    ),
    "a field that nobody agreed on": (
        "open-to-anything",
        {"sha256": DIGEST, "files": 12, "findings": [], "aproved": True},
    ),
}


def judge(answer, setting):
    schema = answer["schema"]
    if not isinstance(schema, dict):
        yield missed(
            expected="a JSON Schema, as a dict",
            found=shown(schema),
            because="Write it as the `receipt(…)` helper further up returns it.",
        )
        return
    try:
        scan = setting.client.receivers.create(
            name=setting.name("tidetable-scan"), type="plab.scan", schema=schema
        )
    except epr.errors.Refused as refused:
        yield missed(
            expected="a schema that the registry can compile",
            found="; ".join(refused.problems)[:300],
            because="A keyword has a value of the wrong type.",
        )
        return
    yield seen("the registry has it as a receiver's schema")

    unit = setting.unit()

    def is_stored(payload):
        try:
            setting.client.events.post(scan, unit, success=True, payload=payload)
        except epr.errors.Refused:
            return False
        return True

    refused = [name for name, payload in GOOD.items() if not is_stored(payload)]
    if refused:
        yield missed(
            expected=f"{len(GOOD)} of {len(GOOD)} good receipts stored",
            found=f"{len(GOOD) - len(refused)} stored; refused: {', '.join(refused)}",
            mistake="too-tight",
        )
    else:
        yield seen(f"{len(GOOD)} of {len(GOOD)} stored")

    let_in = {name: mistake for name, (mistake, payload) in BAD.items() if is_stored(payload)}
    score = f"{len(BAD) - len(let_in)} of {len(BAD)} refused"
    if not let_in:
        yield seen(score)
        return
    everything = len(let_in) == len(BAD)
    yield missed(
        expected=f"{len(BAD)} of {len(BAD)} bad receipts refused",
        found=f"{score}; let in: {', '.join(let_in)}",
        mistake="constrains-nothing" if everything else next(iter(let_in.values())),
    )


def schema(sha256, files, findings, rest):
    return f"""
schema = {{
    "type": "object",
    "properties": {{
        "sha256": {sha256},
        "files": {files},
        "findings": {findings},
    }},
    {rest}
}}
"""


HEX = '{"type": "string", "pattern": "^[0-9a-f]{64}$"}'
COUNT = '{"type": "integer", "minimum": 0}'
TEXTS = '{"type": "array", "items": {"type": "string"}}'
CLOSED = '"required": ["sha256", "files", "findings"],\n    "additionalProperties": False,'


exercise = Code(
    id="tighten-the-schema",
    session=2,
    title="A schema that says no",
    minutes=8,
    goal="""
The schema below describes a scan's receipt, and takes almost anything. Tighten it until the registry refuses
twelve bad receipts and still takes three good ones, one of which has no findings.

The check makes a receiver with your schema and posts all fifteen. A scan's receipt says which bytes (`sha256`, 64
hexadecimal digits), how many `files` were read, and the rules that were broken (`findings`), and nothing else.
""",
    builds_on=("receiver", "json-schema", "receipt"),
    paragraph='When is "the tests passed" worth anything?',
    hints=(
        "JSON Schema takes what it is not told to refuse. Which keywords refuse a field that is missing, "
        "and one that nobody agreed on?",
        "The cell that defines `receipt`, `count`, `texts` and `sha256` further up has all you need.",
        "`required` lists the three fields, `additionalProperties` is False, a pattern is searched for "
        "anywhere unless it has `^` and `$`, and `items` says what a list holds.",
    ),
    needs_stack=True,
    defines=("schema",),
    looks_at=("the schema compiles", "good receipts get in", "bad receipts are refused"),
    judge=judge,
    start="""
schema = {
    "type": "object",
    "properties": {
        "sha256": {"type": "string"},
        "files": {"type": "number"},
        "findings": {"type": "array"},
    },
}
""",
    solve=schema(HEX, COUNT, TEXTS, CLOSED),
    after="A schema is a test suite for payloads that have not been written yet, and can be tested like "
    "one: break a good payload in one place, and see whether anything notices.",
    wrong=(
        Mistake(
            "constrains-nothing",
            "schema = {}",
            "`{}` is a schema without a single condition: everything meets it. A keyword that the "
            "registry does not know, or a misspelt one, has no effect either.",
        ),
        Mistake(
            "nothing-required",
            schema(
                HEX,
                COUNT,
                TEXTS,
                '"requires": ["sha256", "files", "findings"],\n    "additionalProperties": False,',
            ),
            "`properties` says what a field must be like if it is there. Only `required` says that it must "
            "be there; a misspelt keyword is ignored without a word.",
        ),
        Mistake(
            "digest-is-any-text",
            schema('{"type": "string"}', COUNT, TEXTS, CLOSED),
            "Any text passes for a digest. A `pattern` can say: 64 hexadecimal digits.",
        ),
        Mistake(
            "not-anchored",
            schema('{"type": "string", "pattern": "[0-9a-f]{64}"}', COUNT, TEXTS, CLOSED),
            "A pattern is searched for anywhere in the text. Without `^` and `$` a longer text that "
            "contains 64 digits passes.",
        ),
        Mistake(
            "number-not-integer",
            schema(HEX, '{"type": "number", "minimum": 0}', TEXTS, CLOSED),
            "`number` takes 11.5. Things that are counted are `integer`.",
        ),
        Mistake(
            "no-minimum",
            schema(HEX, '{"type": "integer"}', TEXTS, CLOSED),
            "An integer may be negative; `minimum` says from where on.",
        ),
        Mistake(
            "count-not-typed",
            schema(HEX, '{"minimum": 0, "multipleOf": 1}', TEXTS, CLOSED),
            "`minimum` and `multipleOf` look at numbers only: a text is not a number, so they have "
            "nothing against it. Say the `type`.",
        ),
        Mistake(
            "findings-not-texts",
            schema(HEX, COUNT, '{"type": "array"}', CLOSED),
            "A list of anything is a list. `items` says what it holds.",
        ),
        Mistake(
            "open-to-anything",
            schema(HEX, COUNT, TEXTS, '"required": ["sha256", "files", "findings"],'),
            "Fields that are not listed are welcome unless `additionalProperties` is False. A misspelt "
            "optional field would never be missed by anybody.",
        ),
        Mistake(
            "too-tight",
            schema(
                HEX, COUNT, '{"type": "array", "items": {"type": "string"}, "minItems": 1}', CLOSED
            ),
            "Good receipts are refused: a clean scan has no findings and a wheel may be empty. A schema "
            "that is too tight teaches people to post lies that fit.",
        ),
    ),
)
