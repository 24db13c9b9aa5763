"""Reads the packed model file: shape, tensor directory, and blocks of 4-bit weights.

    bytes -> Shape + {name: float32 array}

A block (Q4_0) is a float16 scale and 32 nibbles, weight = (nibble - 8) * scale; byte j holds weight j
in its low and weight j + 16 in its high half.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.errors import ModelError

MAGIC = b"E5S1"
VERSION = 1
FLOATS, BLOCKS = 0, 1  # kinds of tensor
BLOCK, BLOCK_BYTES = 32, 18
Tensor = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the BERT model in the file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


class _Reader:
    """Takes values off a buffer, front to back; little-endian throughout."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self._data, self._position)
        self._position += struct.calcsize("<" + form)
        return values

    def skip(self, count: int) -> None:
        self._position += count

    def text(self, length: int) -> str:
        self._position += length
        return self._data[self._position - length : self._position].decode("ascii")


def read(data: bytes) -> tuple[Shape, dict[str, Tensor]]:
    """Shape and flat tensors of a packed model.

    :raises ModelError: if the bytes are no such file.
    """
    if data[:4] != MAGIC:
        raise ModelError(f"The weights begin with {data[:4]!r}, {MAGIC!r} was expected. Run `planqa setup` again.")
    try:
        return _read(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"The weights are damaged ({error}). Run `planqa setup` again.") from None


def _read(data: bytes) -> tuple[Shape, dict[str, Tensor]]:
    reader = _Reader(data)
    reader.skip(4)
    (version,) = reader.take("I")
    if version != VERSION:
        raise ValueError(f"format {version}, {VERSION} expected")
    sizes = reader.take("7i")
    (epsilon,) = reader.take("f")
    (block,) = reader.take("i")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights, {BLOCK} expected")
    _skip_tokenizer(reader)
    tensors = {}
    for _ in range(*reader.take("i")):
        (length,) = reader.take("H")
        name = reader.text(length)
        kind, count, offset, size = reader.take("BIQQ")
        if kind not in (FLOATS, BLOCKS):
            raise ValueError(f"tensor {name} is of kind {kind}, {FLOATS} or {BLOCKS} expected")
        raw = data[offset : offset + size]
        if len(raw) != size:
            raise ValueError(f"tensor {name} ends after {len(raw)} of {size} bytes")
        tensors[name] = np.frombuffer(raw, "<f4") if kind == FLOATS else dequantise(raw)
        if tensors[name].size != count:
            raise ValueError(f"tensor {name} has {tensors[name].size} values, {count} expected")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = sizes
    shape = Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
    return shape, tensors


def _skip_tokenizer(reader: _Reader) -> None:
    """The packed tokenizer is passed over: the model's own tokenizer.json is used."""
    (pieces, *_) = reader.take("5i")
    (characters,) = reader.take("Q")
    reader.skip((pieces + 1) * 4 + pieces * 4 + characters)
    _, normalisation = reader.take("iI")
    reader.skip(normalisation)


def dequantise(raw: bytes) -> Tensor:
    """Q4_0 blocks to float32 weights, shape (n_blocks * 32,)."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return np.asarray((nibbles.astype(np.float32) - 8) * scale, dtype=np.float32).reshape(-1)
