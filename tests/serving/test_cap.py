from pinakes.core.types import Task
from pinakes.serving.cap import LEAST_ITEMS, Cap

CAP = Cap(items=32, pixels=1000, tokens=100, seconds=0.25)


def test_a_call_is_bounded_in_time_but_not_below_a_few_inputs() -> None:
    assert [CAP.most(each) for each in (0.0, 0.001, 0.025, 1.0)] == [32, 32, 10, LEAST_ITEMS]


def test_company_is_welcome_while_it_costs_little_time() -> None:
    assert [CAP.company(each) for each in (0.0, 0.001, 0.025, 1.0)] == [32, 62, 2, 0]


def test_words_cost_tokens_and_pictures_pixels() -> None:
    assert [CAP.cost(task) for task in (Task.TEXT_EMBEDDING, Task.IMAGE_EMBEDDING)] == [100, 1000]
