"""An embedder whose model lives in an inference service, or in several."""

from __future__ import annotations

from pydantic import SecretStr

from pinakes.clients.client import Client
from pinakes.clients.forms import LocalPreprocess
from pinakes.clients.patience import Patience
from pinakes.core.settings import ClientSettings


class HttpEmbedder(Client):
    """A `Client` of settings that are given one by one.

    Args:
        base_url: where the service is, "http://host:port"; several are separated by commas.
        patience: how often a request is repeated.
        api_key: bearer key, if the service wants one.
        seconds: time one request may take.
        settings: what is not given otherwise.
        preprocess: makes pixels of files, where these are sent.

    Raises:
        InvalidRequest: the base URL is none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        patience: Patience,
        api_key: SecretStr | None = None,
        seconds: float = 30.0,
        settings: ClientSettings | None = None,
        preprocess: LocalPreprocess | None = None,
    ) -> None:
        chosen = {"api_key": api_key, "seconds": seconds}
        super().__init__(
            base_url,
            (settings or ClientSettings()).model_copy(update=chosen),
            preprocess=preprocess,
            patience=patience,
        )
        self.base_url = base_url.rstrip("/")
