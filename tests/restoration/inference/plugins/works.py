"""Photos in the middle of the pipeline, whose options ask for plug-ins."""

import numpy as np

from restoration.inference.analysis import analyse
from restoration.inference.colour_head import ColourHead
from restoration.inference.options import Options
from restoration.inference.stages import Work
from restoration.inference.strength import ladder


def work_on(picture: np.ndarray, *plugins: str, mask: np.ndarray | None = None) -> Work:
    """The picture, analysed, with these plug-in stages asked for; its colours stay as they are."""
    options = Options(color="off", plugins=plugins)
    return Work(picture, options, analyse(picture, options, ColourHead()), ladder(options.mode)[0], mask)
