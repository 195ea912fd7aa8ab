"""When a changed directory is quiet enough to be looked at."""

from pinakes.ingest.watching.settling import PATIENCE, Settling


def test_a_directory_is_ready_once_it_was_quiet() -> None:
    settling = Settling(2.0)
    settling.touch(["/a"], 10.0)
    settling.touch(["/a", "/b"], 11.0)
    assert settling.ready(12.5) == set()
    assert settling.ready(13.0) == {"/a", "/b"}
    assert settling.ready(99.0) == set()


def test_one_that_is_never_quiet_is_named_again_and_again() -> None:
    settling = Settling(2.0)
    named = []
    for second in range(100):
        settling.touch(["/busy"], float(second))
        if settling.ready(float(second)):
            named.append(second)
    assert named == [30, 60, 90]
    assert named[0] == PATIENCE * 2.0
    assert settling.ready(101.0) == {"/busy"}
    assert len(settling) == 0
