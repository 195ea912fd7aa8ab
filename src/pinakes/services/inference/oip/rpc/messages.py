"""The protocol's messages as classes, in a registry of their own.

Protobuf's default registry takes each message name once in a process; clients of Triton and KServe bring the
same names there, and a program that holds one of them and this service must still work.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

#: Packages of the two services.
INFERENCE, HEALTH = "inference", "grpc.health.v1"


@cache
def message_class(name: str, package: str = INFERENCE) -> Any:
    """The class of a message, as protobuf generates it."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"{package}.{name}"))


def filled(name: str, content: dict[str, Any], package: str = INFERENCE) -> Any:
    """A message filled from its JSON form; fields that only REST has are left out."""
    return json_format.ParseDict(
        content, message_class(name, package)(), ignore_unknown_fields=True, descriptor_pool=_pool()
    )


@cache
def _pool() -> Any:
    compiled = files(__package__).joinpath("descriptors.binpb").read_bytes()
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(compiled).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool
