"""A reflection: the step in your own pipeline that could be skipped without anybody noticing."""

from eprlab.exercises.kinds.reflection import Point, Reflection

exercise = Reflection(
    id="the-silent-step",
    session=2,
    title="Your silent step",
    minutes=6,
    goal="""
Think of a pipeline that you know. **Which step could be skipped for a week without anybody noticing?** Write a short
paragraph between the quotation marks: the step; how you would find out today; the receipt that would show
it, and what has to be in it; and what would wait for it.

No program can tell whether you are right. The check looks for words that such an answer contains, and then shows
you one to compare with.
""",
    builds_on=("receipt", "gate-rule", "digest"),
    paragraph="The first attempt",
    hints=(
        "Not the step that fails most often. The one whose failure looks like success.",
        "Scans, back-ups, licence checks, notifications, clean-ups: what happens when the job is “temporarily” "
        "switched off?",
        "Four things: the step, how you would learn of it now, which receipt (with which digest or count) would "
        "show it, and which gate stays shut without it.",
    ),
    words=30,
    rubric=(
        Point(
            "names-a-step",
            "a step that can go missing",
            (
                r"\bscan\w*",
                r"\btests?\b",
                r"\bback-?ups?\b",
                r"\bsign\w*",
                r"\blint\w*",
                r"\bmigrat\w*",
                r"\blicen[cs]e\w*",
                r"\bstep\b",
                r"\bjob\b",
                r"\bcheck\w*",
            ),
            "Name the step: a scan, a back-up, a signature, a check.",
        ),
        Point(
            "how-found-today",
            "how it would be noticed today",
            (
                r"\bnobody\b",
                r"\bno one\b",
                r"\bnotic\w*",
                r"\bfind out\b",
                r"\bfound out\b",
                r"\blog\w*",
                r"\baudit\w*",
                r"\bincident\w*",
                r"\bdashboard\w*",
                r"\balert\w*",
                r"\btoday\b",
            ),
            "Say how anybody would learn of it now. If the answer is “from an incident”, say that.",
        ),
        Point(
            "which-receipt",
            "the receipt, and what has to be in it",
            (r"\breceipts?\b", r"\bevents?\b", r"\bpayload\w*", r"\bdigests?\b", r"\bsha-?256\b"),
            "Say what would be posted when the step has run, and what in it proves which bytes it was about.",
        ),
        Point(
            "what-waits",
            "what would wait for it",
            (
                r"\bgates?\b",
                r"\bgroups?\b",
                r"\bwait\w*",
                r"\bblock\w*",
                r"\bshut\b",
                r"\bstays? closed\b",
                r"\bdeploy\w*",
            ),
            "A receipt that nobody waits for can go missing too. Which gate stays shut without it?",
        ),
    ),
    model="""
Our licence check runs in a nightly job that was switched off for a week in spring. Nobody noticed, because a job that
does not run is as green as one that passes; today we would find out from an audit. It should post a receipt
for every wheel, success or failure, with the wheel's sha256 and the number of packages it read, so that a run
that read nothing can be told from a clean one. The release gate should have its receiver as a member: then a
skipped check is "never arrived", and the gate stays shut until somebody asks why.
""",
    thin={
        "how-found-today": "I would add a receiver for the licence check with a schema that requires the sha256 of "
        "the wheel and a count of packages, and put it into the group of the release so that the gate is "
        "shut without a success from it for that unit.",
        "which-receipt": "Our back-up job is the one. Nobody would notice if it did not run for a week, we would find "
        "out when we need it, which is too late, so the deployment should be blocked until somebody has "
        "made sure that there is one and that it can be read.",
        "what-waits": "The licence check. Today we find out from the auditor once a year. There should be a receipt "
        "for every wheel with its sha256 and a count of the packages that were read, on success and on "
        "failure, so that we can look it up for any wheel later on.",
        "names-a-step": "Nobody looks at most of what happens between a commit and production, and we learn about it "
        "from incidents. There should be a receipt with a digest for everything, and a gate that waits for "
        "all of them, for each and every wheel that is made.",
    },
    after="Compare with yours: a step, how it would be noticed today, a receipt that says which bytes, a gate that waits.",
)
