"""What the search service that several backends share is asked, and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, Field, StringConstraints

#: Numbers by which backends name users, folders and images: those that a signed 64-bit integer holds.
Number = Annotated[int, Field(strict=True, ge=0, lt=2**63)]

#: The same as the name of a member of a JSON object.
NumberAsName = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,18})$")]

#: A path below the image root.
ImagePath = Annotated[str, StringConstraints(max_length=4096)]

#: Most folders in one search, and most hits.
MOST_FOLDERS, MOST_HITS = 10_000, 1000


class IndexNamed(BaseModel, frozen=True):
    """An index: one folder of one user."""

    user_id: Number = Field(description="Owner of the folder.")
    folder_id: Number = Field(description="The folder.")


class IndexMade(IndexNamed, frozen=True):
    """An index that is there now."""

    created: bool = Field(description="False where it was there before.")


class IndexDeleted(IndexNamed, frozen=True):
    """An index that is gone now."""

    deleted: bool = Field(description="False where there was none.")


class ImageNamed(BaseModel, frozen=True):
    """An image to embed."""

    image_id: Number = Field(description="Names the image in its index.")
    file_path: ImagePath = Field(
        description="Its file, relative to the image root, or absolute and below it."
    )


class ImagesToEmbed(IndexNamed, frozen=True):
    """Images to embed into an index, which is made where there is none."""

    images: list[ImageNamed] = Field(description="Each image once.")


class ImageFailed(BaseModel, frozen=True):
    """An image that was not embedded, while the others were."""

    image_id: int
    file_path: str
    reason: str = Field(description="A word, such as `damaged`, `vanished` or `outside-image-root`.")
    detail: str = Field(description="What is wrong with it, a sentence.")


class ImagesEmbedded(IndexNamed, frozen=True):
    """How each image of a request ended: embedded or failed."""

    embedded: list[int] = Field(description="Images that can be found now.")
    failed: list[ImageFailed] = Field(description="Images that could not be embedded; what they were stays.")
    cached: int = Field(description="How many contents had been embedded before and were not again.")
    model: str = Field(description="The model that embedded them.")


class ImagesToDelete(IndexNamed, frozen=True):
    """Images to forget."""

    image_ids: list[Number] = Field(description="Images of the index.")


class ImagesDeleted(IndexNamed, frozen=True):
    """Images that are gone now."""

    deleted: int = Field(description="How many of them were there.")


class IndexToReindex(IndexNamed, frozen=True):
    """An index whose images another model embedded."""

    after: int = Field(0, ge=0, lt=2**63, description="The `next` of the answer before.")


class IndexReindexed(ImagesEmbedded, frozen=True):
    """How each image of a portion ended."""

    next: int | None = Field(description="Send it as `after` to go on; null where all are done.")


class SharedSearchAsked(BaseModel, frozen=True):
    """A search in folders, for words, or for what is like a picture: one of the four."""

    user_id: Number = Field(description="Who searches; owns the folders that `folder_owner_map` leaves out.")
    query: str | None = Field(None, max_length=10_000, description="Words.")
    image: Base64Bytes | None = Field(None, description="A picture's file, as base64.")
    image_path: ImagePath | None = Field(None, description="A picture below the image root.")
    image_id: Number | None = Field(None, description="An image of these folders; it is no hit itself.")
    folder_ids: list[Number] = Field(
        max_length=MOST_FOLDERS, description="Folders that the user may see; no other is looked at."
    )
    folder_owner_map: dict[NumberAsName, Number] = Field(
        {}, description="Owner of each folder; an index of another owner is not looked at."
    )
    top_k: int = Field(5, strict=True, ge=1, le=MOST_HITS, description="Most hits.")


class SharedHit(BaseModel, frozen=True):
    """One image, and how well it fits: higher is better."""

    image_id: int
    folder_id: int
    user_id: int = Field(description="Owner of the folder.")
    score: float = Field(description="Cosine of the embeddings; among file names, comparable in one answer.")


class SharedSearchAnswer(BaseModel, frozen=True):
    """Hits, best first, and what to know of them."""

    results: list[SharedHit]
    missing_folders: list[int] = Field(description="Folders without an index of their owner: no hits there.")
    matched: Literal["embedding", "file-name"] = Field(
        description="How hits were found: by what they show, or, with a model that knows no words, by name."
    )
    model: str = Field(description="The model in use.")
    notes: list[str] = Field(description="What a person should know of this answer; usually nothing.")
