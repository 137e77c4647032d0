"""What the network may learn from: listed, licensed, hashed, and never a test picture."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from restoration.training import photographs
from tests.restoration.training.conftest import FOLDER, write_card


def test_every_picture_of_the_card_has_source_licence_and_hash() -> None:
    entries = photographs.read_card()
    assert len(entries) >= 50
    assert len({entry.name for entry in entries}) == len(entries)
    for entry in entries:
        assert len(bytes.fromhex(entry.sha256)) == 32
        assert entry.licence
        assert entry.source
        assert entry.weight > 0
        assert entry.split in {"train", "validation"}


@pytest.mark.parametrize("name", photographs.TEST_PICTURES)
def test_a_card_with_a_test_picture_is_refused(name: str) -> None:
    with pytest.raises(photographs.UnusableData, match=name):
        photographs.refuse_test_pictures(["chelsea", f"folder/{name}.PNG"])


def test_a_prepared_cache_holds_both_splits(cache: Path) -> None:
    pictures, weights = photographs.load(cache, "train")
    assert [picture.shape for picture in pictures] == [(300, 451, 3)]
    assert weights.sum() == pytest.approx(1.0)
    assert len(photographs.load(cache, "validation")[0]) == 1


def test_large_pictures_are_cached_at_the_common_size(tmp_path: Path) -> None:
    card = write_card(tmp_path / "card.json", {"motorcycle_left.png": "train"})
    photographs.prepare([FOLDER], tmp_path / "cache", card)
    assert max(np.load(tmp_path / "cache" / "motorcycle_left.npy").shape) <= photographs.LONGEST_SIDE


def test_other_bytes_under_a_listed_name_are_refused(tmp_path: Path) -> None:
    card = write_card(tmp_path / "card.json", {"chelsea.png": "train"})
    (tmp_path / "chelsea.png").write_bytes(b"something else")
    with pytest.raises(photographs.UnusableData, match=r"chelsea\.png"):
        photographs.prepare([tmp_path], tmp_path / "cache", card)


def test_the_digest_follows_the_pictures(tmp_path: Path) -> None:
    card = write_card(tmp_path / "card.json", {"chelsea.png": "train"})
    before = photographs.card_digest(card)
    content = json.loads(card.read_text())
    content["photographs"][0]["sha256"] = hashlib.sha256(b"other").hexdigest()
    card.write_text(json.dumps(content))
    assert photographs.card_digest(card) != before
