"""Plain FastAPI, as most people write it: a global model, a function that embeds the body, no batching."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from benchmarks.peers.clip import Clip
from benchmarks.peers.order import Order

order = Order.from_environment()
clip = Clip(order.directory, order.threads)
application = FastAPI()


@application.get("/health")
def health() -> dict[str, bool]:
    """Answers once the model is loaded, which happens while this module is imported."""
    return {"ready": True}


@application.post("/embed")
async def embed(request: Request) -> Response:
    """Bytes of one picture to float32 bytes."""
    body = await request.body()
    vectors = await run_in_threadpool(clip.embed, [body])
    return Response(vectors.tobytes(), media_type="application/octet-stream")


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        "benchmarks.peers.fastapi:application",
        port=order.port,
        workers=order.workers,
        log_level="warning",
        access_log=False,
    )
