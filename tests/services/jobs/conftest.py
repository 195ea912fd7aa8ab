"""The library and the work that jobs have in their own tests."""

from tests.jobs.conftest import engine, gate

__all__ = ["engine", "gate"]
