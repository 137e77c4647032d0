"""Hands what was done to a picture to those who judge how faithful it stayed."""

import numpy as np

from restoration.inference import resample
from restoration.inference.faithfulness import Evidence, Faithfulness, assess
from restoration.inference.faithfulness.evidence import VIEW_PIXELS, strongest
from restoration.inference.guide import to_tensor
from restoration.inference.mending import INVENTED_FROM
from restoration.inference.stages import Work


def judge(work: Work) -> tuple[Evidence, Faithfulness]:
    """
    What is left to judge the finished `work.picture` by, and the judgement.

    At the size at which it is judged, for whole pictures of 25 megapixels would be held three times more.
    """
    size = resample.fit(work.original.shape[:2], VIEW_PIXELS)
    original = resample.shrink(work.original, size)
    correction = work.analysis.correction
    corrected = original if correction is None else correction.apply(to_tensor(original).numpy())
    repaired = np.zeros(size, np.uint8) if work.weight is None else strongest(work.weight, size)
    evidence = Evidence(
        original, corrected, resample.shrink(work.picture, size), repaired, repaired >= INVENTED_FROM
    )
    return evidence, assess(evidence)
