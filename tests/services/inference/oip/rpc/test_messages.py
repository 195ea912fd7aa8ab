"""Our .proto against the descriptors that the published client was generated from."""

from typing import Any

import pytest
from tools.protocol import COMPILED, compiled
from tritonclient.grpc import model_config_pb2, service_pb2

from pinakes.services.inference.oip.rpc.messages import HEALTH, filled, message_class

PUBLISHED: dict[str, Any] = {
    **model_config_pb2.DESCRIPTOR.message_types_by_name,
    **service_pb2.DESCRIPTOR.message_types_by_name,
}


def ours() -> dict[str, Any]:
    return dict(message_class("ModelInferRequest").DESCRIPTOR.file.message_types_by_name)


def fields(descriptor: Any) -> set[tuple[object, ...]]:
    """Names, numbers and types of a message's fields, and of those of the messages inside it."""
    found: set[tuple[object, ...]] = {
        (descriptor.name, field.number, field.name, field.type, field.is_repeated)
        for field in descriptor.fields
    }
    return found.union(*(fields(inner) for inner in descriptor.nested_types))


@pytest.mark.parametrize("name", sorted(ours()))
def test_names_numbers_and_types_are_the_public_protocols(name: str) -> None:
    assert fields(ours()[name]) <= fields(PUBLISHED[name])


@pytest.mark.parametrize("name", ["ModelInferRequest", "ModelInferResponse", "InferTensorContents"])
def test_what_carries_tensors_is_complete(name: str) -> None:
    assert fields(ours()[name]) == fields(PUBLISHED[name])


def test_the_methods_are_the_public_protocols() -> None:
    mine = message_class("ModelInferRequest").DESCRIPTOR.file.services_by_name["GRPCInferenceService"]
    public = service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"].methods_by_name
    for method in mine.methods:
        assert method.input_type.name == public[method.name].input_type.name
        assert method.output_type.name == public[method.name].output_type.name


def test_datatypes_have_the_public_numbers() -> None:
    mine = ours()["ModelInput"].fields_by_name["data_type"].enum_type
    public = model_config_pb2.DESCRIPTOR.enum_types_by_name["DataType"]
    assert {value.name: value.number for value in mine.values} == {
        value.name: value.number for value in public.values
    }


def test_the_registry_is_our_own_so_that_clients_fit_into_the_same_process() -> None:
    assert message_class("ModelInferRequest") is not service_pb2.ModelInferRequest
    assert ours()["ModelInferRequest"] is not PUBLISHED["ModelInferRequest"]
    assert (
        message_class("HealthCheckRequest", HEALTH).DESCRIPTOR.full_name
        == "grpc.health.v1.HealthCheckRequest"
    )


def test_a_message_is_filled_from_json_without_what_only_rest_has() -> None:
    message = filled("ModelMetadataResponse", {"name": "m", "parameters": {"revision": "1"}})
    assert message.name == "m"


def test_the_descriptors_are_those_of_the_proto_files() -> None:
    assert COMPILED.read_bytes() == compiled(), "run `make generate`"
