"""Vectors kept in half precision, made single for as long as it takes to compare them.

    bits of halves (n, dim) -> singles of the same value ; rows of them, vector -> exact cosines

numpy and FAISS convert one number at a time, which takes three to five times as long.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rag.ports import Vectors

Halves = npt.NDArray[np.int16]  # (n, dim), the bits of half-precision numbers

_BLOCK = 256  # rows made single at once: they stay in the processor's cache


def singles(halves: Halves) -> Vectors:
    """Single-precision numbers of the same value; the halves must be finite.

    A half's bits, moved to where a single has its own, are the number times 2**-112: the exponent of a half is
    counted from 15, that of a single from 127.
    """
    bits = halves.astype(np.int32)  # the sign fills the upper half
    bits <<= 13
    bits &= np.int32(~0x70000000)  # the sign is one bit; behind it come exponent and fraction
    found = bits.view(np.float32)
    found *= np.float32(2.0**112)
    return found


def cosines(halves: Halves, rows: npt.NDArray[np.int64], vector: Vectors) -> Vectors:
    """Inner products of some of the rows with `vector`, (dim,) -> (len(rows),), or several, (n, dim) -> (len(rows), n).

    One thread's work: `a @ b` wakes a pool of threads that then fight the encoder's for the cores.
    """
    found = np.empty((rows.size, *vector.shape[:-1]), dtype=np.float32)
    for begin in range(0, rows.size, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        np.einsum("ij,...j->i...", singles(halves[rows[block]]), vector, out=found[block])
    return found
