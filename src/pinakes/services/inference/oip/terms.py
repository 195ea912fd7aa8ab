"""What the parameters of a request say of its urgency and of the time it may take."""

from __future__ import annotations

from collections.abc import Mapping

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.oip.messages import Parameter
from pinakes.serving.request import Priority


def priority_in(parameters: Mapping[str, Parameter], default: Priority) -> Priority:
    """Class of urgency for the parameter `priority`: 0 leaves it open, 1 is the highest, 3 the lowest.

    Raises:
        InvalidRequest: it is no whole number from 0.
    """
    level = _whole(parameters, "priority")
    return Priority(min(level, Priority.BULK)) if level else default


def seconds_in(parameters: Mapping[str, Parameter], most: float) -> float:
    """Time a request may take, seconds: the parameter `timeout`, in microseconds, but never over `most`.

    Raises:
        InvalidRequest: it is no whole number from 0.
    """
    microseconds = _whole(parameters, "timeout")
    return min(most, microseconds / 1e6) if microseconds else most


def _whole(parameters: Mapping[str, Parameter], name: str) -> int:
    value = parameters.get(name, 0)
    if type(value) is not int or value < 0:
        raise InvalidRequest(f"The parameter {name} must be a whole number from 0, not {value!r}.")
    return value
