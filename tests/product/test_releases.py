import re
from concurrent.futures import ThreadPoolExecutor

from eprlab import product


def test_release_numbers_are_a_month_and_a_count():
    first, second = product.next_release(), product.next_release()
    assert re.fullmatch(r"\d{4}\.\d{1,2}\.1", first)
    assert second == re.sub(r"1$", "2", first)


def test_no_number_is_given_twice():
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: product.next_release(), range(40)))
    assert len(set(numbers)) == 40
