"""A sentence-transformers module that runs an ONNX graph on ONNX Runtime.

    texts -> tokens -> one run of the graph a text -> token embeddings, padded for the pooling that follows

Each text runs alone: a run's numbers then never depend on the texts beside it, so a question has the
same vector asked alone and in a batch, and nothing is spent on padding. A run has one thread, several
texts run side by side: a question is too short to be shared out, and threads that wait for a share of it
keep a processor from whatever else there is to do, searching for one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from sentence_transformers.base.modules.input_module import InputModule
from tokenizers import Tokenizer

from rag.ports import Adapter

Ids = npt.NDArray[np.int64]  # (1, length), a text's tokens
States = npt.NDArray[np.float32]  # (length, dim)

GRAPH, UPPER, TOKENIZER = "model.onnx", "upper.onnx", "tokenizer.json"
RECENT = 8  # texts


class OnnxTransformer(InputModule):
    """The first module of a model folder that holds `model.onnx`, `upper.onnx` and `tokenizer.json`."""

    config_file_name = "onnx_module.json"
    config_keys = ["max_tokens", "dim"]  # noqa: RUF012 - the base's form

    def __init__(self, folder: str, max_tokens: int, dim: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        self.max_tokens = max_tokens
        self.dim = dim
        self.threads = 0  # texts that run side by side; 0: as many as there are processors
        self.tokenizer = Tokenizer.from_file(str(Path(folder) / TOKENIZER))
        self.tokenizer.enable_truncation(max_tokens)
        self.tokenizer.no_padding()
        self._pool: ThreadPoolExecutor | None = None
        self._alone = lru_cache(maxsize=RECENT)(self._both)  # a question's states are asked for twice

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *_hub: Any, **_options: Any) -> Self:  # noqa: ANN401
        """Open the module of a model folder; what it has to say of hubs does not apply."""
        return cls(folder=os.path.join(model_name_or_path, subfolder), **cls.load_config(model_name_or_path, subfolder))  # noqa: PTH118

    def save(self, output_path: str, *_args: Any, **_options: Any) -> None:  # noqa: ANN401 - the base's form
        """Write the module's own settings; graph and tokenizer are put there by who builds the folder."""
        self.save_config(output_path)

    def preprocess(  # type: ignore[override] # text is all that this module takes
        self,
        inputs: Sequence[str],
        prompt: str | None = None,
        **_options: Any,  # noqa: ANN401 - the base's form
    ) -> dict[str, torch.Tensor]:
        """Token ids and mask, both (n, longest) int64, of texts with the prompt before them."""
        encoded = [self.tokenizer.encode((prompt or "") + text).ids for text in inputs]
        longest = max(map(len, encoded), default=0)
        ids = torch.zeros(len(encoded), longest, dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, tokens in enumerate(encoded):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def forward(self, features: dict[str, Any], **_options: Any) -> dict[str, Any]:  # noqa: ANN401 - the base's form
        """Add `token_embeddings`, (n, longest, dim) float32; zero where the mask is."""
        lengths = features["attention_mask"].sum(dim=1).tolist()
        texts = [features["input_ids"][row : row + 1, :length].numpy() for row, length in enumerate(lengths)]
        embeddings = np.zeros((*features["attention_mask"].shape, self.dim), dtype=np.float32)
        for row, (length, states) in enumerate(zip(lengths, self._states(texts), strict=True)):
            embeddings[row, :length] = states
        features["token_embeddings"] = torch.from_numpy(embeddings)
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a token's embedding."""
        return self.dim

    def tokens(self, texts: Sequence[str]) -> Iterator[tuple[States, list[tuple[int, int]]]]:
        """The embeddings of each text's tokens, (length, dim) float32, and the characters that each stands for."""
        encoded = self.tokenizer.encode_batch(list(texts))
        ids = [np.array([one.ids], dtype=np.int64) for one in encoded]
        return zip(self._states(ids), (one.offsets for one in encoded), strict=True)

    def halfway(self, text: str) -> States:
        """What a text's tokens are after half of the layers, (length, dim) float32."""
        return self._alone(tuple(self.tokenizer.encode(text).ids))[1]

    def adapted(self, halfway: States, adapter: Adapter) -> States:
        """What they are after the other half with an adapter behind each layer, (length, dim) float32."""
        inputs = {"halfway": halfway[None], "down": adapter.down, "up": adapter.up}
        (states,) = self._upper.run(None, inputs)
        return np.asarray(states[0], dtype=np.float32)

    def _states(self, texts: Sequence[Ids]) -> Iterator[States]:
        """The embeddings of each text's tokens, (length, dim) float32, in the order of the texts."""
        if len(texts) == 1:
            return iter([self._alone(tuple(texts[0][0].tolist()))[0]])
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads or os.cpu_count() or 1, "encode")
        return (states for (states,) in self._pool.map(partial(_run, self._session, ["last_hidden_state"]), texts))

    def _both(self, ids: tuple[int, ...]) -> list[States]:
        return _run(self._session, ["last_hidden_state", "halfway"], np.array([ids], dtype=np.int64))

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return _opened(Path(self.folder) / GRAPH)

    @cached_property
    def _upper(self) -> onnxruntime.InferenceSession:
        return _opened(Path(self.folder) / UPPER)


def _opened(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, outputs: list[str], ids: Ids) -> list[States]:
    return [states[0] for states in session.run(outputs, {"input_ids": ids, "attention_mask": np.ones_like(ids)})]
