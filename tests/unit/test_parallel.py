from __future__ import annotations

import threading

import pytest

from kubectl_refs.process.parallel import run_in_parallel


def test_results_come_in_the_order_of_the_items_whoever_is_done_first() -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 1:
            assert second_is_done.wait(10)
        elif item == 2:
            second_is_done.set()
        return item * 10

    assert run_in_parallel(work, [1, 2, 3], most=2) == [10, 20, 30]


def test_no_more_threads_work_than_may() -> None:
    lock, now, seen = threading.Lock(), 0, 0

    def work(item: int) -> int:
        nonlocal now, seen
        with lock:
            now += 1
            seen = max(seen, now)
        threading.Event().wait(0.001)
        with lock:
            now -= 1
        return item

    assert run_in_parallel(work, range(50), most=3) == list(range(50))
    assert seen <= 3


def test_the_first_error_by_order_is_raised_and_nothing_more_is_begun() -> None:
    begun = []

    def work(item: int) -> None:
        begun.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        run_in_parallel(work, range(1000), most=1)
    after = len(begun)
    assert after < 1000


def test_nothing_to_do_is_done() -> None:
    assert run_in_parallel(str, [], most=8) == []
