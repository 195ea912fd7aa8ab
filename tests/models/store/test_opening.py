"""Opening an installed model: it is the one that was installed, and the registry adds what its files lack."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tests.tiny_models import TinyModels

from pinakes.core.errors import ModelUnusable
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Task
from pinakes.images.decode import decode_at_least
from pinakes.models.base import Decode, Logits
from pinakes.models.registry.registry import registry
from pinakes.models.store.importing import import_model
from pinakes.models.store.opening import open_model
from pinakes.models.store.store import Installed, Store


@pytest.fixture
def installed(tiny_models: TinyModels, tmp_path: Path) -> Installed:
    return import_model(Store(tmp_path / "models"), tiny_models.onnx("clip"), name="tiny")


def decode_for(side: int) -> Decode:
    return partial(decode_at_least, short_side=side, limits=ImageLimits())


def test_identity_is_that_of_the_installed_revision(installed: Installed) -> None:
    loaded = open_model(installed, decode_for=decode_for, threads=1)
    try:
        assert (loaded.name, loaded.identity.revision) == ("tiny", installed.revision)
        assert set(loaded.tasks) == {Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING}
    finally:
        loaded.close()


def test_the_registrys_logits_stand_in_for_its_own_models_only(installed: Installed) -> None:
    entry = registry().find("siglip-base-patch16-224")
    theirs = Logits(117.330795, -12.932437, "sigmoid")
    known = installed.manifest.model_copy(update={"entry": entry.name})
    loaded = [
        open_model(model, decode_for=decode_for, threads=1)
        for model in (installed, replace(installed, manifest=known))
    ]
    for model in loaded:
        model.close()
    assert loaded[0].logits != theirs
    assert loaded[1].logits == theirs


def test_a_variant_that_is_not_there_is_said_so(installed: Installed) -> None:
    with pytest.raises(ModelUnusable):
        open_model(installed, decode_for=decode_for, threads=1, variant="int8")
