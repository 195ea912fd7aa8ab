"""Scan a folder and list its duplicates from Python: `python examples/list_duplicates.py FOLDER STATE`."""

import sys
from pathlib import Path

from pinakes.blobs.local import LocalBlobStore
from pinakes.core.settings import Settings
from pinakes.db.session import open_database
from pinakes.duplicates.finder import Finder, Question
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk, resolve_folders
from pinakes.services.chosen.embedders import built_in_embedder

if __name__ == "__main__":  # the processes that decode import this file again
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    settings = Settings(state=Path(sys.argv[2]))
    folders = resolve_folders([sys.argv[1]])
    library, thumbnails = open_database(settings.state), LocalBlobStore(settings.state / "thumbnails")
    Scan(library, thumbnails, settings.images, workers=2).run(Walk(folders))
    finder = Finder(
        library, thumbnails, settings.images, workers=2, embedder=lambda: built_in_embedder(settings.images)
    )
    for group in finder.find(Question(folders), lambda phase, done, total: None).groups:
        print(f"{group.tier}: keep {Path(group.keep.path).name}. {group.why}")
        for member in group.members:
            print(f"    {member.tier} {member.score:.3f}  {Path(member.asset.path).name}")
