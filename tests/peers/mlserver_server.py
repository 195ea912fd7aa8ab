"""Runs in the environment of mlserver: PORT. The Open Inference Protocol without its binary extension."""

import asyncio
import sys
from pathlib import Path

import numpy as np
from glance import DIMENSIONS, glance
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import Base64Codec, NumpyCodec
from mlserver.settings import ModelParameters
from mlserver.types import InferenceResponse, MetadataTensor


class Glance(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        pictures = Base64Codec.decode_input(payload.inputs[0])
        rows = np.stack([glance(picture) for picture in pictures])
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("embedding", rows)])


async def main(port):
    settings = Settings(
        host="127.0.0.1",
        http_port=port,
        grpc_port=port + 1,
        metrics_endpoint=None,
        parallel_workers=0,
        debug=False,
    )
    model = ModelSettings(
        name="glance",
        implementation=Glance,
        inputs=[MetadataTensor(name="image", datatype="BYTES", shape=[-1])],
        outputs=[MetadataTensor(name="embedding", datatype="FP32", shape=[-1, DIMENSIONS])],
        parameters=ModelParameters(uri=str(Path.cwd())),
    )
    await MLServer(settings).start([model])


asyncio.run(main(int(sys.argv[1])))
