import pytest

from eprlab import product
from eprlab.product.changes import Change


@pytest.mark.parametrize(("version", "knotlib"), [("1.4.0", "0.3.2"), ("1.5.0", "0.3.1")])
def test_the_product_passes_its_own_tests(version, knotlib):
    run = product.run_tests(version, knotlib=knotlib)
    assert run.success
    assert run.passed >= 10
    assert run.failures == ()


def test_forgetting_the_last_boat_fails_one_test_and_says_which():
    run = product.run_tests("1.4.0", product.LAST_BOAT_FORGOTTEN)
    assert not run.success
    assert [failure.test for failure in run.failures] == [
        "test_after_the_last_boat_the_first_of_tomorrow_is_offered"
    ]
    assert "Departure" in run.failures[0].why


def test_a_suite_that_cannot_be_collected_is_a_failure_with_a_name():
    broken = Change("typo", "tests/test_tide.py", "import TIDE_MINUTES", "import TIDE_MINUTE")
    with pytest.raises(product.TestsDidNotRun, match="TIDE_MINUTE"):
        product.run_tests("1.4.0", broken)


def test_a_run_without_tests_is_not_a_success():
    assert not product.TestRun(passed=0, failures=(), seconds=0.1).success
