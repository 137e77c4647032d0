"""Ageing with a known truth: each function takes and gives h x w x 3 uint8."""

import numpy as np


def with_grain(photo: np.ndarray, strength: float, seed: int = 1) -> np.ndarray:
    """Grey grain of `strength` levels of 255."""
    grain = np.random.default_rng(seed).normal(0, strength, (*photo.shape[:2], 1))
    return np.clip(np.rint(photo + grain), 0, 255).astype(np.uint8)


def faded(photo: np.ndarray) -> np.ndarray:
    """Blacks turned grey, whites dulled, and both yellowed."""
    black, white = np.array([72.0, 60.0, 44.0]), np.array([222.0, 205.0, 168.0])
    return np.rint(black + photo / 255.0 * (white - black)).astype(np.uint8)


def grey(photo: np.ndarray) -> np.ndarray:
    """The photo without colour."""
    bright = np.rint(photo @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    return np.repeat(bright[..., None], 3, axis=2)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Likeness in dB; infinite for equal pictures."""
    error = float(np.square(one.astype(np.float64) - other).mean())
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))
