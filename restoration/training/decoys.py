"""Things that are white, bright or thin and whole: they belong to the picture and must survive.

They are painted into the clean picture before it ages, so the target keeps them and the mask does not
know them. Without them a network takes collars, cuffs, eyes and paper borders for damage.
"""

from __future__ import annotations

import numpy as np

from restoration.training.fields import (
    Array,
    Stencil,
    blurred,
    chance,
    smooth_field,
    somewhere,
    wandering_path,
)


def with_border(rng: np.random.Generator, picture: Array) -> Array:
    """The white margin of a print, on one to four sides, sometimes with a dark keyline or deckle edge."""
    height, width = picture.shape[:2]
    rows, columns = np.arange(height)[:, None], np.arange(width)[None]
    margin = rng.uniform(0.015, 0.1) * min(height, width)
    wave = int(rng.integers(1, 4)) if chance(rng, 0.2) else 0
    pace = rng.uniform(0.2, 0.9)
    ripple_along_rows, ripple_along_columns = wave * np.sin(rows * pace), wave * np.sin(columns * pace)
    paper = np.zeros((height, width), bool)
    for depth, ripple in (
        (rows, ripple_along_columns),
        (height - 1 - rows, ripple_along_columns),
        (columns, ripple_along_rows),
        (width - 1 - columns, ripple_along_rows),
    ):
        if chance(rng, 0.72):
            paper |= depth < margin + ripple
    inside = (~paper).astype(np.float32)
    white = rng.uniform(0.86, 1.0)
    colour = np.array([white, white * rng.uniform(0.96, 1), white * rng.uniform(0.9, 1)], np.float32)
    result = picture * inside[..., None] + colour * (1 - inside[..., None])
    if chance(rng, 0.3):
        rim = np.clip(blurred(inside, 1.0) * (1 - inside) * 4, 0, 1)[..., None]
        result = result * (1 - rim * np.float32(rng.uniform(0.3, 1)))
    return result


def with_whites(rng: np.random.Generator, picture: Array) -> Array:
    """Smooth pale shapes with folds of shade, as collars, cuffs, shirts, paper and windows have them."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        stencil = Stencil(height, width)
        x, y = somewhere(rng, height, width)
        size = rng.uniform(8, 70)
        kind = rng.random()
        if kind < 0.4:
            stencil.polygon(_smooth_outline(rng, (x, y), size))
        elif kind < 0.65:
            lean, tall = rng.uniform(-0.4, 0.4) * size, size * rng.uniform(0.4, 1.8)
            stencil.polygon([(x, y), (x + size, y + lean), (x + size + lean, y + tall), (x + lean, y + tall)])
        elif kind < 0.85:
            stencil.polygon(
                [
                    (x, y),
                    (x + size, y + rng.uniform(-0.5, 0.5) * size),
                    (x + rng.uniform(0, 1) * size, y + size),
                ]
            )
        else:
            stencil.ellipse((x, y), (size * rng.uniform(0.1, 0.5), size * rng.uniform(0.1, 0.5)))
        shade = np.float32(rng.uniform(0.78, 1.0)) - smooth_field(
            rng, height, width, int(rng.integers(3, 16))
        ) * np.float32(rng.uniform(0, 0.3))
        colour = shade[..., None] * (1 - rng.uniform(0, 0.08, 3)).astype(np.float32)
        cover = blurred(stencil.coverage(), rng.uniform(0.3, 1.6))[..., None]
        picture = picture + (colour - picture) * cover
        if kind < 0.85 and chance(rng, 0.4):
            # The shadow that a collar throws; a flake of lost emulsion throws none.
            shadow = np.clip(np.roll(cover, (2, 1), (0, 1)) - cover, 0, 1)
            picture = picture * (1 - shadow * np.float32(rng.uniform(0.3, 0.8)))
    return picture


def with_walls(rng: np.random.Generator, picture: Array) -> Array:
    """Plain areas between straight edges, pale or of any colour, some with windows: walls, roofs, signs, sky."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        x, y = somewhere(rng, height, width, -0.1)
        wide, tall = rng.uniform(12, 220, 2)
        corners = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)]) + rng.normal(0, 0.12, (4, 2)) * tall
        turn = rng.normal(0, 0.1) if chance(rng, 0.7) else rng.uniform(0, np.pi)
        turned = corners @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))]) + (x, y)
        outline: list[tuple[float, float]] = [(float(a), float(b)) for a, b in turned]
        stencil = Stencil(height, width)
        stencil.polygon(outline)
        for _ in range(int(rng.integers(0, 5)) if min(wide, tall) > 40 else 0):
            left, top = outline[0][0] + rng.uniform(0, wide), outline[0][1] + rng.uniform(0, tall)
            across, down = rng.uniform(4, 0.3 * wide), rng.uniform(4, 0.3 * tall)
            stencil.polygon(
                [(left, top), (left + across, top), (left + across, top + down), (left, top + down)], 0
            )
        pale = rng.uniform(0.65, 1.0) * (1 - rng.uniform(0, 1, 3) * (0, 0.08, 0.25))
        colour = (
            pale if chance(rng, 0.65) else rng.uniform(0.15, 0.75) + rng.uniform(-0.15, 0.15, 3)
        ).astype(np.float32)
        shade = smooth_field(rng, height, width, int(rng.integers(2, 8))) - np.float32(0.5)
        plain = colour + (shade * np.float32(rng.uniform(0, 0.15)))[..., None]
        cover = blurred(stencil.coverage(), rng.uniform(0.3, 1.3))[..., None]
        picture = picture + (plain - picture) * cover
    return picture


def with_glints(rng: np.random.Generator, picture: Array) -> Array:
    """Eyes' highlights, stars, foam, lamps: bright spots with a soft core that lie in the scene."""
    height, width = picture.shape[:2]
    stencil = Stencil(height, width)
    for _ in range(int(rng.integers(2, 25))):
        radius = rng.uniform(0.7, 3.5)
        stencil.ellipse(
            somewhere(rng, height, width), (radius, radius * rng.uniform(0.7, 1.4)), rng.uniform(0.5, 1)
        )
    core = blurred(stencil.coverage(), rng.uniform(0.8, 2.0))
    halo = blurred(core, rng.uniform(2, 5)) * np.float32(rng.uniform(0, 0.9))
    light = np.clip(core * np.float32(1.4) + halo, 0, 1)[..., None]
    colour = (1 - rng.uniform(0, 0.2, 3)).astype(np.float32)
    return picture + (colour - picture) * light


def with_wires(rng: np.random.Generator, picture: Array) -> Array:
    """Wires, masts, railings, seams: thin lines in groups, soft as the scene, bright or dark."""
    height, width = picture.shape[:2]
    stencil = Stencil(height, width)
    angle, spacing = rng.uniform(0, np.pi), rng.uniform(6, 50)
    x, y = somewhere(rng, height, width)
    bend = rng.normal(0, 0.01)
    thickness = rng.uniform(0.8, 3.0)
    for index in range(int(rng.integers(2, 7))):
        start = (x - index * spacing * np.sin(angle), y + index * spacing * np.cos(angle))
        stencil.line(wandering_path(rng, start, angle, rng.uniform(60, 400), 10.0, 0.0, bend), thickness)
    cover = blurred(stencil.coverage(), rng.uniform(0.5, 1.2))[..., None] * np.float32(rng.uniform(0.5, 1))
    shade = rng.uniform(0, 0.3) if chance(rng, 0.5) else rng.uniform(0.7, 1)
    return picture + (np.float32(shade) - picture) * cover


def with_beads(rng: np.random.Generator, picture: Array) -> Array:
    """Beads, lamps, buttons, nails, windows far away: small spots in an even row, alike to each other."""
    height, width = picture.shape[:2]
    stencil = Stencil(height, width)
    radius = rng.uniform(0.7, 3.5)
    spacing = radius * rng.uniform(2.2, 7)
    for _ in range(int(rng.integers(1, 3))):
        start, angle = somewhere(rng, height, width), rng.uniform(0, 2 * np.pi)
        for spot in wandering_path(
            rng, start, angle, rng.uniform(30, 250), spacing, 0.04, rng.normal(0, 0.06)
        ):
            stencil.ellipse(spot, (radius, radius * rng.uniform(0.85, 1.15)))
    shade = rng.uniform(0, 0.25) if chance(rng, 0.3) else rng.uniform(0.65, 1)
    return _laid(rng, picture, stencil, shade, (0.4, 1.2))


def with_rims(rng: np.random.Generator, picture: Array) -> Array:
    """Light along an edge: a rim of porcelain or glass, a wet stone, hair against the sun. Bright in the middle."""
    height, width = picture.shape[:2]
    stencil = Stencil(height, width)
    for _ in range(int(rng.integers(1, 7))):
        length, bend = rng.uniform(8, 60), rng.normal(0, 0.12)
        path = wandering_path(
            rng, somewhere(rng, height, width), rng.uniform(0, 2 * np.pi), length, 3.0, 0.02, bend
        )
        swell = np.sin(np.linspace(0.05, np.pi - 0.05, len(path))) ** rng.uniform(0.5, 2)
        stencil.stroke(path, rng.uniform(0.8, 4.0) * swell + 0.25, rng.uniform(0.6, 1))
    return _laid(rng, picture, stencil, rng.uniform(0.75, 1), (0.6, 1.6))


def with_poles(rng: np.random.Generator, picture: Array) -> Array:
    """Pipes, poles, oars, stems: one long dark thing, lit from a side, that throws a shadow at times.

    Never a bright one: what is long, smooth and bright is a scratch.
    """
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        body, lit = Stencil(height, width), Stencil(height, width)
        angle = (
            rng.uniform(0, np.pi) if chance(rng, 0.5) else np.pi / 2 * rng.integers(2) + rng.normal(0, 0.05)
        )
        thick, length = rng.uniform(1.5, 7), rng.uniform(30, 400)
        bend = rng.normal(0, 0.004) if chance(rng, 0.7) else rng.normal(0, 0.03)
        path = wandering_path(rng, somewhere(rng, height, width), angle, length, 8.0, 0.0, bend)
        side = thick * rng.uniform(0.15, 0.35) * rng.choice((-1, 1))
        aside = [(x - side * np.sin(angle), y + side * np.cos(angle)) for x, y in path]
        body.line(path, thick)
        lit.line(aside, thick * rng.uniform(0.25, 0.5))
        cover = blurred(body.coverage(), rng.uniform(0.4, 1.1))[..., None]
        if chance(rng, 0.4):
            shift = int(rng.integers(2, 9))
            shadow = np.clip(np.roll(cover, (shift, shift), (0, 1)) - cover, 0, 1)
            picture = picture * (1 - shadow * np.float32(rng.uniform(0.2, 0.6)))
        colour = (rng.uniform(0.05, 0.45) * rng.uniform(0.8, 1.0, 3)).astype(np.float32)
        light = blurred(lit.coverage(), rng.uniform(0.4, 1.0))[..., None] * np.float32(rng.uniform(0.1, 0.4))
        picture = picture + (colour + (1 - colour) * light - picture) * cover
    return picture


def with_crumbs(rng: np.random.Generator, picture: Array) -> Array:
    """Sand, gravel, stubble, twigs, birds: a patch of ground strewn with many small dark or pale things."""
    height, width = picture.shape[:2]
    stencil = Stencil(height, width)
    centre = somewhere(rng, height, width)
    reach = rng.uniform(30, 150)
    long = rng.uniform(0, 3) if chance(rng, 0.5) else 0.0
    for _ in range(int(rng.integers(15, 160))):
        x, y = centre[0] + rng.normal(0, reach), centre[1] + rng.normal(0, reach * 0.5)
        radius = rng.uniform(0.5, 2.2)
        if chance(rng, 0.6):
            stencil.ellipse((x, y), (radius * (1 + long), radius), rng.uniform(0.4, 1))
        else:
            turn = rng.uniform(0, np.pi)
            end = (x + 3 * radius * np.cos(turn), y + 3 * radius * np.sin(turn))
            stencil.line([(x, y), end], radius * 0.7, rng.uniform(0.4, 1))
    shade = rng.uniform(0.05, 0.4) if chance(rng, 0.7) else rng.uniform(0.6, 0.95)
    return _laid(rng, picture, stencil, shade, (0.4, 1.1))


def _laid(
    rng: np.random.Generator, picture: Array, stencil: Stencil, shade: float, softness: tuple[float, float]
) -> Array:
    """What was drawn, in one shade with a tint, as soft as the scene."""
    cover = blurred(stencil.coverage(), rng.uniform(*softness))[..., None] * np.float32(rng.uniform(0.5, 1))
    colour = (shade * rng.uniform(0.85, 1.0, 3)).astype(np.float32)
    return picture + (colour - picture) * cover


def _smooth_outline(
    rng: np.random.Generator, centre: tuple[float, float], radius: float
) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radii = np.full(40, radius)
    for wave in range(1, 5):
        radii = radii * (1 + rng.normal(0, 0.25 / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi)))
    stretch = rng.uniform(0.3, 1)
    return [
        (float(centre[0] + r * np.cos(a)), float(centre[1] + r * stretch * np.sin(a)))
        for a, r in zip(angles, radii, strict=True)
    ]
