"""From a clean picture to an aged print with its mask: the order in which a photograph's life happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from restoration.training import capture, decoys, surface, tones
from restoration.training.fields import Array, chance


class AgedPicture(NamedTuple):
    """Aged and clean (H, W, 3) uint8, mask (H, W) uint8 (255 = lost), and what happened to the colours."""

    aged: np.ndarray
    clean: np.ndarray
    mask: np.ndarray
    monochrome: bool
    colour_changed: bool


MASK_FROM = 0.3
"""Coverage from which a pixel counts as lost."""


def age(rng: np.random.Generator, picture: np.ndarray) -> AgedPicture:
    """Age an (H, W, 3) uint8 picture. One in six stays as it is, one in eight is only wounded."""
    scene = _decorated(rng, capture.to_floats(picture))
    monochrome = chance(rng, 0.42) or tones.is_grey(scene)
    if monochrome:
        scene = tones.to_grey(scene)
    clean = capture.to_bytes(scene)
    fate = rng.random()
    if fate < 0.16:
        return _kept(rng, clean, monochrome)
    if fate < 0.29:
        return _only_wounded(rng, clean, monochrome)
    heavy = fate > 0.58
    strength = rng.uniform(0.15, 1.0)
    print_ = capture.softened(rng, scene, strength if chance(rng, 0.85) else 0.1)
    print_, changed = _aged_tones(rng, print_, monochrome, heavy)
    if chance(rng, 0.9):
        print_ = capture.grained(rng, print_, rng.uniform(0.003, 0.09) * (0.5 + 0.5 * strength))
    if chance(rng, 0.07):
        print_ = capture.halftoned(rng, print_)
    if chance(rng, 0.12):
        print_ = capture.on_paper(rng, print_)
    print_, mask = _wounded(rng, print_, heavy)
    if chance(rng, 0.2):
        print_ = capture.scanner_soft(rng, print_)
    if chance(rng, 0.35):
        print_ = capture.grained(rng, print_, rng.uniform(0.003, 0.04))
    aged = capture.compressed(rng, print_) if chance(rng, 0.85) else capture.to_bytes(print_)
    return AgedPicture(aged, clean, mask, monochrome, changed)


def age_tones(rng: np.random.Generator, picture: np.ndarray) -> AgedPicture:
    """Only what changes colours, on a small (H, W, 3) uint8 view: plenty of cheap lessons for the colour head."""
    scene = _decorated(rng, capture.to_floats(picture))
    monochrome = chance(rng, 0.42) or tones.is_grey(scene)
    if monochrome:
        scene = tones.to_grey(scene)
    clean = capture.to_bytes(scene)
    if chance(rng, 0.12):
        return _kept(rng, clean, monochrome)
    print_, changed = _aged_tones(rng, scene, monochrome, chance(rng, 0.4))
    if chance(rng, 0.5):
        # Grain all but vanishes in a thumbnail.
        print_ = capture.grained(rng, print_, rng.uniform(0.001, 0.01))
    mask = np.zeros(clean.shape[:2], np.uint8)
    return AgedPicture(capture.to_bytes(print_), clean, mask, monochrome, changed)


def _kept(rng: np.random.Generator, clean: np.ndarray, monochrome: bool) -> AgedPicture:
    aged = clean
    if chance(rng, 0.5):
        aged = capture.compressed(rng, capture.to_floats(clean), 88, 99)
    return AgedPicture(aged, clean, np.zeros(clean.shape[:2], np.uint8), monochrome, False)


def _only_wounded(rng: np.random.Generator, clean: np.ndarray, monochrome: bool) -> AgedPicture:
    """Damage on a picture that is whole beside it: what is not damaged must be left alone."""
    print_, mask = _wounded(rng, capture.to_floats(clean), chance(rng, 0.5))
    aged = capture.compressed(rng, print_, 75, 99) if chance(rng, 0.7) else capture.to_bytes(print_)
    return AgedPicture(aged, clean, mask, monochrome, False)


def _decorated(rng: np.random.Generator, scene: Array) -> Array:
    if chance(rng, 0.3):
        scene = decoys.with_whites(rng, scene)
    if chance(rng, 0.2):
        scene = decoys.with_walls(rng, scene)
    if chance(rng, 0.15):
        scene = decoys.with_glints(rng, scene)
    if chance(rng, 0.2):
        scene = decoys.with_wires(rng, scene)
    for painter in (decoys.with_beads, decoys.with_rims, decoys.with_poles, decoys.with_crumbs):
        if chance(rng, 0.06):
            scene = painter(rng, scene)
    if chance(rng, 0.22):
        scene = decoys.with_border(rng, scene)
    return scene


def _aged_tones(rng: np.random.Generator, print_: Array, monochrome: bool, heavy: bool) -> tuple[Array, bool]:
    changed = False
    if monochrome and chance(rng, 0.7):
        print_, changed = tones.toned(rng, print_), True
    if chance(rng, 0.45 if changed else 0.6):
        print_, changed = tones.faded(rng, print_, rng.uniform(0.15, 1.0)), True
        if monochrome and not chance(rng, 0.5):
            print_ = tones.to_grey(print_)
    if chance(rng, 0.45 if heavy else 0.12):
        print_ = tones.unevenly_faded(rng, print_)
    if chance(rng, 0.35 if heavy else 0.06):
        print_ = tones.stained(rng, print_)
    if chance(rng, 0.06):
        print_ = tones.silvered(rng, print_)
    return print_, changed


def _wounded(rng: np.random.Generator, print_: Array, heavy: bool) -> tuple[Array, np.ndarray]:
    height, width = print_.shape[:2]
    shape = (height, width)
    wounds: list[surface.Wound] = []
    if chance(rng, 0.75):
        for _ in range(int(rng.integers(1, 3))):
            wounds.append(surface.scratches(rng, *shape, int(rng.integers(1, 8))))
    if chance(rng, 0.75):
        for _ in range(int(rng.integers(1, 3))):
            wounds.append(surface.dust(rng, *shape, int(rng.integers(3, 70))))
    if chance(rng, 0.12):
        wounds.append(surface.hair(rng, *shape, int(rng.integers(1, 6))))
    if heavy:
        if chance(rng, 0.6):
            wounds.append(surface.cracks(rng, *shape, int(rng.integers(1, 5))))
        if chance(rng, 0.35):
            wounds.extend(surface.fold(rng, *shape) for _ in range(int(rng.integers(1, 3))))
        if chance(rng, 0.45):
            wounds.append(surface.lost_patches(rng, *shape, int(rng.integers(1, 7))))
        if chance(rng, 0.3):
            wounds.append(surface.tear(rng, *shape))
        if chance(rng, 0.06):
            wounds.append(surface.mould(rng, *shape))
    mask = np.zeros(shape, np.float32)
    for wound in wounds:
        cover = wound.coverage[..., None]
        if chance(rng, 0.35):
            print_ = surface.rimmed(rng, print_, wound.coverage)
        if wound.step is not None:
            print_ = print_ * (1 + wound.step[..., None])
        print_ = print_ + (wound.colour - print_) * cover
        mask = np.maximum(mask, wound.coverage)
    return print_, np.where(mask > MASK_FROM, 255, 0).astype(np.uint8)
