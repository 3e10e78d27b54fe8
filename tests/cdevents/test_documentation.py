import doctest
import inspect
import re
from pathlib import Path

import pytest

import cdevents
from cdevents import binding, builders, errors, event, links, vocabulary

PAGE = Path(__file__).parents[2] / "book" / "cdevents.md"


def test_the_package_s_docstring_is_true():
    assert doctest.testmod(cdevents) == (0, 12)


def test_the_page_is_true(registry, monkeypatch):
    monkeypatch.setenv("EPR_URL", registry.url)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(blocks) >= 7
    examples = doctest.DocTestParser().get_examples("".join(blocks))
    page = doctest.DocTest(examples, {}, PAGE.name, None, None, None)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(page)
    assert result.failed == 0
    assert result.attempted > 20


def test_the_page_has_every_type_with_its_content_and_meaning():
    def row(kind):
        content = ", ".join(
            f"**`{field.parameter}`**" if field.required else f"`{field.parameter}`"
            for field in kind.fields
        )
        return f"| `{kind.name}` | {kind.version} | {content or '–'} | {kind.meaning} |"

    rows = [row(kind) for kind in vocabulary.TYPES.values()]
    assert PAGE.read_text("utf-8").endswith("\n".join(rows) + "\n")


def test_what_the_package_offers_is_what_it_lists():
    public = {
        name
        for name, value in vars(cdevents).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    } | {"errors", "links", "vocabulary"}
    assert public == set(cdevents.__all__)
    assert len(cdevents.__all__) == len(set(cdevents.__all__))


def test_every_error_stands_in_the_tree_and_is_a_value_error():
    found = [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    ]
    assert len(found) == 7
    for error in found:
        assert error.__name__ in errors.__doc__
        assert issubclass(error, ValueError)


@pytest.mark.parametrize("module", [binding, builders, errors, event, links, vocabulary])
def test_everything_public_says_what_it_is(module):
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        assert value.__doc__, name
        for member, function in vars(value).items() if inspect.isclass(value) else ():
            if not member.startswith("_") and (
                inspect.isfunction(function) or isinstance(function, property)
            ):
                assert function.__doc__, f"{name}.{member}"
