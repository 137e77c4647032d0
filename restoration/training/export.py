"""Write a run's averaged weights as fp16 safetensors with their manifest.

python -m restoration.training.export --run DIR --command "train ..." [--begun-with DIR] [--to DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as serialise

from restoration.inference import repair_weights
from restoration.inference.repair_network import RepairNetwork, parameter_count
from restoration.training import checkpoint, photographs

FILE = "repair.safetensors"
LARGEST_FILE = 15 * 2**20


def export(
    run: Path,
    folder: Path,
    command: str,
    seed: int,
    card: Path = photographs.CARD,
    begun_with: Path | None = None,
) -> dict[str, Any]:
    """Write weights and manifest into `folder`; returns the manifest. Raises ValueError when too large.

    begun_with: folder of the weights that the run started from; how they were trained is told, too.
    """
    state = torch.load(run / checkpoint.FILE, map_location="cpu", weights_only=True)
    network = RepairNetwork()
    network.load_state_dict(state["average"])
    content = serialise({name: value.half().contiguous() for name, value in network.state_dict().items()})
    if len(content) > LARGEST_FILE:
        raise ValueError(f"The weights take {len(content)} bytes, more than the {LARGEST_FILE} allowed.")
    entries = photographs.read_card(card)
    progress = state["progress"]
    manifest: dict[str, Any] = {
        "name": "Heirloom repair network",
        "file": FILE,
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "parameters": parameter_count(network),
        "shape": asdict(network.shape),
        "training": {
            "command": command,
            "seed": seed,
            "steps": progress["step"],
            "minutes": round(progress["seconds"] / 60, 1),
            "data_sha256": photographs.card_digest(card),
            "pictures": sorted(entry.name for entry in entries if entry.split == "train"),
            "validation_pictures": sorted(entry.name for entry in entries if entry.split == "validation"),
            "curve": progress["curve"],
        },
    }
    if begun_with is not None:
        earlier = repair_weights.read_manifest(begun_with)["training"]
        told = {key: earlier[key] for key in earlier if key not in ("pictures", "validation_pictures")}
        manifest["training"]["begun_with"] = told
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(content)
    (folder / repair_weights.MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m restoration.training.export", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder that was given to train --resume")
    parser.add_argument("--to", type=Path, default=repair_weights.FOLDER)
    parser.add_argument("--command", required=True, help="the training command, for the manifest")
    parser.add_argument("--seed", type=int, default=1, help="the run's seed, for the manifest")
    parser.add_argument("--begun-with", type=Path, help="folder that was given to train --start-from")
    options = parser.parse_args()
    export(options.run, options.to, options.command, options.seed, begun_with=options.begun_with)


if __name__ == "__main__":
    main()
