"""What the inference service is asked as JSON about pictures and words, and what it answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

#: Most labels that one request may choose among.
MOST_LABELS = 1000

#: Most sentences that each label may be put into.
MOST_TEMPLATES = 16

#: The sentence that labels are put into, as in CLIP's own evaluation (Radford et al. 2021, section 3.1.4).
DEFAULT_TEMPLATE = "a photo of a {}"


class EncodedImage(BaseModel, frozen=True):
    """One picture in a JSON request, with a name that comes back when it is refused."""

    data: str = Field(description="Base64 of the file's bytes, or a `data:` URI that holds it.")
    name: str | None = Field(None, description="Whatever the caller calls the picture.")


class PicturesRequest(BaseModel, frozen=True):
    """Several pictures as base64, or one, answered in this order; and who is asked."""

    images: list[str | EncodedImage] = Field(
        [], description="Base64 of each file's bytes, plain or as a data: URI, or objects with `data`."
    )
    image: str | EncodedImage | None = Field(None, description="One picture, instead of `images`.")
    model: str = Field("", max_length=200, description="Model asked: a name, or name@revision.")


class EmbedRequest(PicturesRequest, frozen=True):
    """Pictures or texts to embed, not both."""

    texts: list[str] = Field([], description="Texts to embed.")
    text: str | None = Field(None, description="One text, instead of `texts`.")


class LabelsRequest(PicturesRequest, frozen=True):
    """Pictures, and the labels to choose among."""

    labels: list[str] = Field(
        min_length=2, max_length=MOST_LABELS, description="Words, or short descriptions, each once."
    )
    template: list[str] | str = Field(
        DEFAULT_TEMPLATE,
        description="Sentence that each label is put into, at {}; of several, the embeddings are averaged.",
    )
    top_k: int | None = Field(
        None, gt=0, description="Labels told of each picture, best first; all if unset."
    )


class RefusedImage(BaseModel, frozen=True):
    """One input of a request that could not be done, while its neighbours were."""

    index: int = Field(ge=0, description="Place in the request, from 0.")
    name: str | None = Field(None, description="The name the caller gave it, if any.")
    reason: str = Field(description="Why, a stable word such as `truncated` or `unsupported-format`.")
    detail: str = Field(description="Why, a sentence.")


class Answer(BaseModel, frozen=True):
    """What every answer says: which model gave it, what was refused, how long it took."""

    model: str
    revision: str
    refused: list[RefusedImage]
    seconds: float = Field(description="Time from the request's last byte to this answer.")


class EmbedResponse(Answer, frozen=True):
    """Embeddings in request order; those may be compared whose model, revision and preprocess are equal."""

    preprocess: str = Field(description="Fingerprint of all that happens to the bytes before inference.")
    dimensions: int
    normalised: Literal[True] = Field(True, description="Every embedding has Euclidean length 1.")
    embeddings: list[list[float] | None] = Field(description="null where the input was refused.")


class CaptionResponse(Answer, frozen=True):
    """What each picture shows, in words, in request order."""

    captions: list[str | None] = Field(description="null where the picture was refused.")


class LabelScore(BaseModel, frozen=True):
    """How well a label fits a picture."""

    label: str
    score: float = Field(
        description="Probability from 0 to 1: among the labels (softmax) or by itself (sigmoid), as the model"
        " was trained."
    )


class LabelsResponse(Answer, frozen=True):
    """The labels of each picture, best first, in request order."""

    labels: list[str] = Field(description="As they were asked.")
    results: list[list[LabelScore] | None] = Field(description="null where the picture was refused.")
