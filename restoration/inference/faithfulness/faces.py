"""Faces, by the detector that the package dlib carries, and how much each of them changed."""

import importlib.util
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from restoration.inference import resample

from . import identity
from .changes import shares
from .drift import drift
from .evidence import View
from .structure import kept

# Looked for at this size, doubled: faces from about 40 pixels on, a twentieth of the picture's side.
LOOK_PIXELS = 524_288
# The detector's own measure of certainty; from 0 on it reports.
CERTAINTY = 0.0
# Two boxes are the same face when they share this much of their joint area.
SAME_FACE = 0.3
MOST_FACES = 24
NO_DETECTOR = "faces not looked for: no detector installed"

Box = tuple[int, int, int, int]
"""left, top, width, height in pixels."""


@dataclass(frozen=True)
class Face:
    """
    One face and its change from the corrected photo to the result.

    box: in pixels of the view. seen: "before", "after" or "both", the pictures in which it was found.
    colour: mean CIEDE2000 and structure: MS-SSIM, both outside repairs; None when all of it was repaired.
    repaired, invented: shares of the box. identity: distance of the two faces, None when not measured.
    """

    box: Box
    seen: str
    colour: float | None
    structure: float | None
    repaired: float
    invented: float
    identity: float | None


@dataclass(frozen=True)
class Faces:
    """looked_for: whether there is a detector; note, identity: what to tell about either."""

    looked_for: bool
    note: str
    identity: str
    found: list[Face] = field(default_factory=list)


def examine(view: View) -> Faces:
    """The faces of a view, largest first, and how much each changed."""
    if not has_detector():
        return Faces(False, NO_DETECTOR, identity.NOT_INSTALLED)
    found = _paired(find(view.before), find(view.after))
    found.sort(key=lambda pair: -pair[0][2] * pair[0][3])
    note = f"the {MOST_FACES} largest of {len(found)}" if len(found) > MOST_FACES else ""
    judge = identity.judge()
    faces = [
        _changed(view, box, seen, judge if place < identity.MOST_FACES and seen == "both" else None)
        for place, (box, seen) in enumerate(found[:MOST_FACES])
    ]
    return Faces(True, note, identity.note(judge), faces)


def has_detector() -> bool:
    """Whether `find` can be used: dlib is an extra."""
    return importlib.util.find_spec("dlib") is not None


def find(picture: np.ndarray) -> list[Box]:
    """Boxes of the faces in `picture` (h x w x 3 uint8). Raises ImportError without dlib."""
    height, width = picture.shape[:2]
    size = resample.fit((height, width), LOOK_PIXELS)
    small = Image.fromarray(resample.shrink(picture, size)).convert("L")
    rectangles, *_ = _detector().run(np.asarray(small), 1, CERTAINTY)
    down, across = height / size[0], width / size[1]
    boxes = []
    for rectangle in rectangles:
        left, right = (
            round(min(max(x, 0), size[1]) * across) for x in (rectangle.left(), rectangle.right() + 1)
        )
        top, bottom = (
            round(min(max(y, 0), size[0]) * down) for y in (rectangle.top(), rectangle.bottom() + 1)
        )
        boxes.append((left, top, right - left, bottom - top))
    return boxes


@cache
def _detector() -> Any:
    import dlib  # an extra

    return dlib.get_frontal_face_detector()


def _paired(before: list[Box], after: list[Box]) -> list[tuple[Box, str]]:
    """Each face once: a face hidden by damage shows only afterwards, one that was lost only before."""
    both = [
        (box, "both" if any(_overlap(box, other) >= SAME_FACE for other in after) else "before")
        for box in before
    ]
    new = [box for box in after if all(_overlap(box, other) < SAME_FACE for other in before)]
    return both + [(box, "after") for box in new]


def _overlap(one: Box, other: Box) -> float:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0, across) * max(0, down)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def _changed(view: View, box: Box, seen: str, judge: identity.Judge | None) -> Face:
    left, top, width, height = box
    part = np.s_[top : top + height, left : left + width]
    before, after, outside = view.before[part], view.after[part], view.outside[part]
    colour = drift(before, after, outside)
    repaired, invented = shares(view.repaired[part], view.invented[part])
    return Face(
        box,
        seen,
        colour.mean if colour else None,
        kept(before, after, outside, view.grain),
        repaired,
        invented,
        judge.distance(view.before, view.after, box) if judge is not None else None,
    )
