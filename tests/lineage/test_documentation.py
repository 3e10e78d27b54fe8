import doctest
import inspect
import re
from pathlib import Path

from epr_lineage import questions
from epr_lineage.questions import coverage
from epr_lineage.rules import RULES

PAGE = (Path(__file__).parents[2] / "book" / "lineage.md").read_text("utf-8")


def test_every_example_of_the_page_is_true():
    blocks = re.findall(r"^```python\n(>>> .*?)^```$", PAGE, re.M | re.S)
    examples = doctest.DocTestParser().get_examples("".join(blocks))
    page = doctest.DocTest(examples, {}, "lineage.md", None, None, None)
    result = doctest.DocTestRunner().run(page)
    assert result.failed == 0
    assert result.attempted > 15


def test_the_page_has_every_rule_in_the_words_of_its_function():
    for number, rules in RULES.items():
        said = " ".join(inspect.getdoc(rule).replace("\n", " ") for rule in rules)
        assert f"| {number} | {said} |\n" in PAGE


def test_the_page_has_every_question():
    rows = [line for line in questions.__doc__.splitlines() if line.startswith("| Q")]
    assert len(rows) >= 18
    assert all(f"{row}\n" in PAGE for row in rows)


def test_a_coverage_says_what_its_docstring_says():
    assert doctest.testmod(coverage).failed == 0
    one = coverage.Coverage.over([("E01", True), ("E02", False)], "events are sound")
    assert (str(one), one.share, one.complete, one.missing) == (
        "1 of 2 events are sound", 0.5, False, ("E02",),
    )  # fmt: skip
