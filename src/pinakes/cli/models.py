"""`pinakes models`: what there is, getting it, trying it, making it smaller, letting it go."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pinakes.cli import output
from pinakes.cli.options import Format, FormatOption, StateOption, settings

if TYPE_CHECKING:
    from pinakes.core.settings import Settings
    from pinakes.models.store.store import Installed, Store

app = typer.Typer(
    help="Models that search by words and write captions: list, get, try, remove.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A model of `pinakes models list`.")]

RevisionOption = Annotated[
    str, typer.Option("--revision", metavar="HASH", help="A revision by its first digits; else the current.")
]

VariantOption = Annotated[
    str, typer.Option("--variant", metavar="KIND", help="Smaller weights where there are some: int8, fp16.")
]


@app.command("list")
def list_(form: FormatOption = Format.TABLE, state: StateOption = None) -> None:
    """List the models that ship, that are installed here, and that can be had."""
    from pinakes.cli import model_list

    found = model_list.rows(_store(settings(state)))
    if form is Format.JSON:
        output.write_json({"models": model_list.as_json(found)})
    else:
        model_list.write_table(found)


@app.command("pull")
def pull(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A model of the list, or any hub repository OWNER/NAME.")
    ] = "",
    called: Annotated[
        str, typer.Option("--name", metavar="N", help="What it is called here; else as in the list.")
    ] = "",
    revision: Annotated[
        str, typer.Option("--revision", metavar="COMMIT", help="Commit of the hub; else the registry's.")
    ] = "",
    state: StateOption = None,
) -> None:
    """Get a model from the hub, the default one if none is named; every byte is checked.

    A pull that breaks off goes on from there the next time. Nothing but data is taken: ONNX, safetensors and
    JSON, never pickles, never code. HF_TOKEN opens closed repositories; HF_HUB_OFFLINE=1 forbids to ask.
    """
    from pinakes.cli.download_bar import download_bar
    from pinakes.models.hub.hub import open_hub
    from pinakes.models.hub.pulling import Pull
    from pinakes.models.registry.naming import checked
    from pinakes.models.registry.registry import DEFAULT, registry

    read = settings(state)
    target = name if _is_repository(name) else registry().find(name or DEFAULT)
    hub = open_hub(read.models)
    what = target if isinstance(target, str) else target.name
    output.note(f"Getting {what} from {hub.endpoint}.")
    if not isinstance(target, str) and target.extra:
        output.note(f"It runs after `pip install 'pinakes[{target.extra}]'`.")
    with download_bar(what) as watch:
        model = Pull(_store(read), hub, watch=watch).run(
            target, name=checked(called) if called else "", revision=revision
        )
    _say_installed(model)


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds the model's files.")],
    called: Annotated[
        str, typer.Option("--name", metavar="N", help="What it is called here; else as its folder.")
    ] = "",
    link: Annotated[
        bool, typer.Option("--link", help="Hard links instead of copies, where the disk allows.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Take a model in from a folder, with no network: a copy of a hub repository, or a hub cache's folder.

    The folder holds vision_model.onnx and text_model.onnx, or model.onnx, or visual/ and textual/ as Immich
    has them, or a captioner's encoder_model.onnx, or model.safetensors; with them config.json and the rest.
    What is cut off, lacks a file or cannot be run here is refused before anything is copied.
    """
    from pinakes.models.store.importing import import_model

    _say_installed(import_model(_store(settings(state)), folder, name=called, link=link))


@app.command("remove")
def remove(name: NameArgument, revision: RevisionOption = "", state: StateOption = None) -> None:
    """Delete a model from this machine: all its revisions, or one; embeddings made with it stay."""
    _refuse_built_in(name)
    for gone in _store(settings(state)).remove(name, revision):
        output.write_line(f"Removed {gone.name} {gone.revision}, {output.size(gone.nbytes)} freed.")


@app.command("test")
def test(
    name: NameArgument,
    variant: VariantOption = "",
    revision: RevisionOption = "",
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Check a model's files, load it and run it: milliseconds, memory, and whether its answers make sense.

    Ends with status 1 where they do not.
    """
    from pinakes.cli import model_trial
    from pinakes.core.errors import ModelFailed

    read = settings(state)
    trial = model_trial.tried(
        lambda: model_trial.loaded(read, _store(read), name, revision=revision, variant=variant)
    )
    if form is Format.JSON:
        output.write_json({"model": name, "variant": variant, **asdict(trial)})
    else:
        model_trial.write(name, trial)
    wrong = [what for what, held in trial.sane.items() if not held]
    if wrong:
        raise ModelFailed(f"{name} does not answer as it should: not true that {'; '.join(wrong)}.")


@app.command("quantize")
def quantize(
    name: NameArgument,
    images: Annotated[
        Path | None,
        typer.Option("--images", metavar="DIR", help="Pictures to judge the loss on; else painted ones."),
    ] = None,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Make an int8 variant of an installed model, and report what it gains and what it loses in cosine.

    The full model stays. Use the variant with --variant int8; its embeddings are kept apart. The painted
    pictures are unlike photographs: judge on yours, with --images.
    """
    from pinakes.cli import quantisation

    _refuse_built_in(name)
    read = settings(state)
    store = _store(read)
    model = store.find(name)
    with store.held(model.name):
        report = quantisation.quantised(
            store, model, images, limits=read.images, threads=read.inference.threads
        )
    if form is Format.JSON:
        output.write_json({"model": model.name, **quantisation.as_json(report)})
    else:
        quantisation.write(report)
        output.note(f"Try it with `pinakes models test {model.name} --variant int8`.")


@app.command("export")
def export(
    name: NameArgument,
    called: Annotated[
        str, typer.Option("--name", metavar="N", help="What the copy is called; else NAME-onnx.")
    ] = "",
    state: StateOption = None,
) -> None:
    """Make an ONNX copy of an installed model in safetensors, which then runs without torch.

    Needs pinakes[transformers], once.
    """
    import tempfile

    from pinakes.models.exporting.export import export_onnx
    from pinakes.models.registry.naming import checked
    from pinakes.models.store.disk import told
    from pinakes.models.store.importing import import_model

    _refuse_built_in(name)
    store = _store(settings(state))
    model = store.find(name)
    own = checked(called or f"{model.name}-onnx")
    with told(store.directory), tempfile.TemporaryDirectory(prefix=".export-", dir=store.directory) as made:
        export_onnx(model.path, Path(made))
        _say_installed(import_model(store, Path(made), name=own, link=True))


def _refuse_built_in(name: str) -> None:
    from pinakes.cli.model_list import BUILT_IN
    from pinakes.core.errors import InvalidRequest

    if name == BUILT_IN:
        raise InvalidRequest(
            f"{name} ships with Pinakes and has no weights.", remedy="Name a model that is installed."
        )


def _store(read: Settings) -> Store:
    from pinakes.models.store.store import Store

    return Store(read.models_directory)


def _is_repository(name: str) -> bool:
    from pinakes.models.registry.registry import registry

    return name.count("/") == 1 and registry().get(name) is None


def _say_installed(model: Installed) -> None:
    licence = model.manifest.licence
    output.write_line(
        f"Installed {model.name} {model.revision}, {output.size(model.nbytes)}, licence {licence}."
    )
    output.note(f"Try it with `pinakes models test {model.name}`.")
