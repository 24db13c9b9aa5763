"""Writes the transformer as an ONNX graph that computes with the 4-bit weights as they are.

    token ids -> embedding -> 12 x (attention, feed-forward) -> token vectors

ONNX Runtime multiplies the 4-bit blocks by activations rounded to 8 bits, each 32 numbers of each token
with a scale of their own (accuracy level 4). So no weight is rounded twice, a token's rounding does not
depend on its neighbours, and the product fits every processor's 8-bit instructions without overflow.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from rag.weights.q4 import BLOCK, Blocks, Weights

_INT8 = 4  # accuracy level of MatMulNBits
_CONTRIB = "com.microsoft"


class _Graph:
    """Nodes and constants of a graph under construction; a value is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, to: str = "", domain: str = "", **attributes: float) -> str:
        """Add a node; returns the name of its output."""
        output = to or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Add an array; returns its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def packed(self, name: str, blocks: Blocks) -> str:
        """Add the rows of a matrix, two signed 4-bit weights a byte, the first in the low half."""
        signed = (blocks.nibbles - 8) & 15
        content = (signed[:, 0::2] | signed[:, 1::2] << 4).tobytes()
        self.constants.append(helper.make_tensor(name, TensorProto.INT4, blocks.nibbles.shape, content, raw=True))
        return name


def write_onnx(weights: Weights, path: Path) -> None:
    """Write the graph: input `input_ids` (1, tokens) int64, output `token_embeddings` (1, tokens, hidden)."""
    shape, graph = weights.shape, _Graph()
    hidden = _embedding(graph, weights)
    for layer in range(shape.layers):
        hidden = _layer(graph, weights, f"l{layer}", hidden)
    graph.add("Identity", hidden, to="token_embeddings")
    proto = helper.make_graph(
        graph.nodes,
        "multilingual-e5-small",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, [1, "tokens", shape.hidden])],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(_CONTRIB, 1)]
    onnx.save(helper.make_model(proto, opset_imports=opsets, ir_version=10), path)


def _embedding(graph: _Graph, weights: Weights) -> str:
    words = weights.matrices["emb.word"]
    word = graph.add(
        "GatherBlockQuantized",
        graph.packed("emb.word", words),
        "input_ids",
        graph.constant("emb.word.scale", words.scales),
        domain=_CONTRIB,
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    # A text alone is always of the first type, so the type's row belongs to every position.
    places = weights.vectors["emb.pos"] + weights.vectors["emb.type"][0]
    length = graph.add("Shape", "input_ids", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    place = graph.add("Slice", graph.constant("emb.pos", places), zero, length)
    return _normalise(graph, weights, "emb.ln", graph.add("Add", word, place))


def _layer(graph: _Graph, weights: Weights, name: str, hidden: str) -> str:
    query, key, value = (_linear(graph, weights, f"{name}.{part}", hidden) for part in "qkv")
    attention = graph.add("MultiHeadAttention", query, key, value, domain=_CONTRIB, num_heads=weights.shape.heads)
    attended = graph.add("Add", hidden, _linear(graph, weights, f"{name}.ao", attention))
    hidden = _normalise(graph, weights, f"{name}.aln", attended)
    inner = graph.add("Gelu", _linear(graph, weights, f"{name}.fi", hidden))
    outer = graph.add("Add", hidden, _linear(graph, weights, f"{name}.fo", inner))
    return _normalise(graph, weights, f"{name}.oln", outer)


def _linear(graph: _Graph, weights: Weights, name: str, hidden: str) -> str:
    blocks = weights.matrices[f"{name}.w"]
    rows, columns = blocks.nibbles.shape
    packed = blocks.nibbles[:, 0::2] | blocks.nibbles[:, 1::2] << 4
    return graph.add(
        "MatMulNBits",
        hidden,
        graph.constant(f"{name}.w", packed.reshape(rows, columns // BLOCK, BLOCK // 2)),
        graph.constant(f"{name}.w.scale", blocks.scales),
        "",  # no zero points: 8 is the default
        "",  # no reordering of columns
        graph.constant(f"{name}.b", weights.vectors[f"{name}.b"]),
        domain=_CONTRIB,
        N=rows,
        K=columns,
        bits=4,
        block_size=BLOCK,
        accuracy_level=_INT8,
    )


def _normalise(graph: _Graph, weights: Weights, name: str, hidden: str) -> str:
    return graph.add(
        "LayerNormalization",
        hidden,
        graph.constant(f"{name}.w", weights.vectors[f"{name}.w"]),
        graph.constant(f"{name}.b", weights.vectors[f"{name}.b"]),
        epsilon=weights.shape.epsilon,
        axis=-1,
    )
