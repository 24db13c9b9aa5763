"""Turns the tensors into a BERT model and writes it as ONNX graphs that multiply in 8 bits.

    {name: tensor} -> BertModel -> ONNX float32 -> products in blocks of 8-bit weights, word table in float16

A second graph has the upper half of the layers once more, with room for an adapter after each (Houlsby et al. 2019):
what it is fed goes through two small matrices of its caller's and is added. It starts where the first is halfway.

Every 32 weights, and every 32 numbers of a token at run time, share a scale of their own: rounding then
depends on neither the rest of a matrix nor the other tokens of a text.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.matmul_nbits_quantizer import (
    DefaultWeightOnlyQuantConfig,
    MatMulNBitsQuantizer,
)
from transformers import BertConfig, BertModel

from rag.errors import ModelError
from rag.weights.q4 import Shape, Tensor

OPSET = 20  # the first with Gelu as one node
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class _TokenVectors(torch.nn.Module):
    """The model with nothing but its tokens' vectors as a result: after the last layer, and halfway."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        found = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        return found.last_hidden_state, found.hidden_states[len(self.model.encoder.layer) // 2]


class AdaptedLayers(torch.nn.Module):
    """The upper half of the layers, each with an adapter: (texts, length, hidden) -> the same."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.layers = model.encoder.layer[len(model.encoder.layer) // 2 :]

    def forward(
        self, halfway: torch.Tensor, down: torch.Tensor, up: torch.Tensor, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Go on from where the model is halfway.

        :param down: (layers, hidden, rank), and `up` (layers, rank, hidden): of each layer's adapter.
        :param mask: added to the weights of attention, where texts are padded.
        """
        states = halfway
        for layer, narrow, widen in zip(self.layers, down, up, strict=True):
            found = layer(states, mask)
            states = found[0] if isinstance(found, tuple) else found
            states = states + torch.nn.functional.gelu(states @ narrow) @ widen
        return states


def bert(shape: Shape, tensors: dict[str, Tensor]) -> BertModel:
    """A BERT model of this shape with these weights.

    :raises ModelError: if a tensor is missing or has another size.
    """
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
    )
    config._attn_implementation = "eager"  # plain products and softmax, which ONNX has
    model: BertModel = BertModel(config, add_pooling_layer=False)
    model.train(False)
    try:
        state = {
            name: torch.from_numpy(tensors[_stored_name(name)].copy()).reshape(value.shape)
            for name, value in model.state_dict().items()
        }
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"The weights do not fit the model ({error}). Run `planqa setup` again.") from None
    model.load_state_dict(state)
    return model


def _stored_name(name: str) -> str:
    """encoder.layer.3.attention.self.query.weight -> l3.q.w"""
    outer = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    if name in outer:
        return outer[name]
    layer, part = name.removeprefix("encoder.layer.").split(".", 1)
    short = {long: short for short, long in _PARTS.items()}
    part, kind = part.rsplit(".", 1)
    return f"l{layer}.{short[part]}.{kind[0]}"


def write_graphs(model: BertModel, whole: Path, upper: Path) -> None:
    """Write both graphs, of one text a run, all numbers float32 but the first two.

    `whole`: `input_ids` and `attention_mask` (1, length) int64 -> `last_hidden_state`, `halfway` (1, length, hidden).
    `upper`: `halfway`, `down` (layers, hidden, rank), `up` (layers, rank, hidden) -> `last_hidden_state`.
    """
    config = model.config
    length = torch.export.Dim("length", min=2, max=config.max_position_embeddings)
    rank = torch.export.Dim("rank", min=2, max=config.hidden_size)
    ids = torch.tensor([[0, 5, 6, 7, 2]])
    graph = _graph(
        _TokenVectors(model),
        {"input_ids": (ids, {1: length}), "attention_mask": (torch.ones_like(ids), {1: length})},
        ["last_hidden_state", "halfway"],
        whole,
    )
    _halve_word_table(graph.graph)
    onnx.save(graph, whole)
    layers = AdaptedLayers(model)
    down = torch.zeros(len(layers.layers), config.hidden_size, 8)
    states = torch.zeros(*ids.shape, config.hidden_size)
    inputs = {"halfway": (states, {1: length}), "down": (down, {2: rank}), "up": (down.mT.contiguous(), {1: rank})}
    onnx.save(_graph(layers, inputs, ["last_hidden_state"], upper), upper)


def _graph(
    module: torch.nn.Module, inputs: dict[str, tuple[torch.Tensor, Any]], outputs: list[str], beside: Path
) -> onnx.ModelProto:
    """The graph of a module with quantised products.

    :param inputs: of each an example and which of its sizes may change.
    :param beside: of a large file that is written meanwhile.
    """
    beside.parent.mkdir(parents=True, exist_ok=True)
    wide = beside.with_suffix(".float32")
    logging.disable(logging.WARNING)  # the exporter and the quantiser log a line for each node
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module,
                tuple(example for example, _ in inputs.values()),
                str(wide),
                input_names=list(inputs),
                output_names=outputs,
                dynamic_shapes=tuple(sizes for _, sizes in inputs.values()),
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        config = DefaultWeightOnlyQuantConfig(
            block_size=32, is_symmetric=True, accuracy_level=4, bits=8, op_types_to_quantize=("MatMul",)
        )
        quantizer = MatMulNBitsQuantizer(onnx.load(wide), algo_config=config)
        quantizer.process()
    finally:
        wide.unlink(missing_ok=True)
        logging.disable(logging.NOTSET)
    graph: onnx.ModelProto = quantizer.model.model
    _drop_traces(graph.graph)
    return graph


def _halve_word_table(graph: onnx.GraphProto) -> None:
    """Keep the largest table in float16 and widen the rows that are looked up."""
    table = max(graph.initializer, key=lambda tensor: int(np.prod(tensor.dims)))
    table.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(table).astype(np.float16), table.name))
    at, lookup = next((at, node) for at, node in enumerate(graph.node) if table.name in node.input)
    wide, half = lookup.output[0], f"{lookup.output[0]}.half"
    lookup.output[0] = half
    graph.node.insert(at + 1, helper.make_node("Cast", [half], [wide], to=TensorProto.FLOAT))
    for value in [value for value in graph.value_info if value.name == half]:
        graph.value_info.remove(value)


def _drop_traces(graph: onnx.GraphProto) -> None:
    """Without the exporter's notes of source lines, the same weights give the same file wherever it is built."""
    for item in [graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]:
        del item.metadata_props[:]
        item.doc_string = ""
