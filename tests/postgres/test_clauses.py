from pinakes.core.filters import And, Known, Match, Not, Range
from pinakes.core.payload import PICTURES
from pinakes.postgres.clauses import clause


def test_a_filter_is_one_condition_with_a_place_for_each_value() -> None:
    where = And((Match("tags", ("a", "b")), Not(Range("taken_at", gt=1, lte=2)), Known("lens")))
    made = clause(PICTURES, frozenset({3, 1}), where)
    assert made.sql.as_string(None).count("%s") == len(made.values) == 4
    assert made.values == ([1, 3], ["a", "b"], 1, 2)


def test_no_value_is_ever_part_of_the_statement() -> None:
    made = clause(PICTURES, None, Match("camera", ("'; DROP TABLE x; --",)))
    assert "DROP" not in made.sql.as_string(None)


def test_everything_may_be_seen_without_folders_and_filter() -> None:
    assert clause(PICTURES, None, None).sql.as_string(None) == "TRUE"
