"""The variant of an experiment that an id is part of: the page's ``variant()`` gives the same."""

import math
from collections.abc import Sequence
from typing import Optional, TypeVar, Union

from .ids import sha256

Variant = TypeVar("Variant")

_DIGITS = 13
_RANGE = 2**52


def variant(
    name: str,
    variants: Sequence[Variant],
    id: Union[str, int],
    weights: Optional[Sequence[float]] = None,
) -> Variant:
    """The variant that an id gets: always the same for the same name, variants and weights.

    Weights that are missing, negative or no number count as 0; with no weight at all every variant has the same.
    """
    given = [_weight(weights, place) for place in range(len(variants))]
    total = 0.0
    for weight in given:  # not sum(), which rounds otherwise
        total += weight
    if not 0 < total < math.inf:
        given = [1.0] * len(variants)
        total = float(len(variants))
    place = int(sha256(f"{name}\n{id}")[:_DIGITS], 16) / _RANGE * total
    up_to = 0.0
    for one, weight in zip(variants, given):
        up_to += weight
        if place < up_to:
            return one
    # Of weights that are next to nothing, the place is no exact number.
    return [one for one, weight in zip(variants, given) if weight > 0][-1]


def _weight(weights: Optional[Sequence[float]], place: int) -> float:
    if weights is None:
        return 1.0
    weight = weights[place] if place < len(weights) else 0.0
    return 0.0 if math.isnan(weight) else max(float(weight), 0.0)
