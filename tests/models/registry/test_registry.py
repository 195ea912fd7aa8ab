"""The registry: entries are complete, unique, honest about sources, and the default is the best value."""

from collections import Counter

import pytest
from pydantic import ValidationError

from pinakes.core.errors import NotFound
from pinakes.core.types import Task
from pinakes.models.layouts import is_described
from pinakes.models.registry.entry import Entry
from pinakes.models.registry.registry import DEFAULT, parsed, registry
from pinakes.models.store.chosen_files import chosen, is_harmless


def test_names_and_aliases_are_unique() -> None:
    names = [name.lower() for entry in registry() for name in (entry.name, entry.repo, *entry.aliases)]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_family_that_is_promised_is_there() -> None:
    assert {"clip", "siglip", "siglip2", "blip"} <= {entry.family for entry in registry()}
    assert {task for entry in registry() for task in entry.tasks} == set(Task)


def test_the_default_has_the_most_recall_per_millisecond() -> None:
    values = {entry.name: entry.value for entry in registry() if entry.value is not None}
    assert len(values) > 4
    assert max(values, key=lambda name: values[name]) == DEFAULT
    assert next(iter(registry())).name == DEFAULT


def test_the_usual_default_is_dearer_than_ours_for_what_it_finds() -> None:
    ours, usual = registry().find(DEFAULT), registry().find("ViT-B-32__openai")
    assert ours.quality and ours.cost and usual.quality and usual.cost
    assert ours.quality.value - usual.quality.value > 9
    assert ours.cost.milliseconds / usual.cost.milliseconds < 1.02


@pytest.mark.parametrize("entry", list(registry()), ids=lambda entry: entry.name)
def test_entries_take_data_only_and_pin_what_they_say_of_it(entry: Entry) -> None:
    paths = [file.path for file in entry.files]
    assert all(is_harmless(path) for path in paths)
    assert set(chosen(paths, of=entry.repo)) == set(paths)
    assert is_described([file.path for file in entry.files if not file.optional])
    if any(file.sha256 or file.bytes for file in entry.files):
        assert entry.revision, "a digest belongs to a commit"


def test_names_are_found_in_any_case_by_alias_and_by_repository() -> None:
    for name in ("CLIP", "vit-b-32__laion2b-s34b-b79k", "immich-app/ViT-B-32__laion2b-s34b-b79k"):
        assert registry().find(name).name == DEFAULT


def test_an_unknown_name_is_answered_with_those_alike() -> None:
    with pytest.raises(NotFound) as refused:
        registry().find("siglip3")
    assert "siglip-base-patch16-224" in refused.value.remedy
    assert "clip-vit" not in refused.value.remedy


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('name = "Clip"', "pattern"),
        ("dimensions = 0", "dimensions"),
        ('tasks = ["captioning"]', "dimensions"),
        ('nonsense = "x"', "extra"),
        ('revision = "main"', "pattern"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(line: str, complaint: str) -> None:
    fields = {
        "name": '"tiny"',
        "family": '"clip"',
        "tasks": '["image-embedding"]',
        "about": '"x"',
        "repo": '"a/b"',
        "licence": '"MIT"',
        "dimensions": "8",
        "input_side": "32",
        "preprocess": '"none"',
        "parameters": "10",
        "languages": '"none"',
        "files": '[{ path = "config.json" }]',
    }
    assert parsed(page(fields))[0].name == "tiny"
    name, _, value = line.partition(" = ")
    with pytest.raises(ValidationError, match=complaint):
        parsed(page(fields | {name: value}))


def page(fields: dict[str, str]) -> str:
    return "[[model]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items())
