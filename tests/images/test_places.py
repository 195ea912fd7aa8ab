"""Naming places and zones offline; and that without the extra nothing is named."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from pinakes.images import places


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(places, "find_spec", lambda _: None)
    places._towns.cache_clear()
    places._finder.cache_clear()
    yield
    places._towns.cache_clear()
    places._finder.cache_clear()


@pytest.mark.parametrize(
    ("latitude", "longitude", "city", "region", "code"),
    [
        (48.8584, 2.2945, "Paris", "Île-de-France", "FR"),
        (43.7731, 11.2560, "Florence", "Tuscany", "IT"),
        (-33.8568, 151.2153, "Sydney", "New South Wales", "AU"),
    ],
)
def test_the_nearest_town_region_and_country(
    latitude: float, longitude: float, city: str, region: str, code: str
) -> None:
    pytest.importorskip("tzfpy", reason="the places extra is not installed")
    place = places.nearest(latitude, longitude)
    assert place is not None
    assert place.country_code == code
    assert place.region == region
    assert place.distance_km < 5


def test_nearest_is_measured_on_the_sphere_also_where_degrees_are_short_and_across_the_date_line() -> None:
    pytest.importorskip("tzfpy", reason="the places extra is not installed")
    tromso = places.nearest(69.65, 18.96)
    assert tromso is not None
    assert tromso.city == "Tromsø"
    east, west = places.nearest(-16.8, 179.999), places.nearest(-16.8, -179.999)
    assert east == west or (east is not None and west is not None and east.city == west.city)


def test_the_open_sea_has_no_town() -> None:
    assert places.nearest(-48.9, -123.4) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "wall", "hours"),
    [
        (48.14, 11.58, datetime(2024, 7, 1, 12), 2),
        (48.14, 11.58, datetime(2024, 1, 1, 12), 1),
        (27.7, 85.3, datetime(2024, 1, 1, 12), 5.75),
    ],
)
def test_the_offset_that_clocks_had_there_and_then(
    latitude: float, longitude: float, wall: datetime, hours: float
) -> None:
    pytest.importorskip("tzfpy", reason="the places extra is not installed")
    assert places.offset(places.zone(latitude, longitude), wall) == timedelta(hours=hours)


def test_an_unknown_zone_has_no_offset() -> None:
    assert places.offset("Nowhere/Else", datetime(2024, 1, 1)) is None
    assert places.offset("../../etc/passwd", datetime(2024, 1, 1)) is None


@pytest.mark.usefixtures("without_the_extra")
def test_without_the_extra_nothing_is_named() -> None:
    assert not places.available()
    assert places.nearest(48.14, 11.58) is None
    assert places.zone(48.14, 11.58) == ""
