"""Callers of our services, and of other people's, as if what they serve were in this process."""

from pinakes.clients.asynchronous import AsyncClient
from pinakes.clients.client import Client

__all__ = ["AsyncClient", "Client"]
