"""Turns the tensors into a BERT model and writes it as an ONNX graph that multiplies in 8 bits.

    {name: tensor} -> BertModel -> ONNX float32 -> products in blocks of 8-bit weights, word table in float16

Every 32 weights, and every 32 numbers of a token at run time, share a scale of their own: rounding then
depends on neither the rest of a matrix nor the other tokens of a text.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

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
    """The model with nothing but the last layer's vectors as its result."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
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


def write_graph(model: BertModel, file: Path) -> None:
    """Write the graph: `input_ids` and `attention_mask` (1, length) int64 -> (1, length, hidden) float32."""
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(".float32")
    ids = torch.tensor([[0, 5, 6, 7, 2]])
    length = torch.export.Dim("length", min=2, max=model.config.max_position_embeddings)
    logging.disable(logging.WARNING)  # the exporter and the quantiser log a line for each node
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _TokenVectors(model),
                (ids, torch.ones_like(ids)),
                str(whole),
                input_names=["input_ids", "attention_mask"],
                output_names=["last_hidden_state"],
                dynamic_shapes=({1: length}, {1: length}),
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        config = DefaultWeightOnlyQuantConfig(
            block_size=32, is_symmetric=True, accuracy_level=4, bits=8, op_types_to_quantize=("MatMul",)
        )
        quantizer = MatMulNBitsQuantizer(onnx.load(whole), algo_config=config)
        quantizer.process()
    finally:
        whole.unlink(missing_ok=True)
        logging.disable(logging.NOTSET)
    graph = quantizer.model.model
    _halve_word_table(graph.graph)
    _drop_traces(graph.graph)
    onnx.save(graph, file)


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
