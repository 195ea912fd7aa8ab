import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from pinakes.core.errors import Forbidden, InvalidRequest, Overloaded, Unauthorised
from pinakes.core.settings import InferenceSettings, KeyScope, KeySettings, Settings
from pinakes.services.http.keys import ALL_SCOPES, Keys, Pace, digest_of, keys_of, make_key, one_key

INFER: frozenset[KeyScope] = frozenset({"infer"})
MODELS: frozenset[KeyScope] = frozenset({"models"})


def test_a_new_key_is_known_by_its_hash_and_allows_its_scopes_only() -> None:
    key, entry = make_key("camera", ["infer"])
    keys = keys_of(InferenceSettings(keys=(entry,)))
    assert keys.admit(f"Bearer {key}", INFER).name == "camera"
    with pytest.raises(Forbidden, match=r"camera .* models"):
        keys.admit(f"Bearer {key}", MODELS)
    assert key not in entry.model_dump_json()
    assert len({make_key("camera", ["infer"])[0] for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic k3y", "k3y", "Bearer \udcff"]
)
def test_what_is_no_known_key_is_unauthorised(given: str) -> None:
    with pytest.raises(Unauthorised):
        one_key(SecretStr("k3y")).admit(given, ALL_SCOPES)


def test_the_one_key_allows_everything_and_has_no_name() -> None:
    found = one_key(SecretStr("k3y")).admit("bearer  k3y", MODELS)
    assert (found.name, found.scopes) == ("", ALL_SCOPES)


@pytest.mark.parametrize("empty", [None, SecretStr(""), SecretStr("  ")])
def test_an_empty_key_is_none(empty: SecretStr | None) -> None:
    assert not one_key(empty)
    assert not Keys()


def test_keys_come_from_variables_and_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (first, one), (second, two) = make_key("one", ["infer"]), make_key("two", ["models", "metrics"])
    (tmp_path / "keys.json").write_text(json.dumps([two.model_dump()]))
    monkeypatch.setenv("PINAKES_INFERENCE__KEYS", json.dumps([one.model_dump()]))
    monkeypatch.setenv("PINAKES_INFERENCE__KEYS_FILE", str(tmp_path / "keys.json"))
    keys = keys_of(Settings().inference)
    assert keys.admit(f"Bearer {first}", INFER).name == "one"
    assert keys.admit(f"Bearer {second}", MODELS).name == "two"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ("{", "the file"),
        ('[{"name": "a"}]', r"0\.sha256"),
        ('[{"name": "a b", "sha256": "' + "0" * 64 + '"}]', r"0\.name"),
        ('[{"name": "a", "sha256": "' + "0" * 64 + '", "scopes": ["all"]}]', r"0\.scopes"),
        ('[{"name": "a", "sha256": "' + "0" * 64 + '", "key": "x"}]', r"0\.key"),
    ],
)
def test_a_file_that_cannot_be_understood_is_said_at_the_start(
    tmp_path: Path, content: str | None, told: str
) -> None:
    path = tmp_path / "keys.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InvalidRequest, match=f"PINAKES_INFERENCE__KEYS_FILE.*{told}"):
        keys_of(InferenceSettings(keys_file=path))


def written(path: Path, *entries: KeySettings) -> None:
    path.write_text(json.dumps([entry.model_dump() for entry in entries]))


def test_a_key_taken_out_of_the_file_dies_at_once_and_a_new_one_lives(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    (first, one), (second, two) = make_key("one", ["infer"]), make_key("second", ["infer"])
    written(path, one)
    keys = keys_of(InferenceSettings(keys_file=path, api_key=SecretStr("k3y")))
    assert keys.admit(f"Bearer {first}", INFER).name == "one"
    written(path, two)
    with pytest.raises(Unauthorised):
        keys.admit(f"Bearer {first}", INFER)
    assert keys.admit(f"Bearer {second}", INFER).name == "second"
    assert keys.admit("Bearer k3y", INFER).name == ""


def test_a_file_that_becomes_wrong_or_goes_changes_nothing_and_is_logged(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key, entry = make_key("one", ["infer"])
    written(path, entry)
    keys = keys_of(InferenceSettings(keys_file=path))
    for spoil in (lambda: path.write_text("["), lambda: written(path, entry, entry), path.unlink):
        spoil()
        with capture_logs() as logged:
            assert keys.admit(f"Bearer {key}", INFER).name == "one"
            keys.admit(f"Bearer {key}", INFER)
        assert [line["event"] for line in logged] == ["keys-not-read"]


def test_the_last_key_taken_out_opens_the_service_to_nobody(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key, entry = make_key("one", ["infer"])
    written(path, entry)
    keys = keys_of(InferenceSettings(keys_file=path))
    written(path)
    with pytest.raises(Unauthorised):
        keys.admit(f"Bearer {key}", INFER)
    assert keys


def test_reading_again_gives_no_key_its_used_up_pace_back(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    eager, slow = make_key("eager", ["infer"], requests_per_second=0.01)
    written(path, slow)
    keys = keys_of(InferenceSettings(keys_file=path))
    keys.admit(f"Bearer {eager}", INFER)
    written(path, slow, make_key("other", ["infer"])[1])
    with pytest.raises(Overloaded):
        keys.admit(f"Bearer {eager}", INFER)
    written(path, slow.model_copy(update={"requests_per_second": 5.0}))
    keys.admit(f"Bearer {eager}", INFER)


def test_two_keys_of_one_name_are_refused() -> None:
    entries = tuple(make_key("same", ["infer"])[1] for _ in range(2))
    with pytest.raises(InvalidRequest, match="same"):
        keys_of(InferenceSettings(keys=entries))


def test_a_pace_lets_through_what_it_says_and_tells_when_the_next_may_come() -> None:
    now = 0.0
    pace = Pace(4.0, clock=lambda: now)
    assert [pace.take() for _ in range(5)] == [0, 0, 0, 0, 0.25]
    now = 0.25
    assert pace.take() == 0
    assert pace.take() > 0
    now = 100.0
    assert [pace.take() > 0 for _ in range(5)] == [False] * 4 + [
        True
    ]  # no more than a second's worth is saved


def test_a_slow_pace_still_lets_one_through() -> None:
    now = 0.0
    pace = Pace(0.1, clock=lambda: now)
    assert pace.take() == 0
    assert pace.take() == pytest.approx(10)


def test_a_key_used_too_often_is_told_when_to_come_back() -> None:
    key, entry = make_key("eager", ["infer"], requests_per_second=1)
    keys = keys_of(InferenceSettings(keys=(entry,)))
    keys.admit(f"Bearer {key}", INFER)
    with pytest.raises(Overloaded, match="eager") as caught:
        keys.admit(f"Bearer {key}", INFER)
    assert 0 < caught.value.retry_after <= 1
    assert caught.value.limit == 1


def test_digests_are_of_the_bytes_sent() -> None:
    assert digest_of("abc").hex().startswith("ba7816bf")
