"""Where does it belong: into the unit's name, into the payload, nowhere, or is it the registry's to write?"""

from eprlab.exercises.kinds.choosing import Item, Sort

exercise = Sort(
    id="what-belongs-where",
    session=2,
    title="What belongs where?",
    minutes=4,
    goal="""
You write the receipt for a scan of tidetable's wheel. For each thing below, say where it belongs: `unit` (one of the
five parts), `payload`, `registry` (written by the registry itself), or `nowhere`.

Choose in the form, or write the label in place of the `...`.
""",
    builds_on=("receipt", "unit", "digest", "receiver", "causation"),
    teaches=("receipt-contents",),
    paragraph="The same five parts, other bytes",
    hints=(
        "Ask of each: does it say which thing the receipt is about, or what was found out about it?",
        "A receipt can never be taken back. What must not be read by everybody, for ever?",
        "Four belong to the payload, three to the unit, one to the registry, two nowhere.",
    ),
    labels={
        "unit": "One of the five parts of the unit's name",
        "payload": "In the payload",
        "registry": "Written by the registry itself",
        "nowhere": "Not in a receipt",
    },
    items=(
        Item(
            "version",
            "the version that passengers see: 1.4.0",
            "unit",
            "It is one of the five parts by which receipts about one wheel find each other.",
            {"payload": "A gate compares the unit only: it could not tell 1.4.0 from 1.4.1."},
        ),
        Item(
            "build-number",
            "which build of 1.4.0 it is: 2026.11.7",
            "unit",
            "The release. Without it a second build would count as the same unit.",
            {
                "payload": "Two builds of 1.4.0 would share one gate, and one's scan open it for the other."
            },
        ),
        Item(
            "wheel-tag",
            "what the wheel runs on: py3-none-any",
            "unit",
            "The platform_id: the same release for another platform is another unit.",
        ),
        Item(
            "digest",
            "the SHA-256 of the scanned file",
            "payload",
            "Names label, digests identify: the next step compares it with what it holds.",
            {
                "unit": "The digest is known after the build only, and the unit has no part for it. It says which "
                "bytes were looked at: evidence, so payload.",
                "nowhere": "Then nobody could say which bytes were scanned.",
            },
        ),
        Item(
            "findings",
            "the rules that were broken",
            "payload",
            "The reason for the failure is what everybody will ask for.",
        ),
        Item(
            "files-read",
            "how many files were read",
            "payload",
            "It tells a scan that found nothing from a scan that read nothing.",
            {"nowhere": "A scan of no files finds nothing either. The count tells the two apart."},
        ),
        Item(
            "cause",
            "the id of the event that made the scanner act",
            "payload",
            "`epr.caused_by` puts it there, and lineage reads it from there.",
            {"registry": "The registry cannot know why you acted. You have to say it."},
        ),
        Item(
            "stored-at",
            "when the receipt was stored",
            "registry",
            "`created_at` is the registry's own clock: nobody can date a receipt back.",
            {
                "payload": "You may say when you scanned, but when it was stored only the registry knows."
            },
        ),
        Item(
            "token",
            "the token with which the scanner logged in",
            "nowhere",
            "A receipt is announced to everybody and never deleted.",
            {"payload": "It would be announced to every watcher, and stay readable for ever."},
        ),
        Item(
            "the-wheel",
            "the wheel itself, encoded as text",
            "nowhere",
            "The digest and the place are enough; a broker is no file server.",
            {
                "payload": "Every watcher would be sent the file with every message. Post its digest."
            },
        ),
    ),
    after="Three questions sort nearly everything: does it say which thing (unit), what was found out (payload), "
    "or is it somebody else's to say (registry, or a vault)?",
)
