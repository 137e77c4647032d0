"""Whether a face is still the same person's: the distance of two faces by dlib's recognition network, an extra."""

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

import numpy as np

NOT_INSTALLED = "identity not measured: no weights installed"
# 0.4 s a face and picture on one core: those that fill the photo are what people look at.
MOST_FACES = 3
PACKAGE = "face_recognition_models"
# The files as dlib published them, CC0. dlib reads them with native code, so nothing else is ever loaded.
LANDMARKS = (
    "shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)
RECOGNITION = (
    "dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)


class Judge:
    """The loaded networks; what they make of a face is compared and then forgotten."""

    def __init__(self, landmarks: Path, recognition: Path) -> None:
        import dlib  # an extra

        self._rectangle = dlib.rectangle
        self._landmarks = dlib.shape_predictor(str(landmarks))
        self._network = dlib.face_recognition_model_v1(str(recognition))

    def distance(self, before: np.ndarray, after: np.ndarray, box: tuple[int, int, int, int]) -> float:
        """Of the face in `box` (left, top, width, height) in two pictures; 0 is the same, from 0.6 on another's."""
        return float(np.linalg.norm(self._signature(before, box) - self._signature(after, box)))

    def _signature(self, picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        left, top, width, height = box
        rectangle = self._rectangle(left, top, left + width - 1, top + height - 1)
        points = self._landmarks(picture, rectangle)
        return np.array(self._network.compute_face_descriptor(picture, points))


@cache
def judge() -> Judge | None:
    """The judge, or None without its weights. Raises ValueError when a weights file is not what dlib published."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / "models"
    return Judge(*(_verified(folder / name, sha256) for name, sha256 in (LANDMARKS, RECOGNITION)))


def note(judge: Judge | None) -> str:
    """What the report says about it."""
    return NOT_INSTALLED if judge is None else f"measured for the {MOST_FACES} largest faces at most"


def _verified(path: Path, sha256: str) -> Path:
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ValueError(f"{path.name} is not the file that dlib published.")
    return path
