import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse, PlainTextResponse, Response
from tests.stand_ins import served

from pinakes.clients.jobs import JobsClient
from pinakes.core.errors import Overloaded, ProtocolViolation, ServiceUnavailable, WrongState


def service() -> FastAPI:
    """Answers a job's name with that status, in words of ours or of somebody else."""
    application = FastAPI()

    @application.get("/api/v1/jobs/{name}")
    def job(name: str) -> Response:
        if name == "words":
            return PlainTextResponse("Hello.")
        if name == "list":
            return JSONResponse([])
        problem = {"code": name, "detail": "So it is.", "remedy": "Do.", "retry_after": 3}
        return JSONResponse(problem, status_code=409)

    return application


def test_what_a_service_says_is_raised_as_it_said_it() -> None:
    with served(service()) as http, JobsClient(f"{http.base_url}") as client:
        for name, kind in (
            ("wrong-state", WrongState),
            ("overloaded", Overloaded),
            ("x", ServiceUnavailable),
        ):
            with pytest.raises(kind, match="So it is") as raised:
                client.get(name)
            assert raised.value.remedy == "Do."
        for name in ("words", "list"):
            with pytest.raises(ProtocolViolation):
                client.get(name)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[", "ftp://host"])
def test_where_nothing_answers_it_says_so(url: str) -> None:
    with pytest.raises(ServiceUnavailable), JobsClient(url) as client:
        client.get("a")
