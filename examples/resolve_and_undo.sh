#!/usr/bin/env bash
# See what would go to the trash, do it, and take it back: examples/resolve_and_undo.sh FOLDER STATE
set -euo pipefail
PATH="$(dirname "$0")/../.venv/bin:$PATH"
pinakes resolve "$1" --state "$2" --dry-run
pinakes resolve "$1" --state "$2" --apply
pinakes journal --state "$2"
pinakes undo --state "$2"
