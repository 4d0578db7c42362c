"""A picture with its map over it and its object outlined, as pixels. No torch."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from grid_search.maps.looking import Heat
from grid_search.maps.objects import Mask
from grid_search.maps.pictures import Pixels

STRONGEST = 0.7  # of the colour over the picture, where a map is highest
OUTLINE = (86, 180, 233)  # Okabe and Ito's sky blue, which the colours of maps lack
Painted = np.ndarray[Any, np.dtype[np.uint8]]


def painted(pixels: Pixels, size: tuple[int, int], heat: Heat | None = None, mask: Mask | None = None) -> Painted:
    """Return a picture [C, h, w] as uint8 [H, W, 3] of `size`, a map [H, W] over it in colours of its own highest."""
    shown = np.repeat(pixels, 3, axis=0) if len(pixels) == 1 else pixels
    image = Image.fromarray(np.ascontiguousarray(shown.transpose(1, 2, 0)))
    image = image.resize((size[1], size[0]), Image.Resampling.NEAREST)
    drawn = np.asarray(image if heat is None else image.convert("L").convert("RGB"), dtype=np.float32)
    if heat is not None and heat.max() > 0:
        drawn = _blended(drawn, heat / heat.max())
    result: Painted = drawn.round().astype(np.uint8)
    if mask is not None:
        result[_edge(mask)] = OUTLINE
    return result


def as_source(picture: Painted) -> str:
    """Return a picture as the source of an image in a page: PNG, as a data URL."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def _blended(image: np.ndarray[Any, Any], strength: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Lay colours over an image [H, W, 3], the more the higher a map [H, W] in [0, 1] is."""
    from matplotlib import colormaps

    colours = 255 * colormaps["inferno"](strength)[..., :3]
    weight = STRONGEST * strength[..., None]
    return image * (1 - weight) + colours * weight  # type: ignore[no-any-return]


def _edge(mask: Mask) -> Mask:
    """Return the two outermost pixels of an object."""
    from scipy.ndimage import binary_erosion

    return mask & ~binary_erosion(mask, iterations=2, border_value=0)  # type: ignore[no-any-return]
