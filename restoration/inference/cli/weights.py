"""Looks after the engine's weights and the networks that are added to it."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

from restoration.inference import repair_weights, weights
from restoration.inference.plugins import registry
from restoration.inference.plugins.intake import MAX_SIDE, TILE, Request, add
from restoration.inference.plugins.manifest import STAGES, Manifest, PluginError

HELP = """\
The exit status is 0, 1 when something is missing, altered or refused, or 2 for a command that is not right."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(
        "python -m restoration.inference weights", description=__doc__, epilog=HELP
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="JSON instead of text")
    shared.add_argument("--weights", type=Path, default=Path("var/weights"), help="folder (%(default)s)")
    actions = command.add_subparsers(dest="action", required=True, metavar="list|add|verify")
    actions.add_parser("list", parents=[shared], help="name all weights, their licences and stages")
    actions.add_parser("verify", parents=[shared], help="check every weight file against its sha256")
    adding = actions.add_parser("add", parents=[shared], help="add a network to a stage", epilog=HELP)
    adding.add_argument("file", type=Path, help=".safetensors, or a pickle with --allow-pickle")
    adding.add_argument("--name", required=True, help='what to call it: small letters, digits, "-" and "_"')
    adding.add_argument("--stage", required=True, choices=STAGES)
    adding.add_argument("--licence", required=True, help="SPDX identifier, such as Apache-2.0, or its name")
    adding.add_argument("--source", default="", help="where the file is from")
    adding.add_argument(
        "--commercial-ok", action="store_true", help="the licence allows what it gives to be sold"
    )
    adding.add_argument("--allow-noncommercial", action="store_true", help="nothing is sold here")
    adding.add_argument(
        "--allow-pickle", action="store_true", help="read a .pth, .pt or .ckpt, tensors only, and convert it"
    )
    adding.add_argument(
        "--replace", action="store_true", help="in place of the stage's network, if it has one"
    )
    adding.add_argument(
        "--tile", type=int, default=TILE, help="largest side given to it at once, pixels (%(default)s)"
    )
    adding.add_argument(
        "--max-side", type=int, default=MAX_SIDE, help="longest side of a photo, pixels (%(default)s)"
    )
    return command


def main(arguments: list[str]) -> int:
    """Runs the command; returns the exit status."""
    given = parser().parse_args(arguments)
    try:
        if given.action == "add":
            return _add(given)
        rows = _rows(given.weights, check=given.action == "verify")
    except weights.WeightsError as error:
        if given.json:
            sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        else:
            sys.stderr.write(f"{error}\n")
        return 1
    if given.json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    else:
        sys.stdout.write(_table(rows))
    return 1 if any(row["problem"] for row in rows) else 0


def _add(given: argparse.Namespace) -> int:
    said = {field.name: getattr(given, field.name) for field in fields(Request)}
    manifest = add(given.weights, Request(**said))
    if given.json:
        sys.stdout.write(json.dumps(manifest.as_dict(), indent=2) + "\n")
    else:
        sys.stdout.write(f"Added {manifest.name}: {manifest.architecture} for {manifest.stage}.\n")
    return 0


def _rows(folder: Path, *, check: bool) -> list[dict[str, Any]]:
    """A row for every network; `check`: with its file read and compared."""
    rows = [_row(*_cleaning(folder, check=check)), _row(*_repair(check=check))]
    plugins = [_row(*_plugin(folder, path, check=check)) for path in registry.manifest_paths(folder)]
    stages = Counter(row["stage"] for row in plugins)
    for row in plugins:
        if stages[row["stage"]] > 1 and not row["problem"]:
            row["problem"] = f"the stage {row['stage']} has two networks: remove a manifest"
    return rows + plugins


def _cleaning(folder: Path, *, check: bool) -> tuple[dict[str, Any], str]:
    problem = ""
    if check:
        try:
            weights.verify(folder)
        except weights.WeightsError as error:
            problem = str(error)
    return weights.manifest() | {"stage": "cleaning", "commercial_ok": True}, problem


def _repair(*, check: bool) -> tuple[dict[str, Any], str]:
    manifest: dict[str, Any] = {"name": "repair", "stage": "repair", "commercial_ok": True}
    try:
        manifest |= repair_weights.read_manifest()
        if check:
            repair_weights.load_repair_network()
    except weights.WeightsError as error:
        return manifest, str(error)
    return manifest, ""


def _plugin(folder: Path, path: Path, *, check: bool) -> tuple[dict[str, Any], str]:
    try:
        manifest = Manifest.read(path)
    except PluginError as error:
        return {"name": path.stem}, str(error)
    try:
        if check:
            registry.verify(folder, manifest)
    except PluginError as error:
        return manifest.as_dict(), str(error)
    return manifest.as_dict(), ""


def _row(values: dict[str, Any], problem: str) -> dict[str, Any]:
    names = (
        "name",
        "stage",
        "architecture",
        "licence",
        "commercial_ok",
        "file",
        "sha256",
        "limits",
        "dtypes",
    )
    return {name: values.get(name, "") for name in (*names, "source")} | {"problem": problem}


def _table(rows: list[dict[str, Any]]) -> str:
    """The rows in columns, problems on lines of their own."""
    heads = {"name": "NAME", "stage": "STAGE", "sold": "COMMERCIAL", "sha256": "SHA256", "licence": "LICENCE"}
    shown = [heads] + [
        {name: str(row.get(name, "")) for name in heads}
        | {"sold": "yes" if row["commercial_ok"] else "no", "sha256": str(row["sha256"])[:12]}
        for row in rows
    ]
    widths = {name: max(len(line[name]) for line in shown) for name in heads}
    lines = ["  ".join(line[name].ljust(widths[name]) for name in heads).rstrip() for line in shown]
    lines += [f"{row['name']}: {row['problem']}" for row in rows if row["problem"]]
    return "\n".join(lines) + "\n"
