"""What models took on this machine, kept in the library: one entry a model, the newest."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.db.tables import choices
from pinakes.schemas.known_models import ModelMeasurement

#: Name of the choice that holds them.
MEASURED = "models-measured"


def measurements(engine: Engine) -> dict[str, ModelMeasurement]:
    """Every measurement by the model's name; one that is not understood is left out."""
    with engine.execution_options(readonly=True).connect() as connection:
        kept = connection.scalar(select(choices.c.value).where(choices.c.name == MEASURED))
    found = {}
    for name, entry in (kept if isinstance(kept, dict) else {}).items():
        try:
            found[name] = ModelMeasurement.model_validate(entry)
        except ValidationError:
            continue
    return found


def keep(engine: Engine, name: str, measured: ModelMeasurement) -> None:
    """Keep a measurement in place of the model's one before."""
    with engine.begin() as connection:
        kept = connection.scalar(select(choices.c.value).where(choices.c.name == MEASURED))
        value: dict[str, Any] = {**(kept if isinstance(kept, dict) else {}), name: measured.model_dump()}
        statement = insert(choices).values(name=MEASURED, value=value)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
