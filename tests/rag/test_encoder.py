from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession

from app.settings import Settings
from rag.centring import CentredEncoder
from rag.encoder import SentenceTransformerEncoder
from rag.errors import ModelError
from rag.onnx_module import _run
from rag.ports import Adapter, Encoder
from rag.weights.build import ensure_model
from tests.fakes import PairEncoder

TEXTS = ["新增基础教育学位7500个以上", "", "school", "持续抓好洛阳江流域综合整治。" * 80, "医院"]


@pytest.fixture(scope="session")
def model_folder(settings: Settings) -> Path:
    return ensure_model(settings.cache)


@pytest.fixture(scope="session")
def plain(model_folder: Path) -> SentenceTransformerEncoder:
    """The shipped encoder without centring."""
    return SentenceTransformerEncoder.load(model_folder)


def test_a_text_has_the_same_vector_alone_and_in_company(plain: SentenceTransformerEncoder) -> None:
    together = plain.encode_passages(TEXTS)
    alone = np.concatenate([plain.encode_passages([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_vectors_are_unit_rows_of_float32(encoder: Encoder) -> None:
    for vectors in (encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)):
        assert (vectors.shape, vectors.dtype) == ((5, 384), np.float32)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode_queries([]).shape == (0, 384)


def test_questions_and_passages_are_told_apart(plain: SentenceTransformerEncoder) -> None:
    assert not np.allclose(plain.encode_queries(["学校"]), plain.encode_passages(["学校"]))


def test_threads_get_the_vectors_of_their_own_texts(plain: SentenceTransformerEncoder) -> None:
    expected = {text: plain.encode_queries([text])[0] for text in TEXTS}
    with ThreadPoolExecutor(4) as pool:
        for text, vector in zip(TEXTS * 5, pool.map(lambda t: plain.encode_queries([t])[0], TEXTS * 5), strict=True):
            np.testing.assert_array_equal(vector, expected[text])


def test_texts_run_side_by_side(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both_are_here = threading.Barrier(2, timeout=20)

    def run(session: InferenceSession, outputs: list[str], ids: np.ndarray) -> list[np.ndarray]:
        both_are_here.wait()
        return _run(session, outputs, ids)

    monkeypatch.setattr("rag.onnx_module._run", run)
    encoder = SentenceTransformerEncoder.load(model_folder, threads=2)
    assert encoder.encode_queries(["学校", "医院"]).shape == (2, 384)


def test_an_adapter_of_zeros_changes_nothing_and_another_one_does(plain: SentenceTransformerEncoder) -> None:
    none = Adapter(np.zeros((6, 384, 4), np.float32), np.zeros((6, 4, 384), np.float32))
    for text in ("要建哪些学校", "what schools are being built?", ""):
        assert plain.encode_adapted(text, none) == pytest.approx(plain.encode_queries([text])[0], abs=1e-5)
    rng = np.random.default_rng(0)
    some = Adapter(rng.normal(size=(6, 384, 4)).astype(np.float32), rng.normal(size=(6, 4, 384)).astype(np.float32))
    changed = plain.encode_adapted("要建哪些学校", some)
    assert changed is not None
    assert np.linalg.norm(changed) == pytest.approx(1)
    assert changed @ plain.encode_queries(["要建哪些学校"])[0] < 0.9
    wide = Adapter(np.zeros((6, 768, 4), np.float32), np.zeros((6, 4, 768), np.float32))
    assert plain.encode_adapted("要建哪些学校", wide) is None


def test_a_question_alone_and_adapted_runs_through_the_lower_layers_once(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    monkeypatch.setattr("rag.onnx_module._run", lambda *given: runs.append(1) or _run(*given))
    encoder = SentenceTransformerEncoder.load(model_folder)
    encoder.encode_queries(["要建哪些学校"])
    encoder.encode_adapted(
        "要建哪些学校", Adapter(np.zeros((6, 384, 4), np.float32), np.zeros((6, 4, 384), np.float32))
    )
    assert runs == [1]


@pytest.mark.parametrize(
    "question",
    ["what schools are being built?", "要建哪些学校", "¿qué escuelas se construirán?", "학교를 몇 개 짓습니까?"],
)
def test_meaning_is_found_across_languages(encoder: Encoder, question: str) -> None:
    school, river, road = encoder.encode_passages(
        ["高标准建设小学和幼儿园。", "持续抓好河流综合整治。", "加快公路拓改建设。"]
    )
    vector = encoder.encode_queries([question])[0]
    assert vector @ school > max(vector @ river, vector @ road) + 0.1


def test_a_part_reads_as_its_text_has_it(encoder: Encoder) -> None:
    texts = ["加强国土绿化，推进造林，覆盖率提高到65%。", "推进医疗保险扩面，动员参保，覆盖率提高到65%。"]
    clause = "覆盖率提高到65%。"
    encoded = encoder.encode_in_context(texts, [[(text.index(clause), len(text))] for text in texts])
    assert encoded is not None
    wholes, (forest, insurance) = encoded
    np.testing.assert_allclose(wholes, encoder.encode_passages(texts), atol=1e-5)
    asked_forest, asked_insurance = encoder.encode_queries(["森林覆盖率是多少？", "How many people are insured?"])
    assert asked_forest @ forest > asked_forest @ insurance + 0.1
    assert asked_insurance @ insurance > asked_insurance @ forest + 0.1


def test_parts_come_in_order_and_one_beyond_the_models_reach_has_the_vector_of_its_text(
    plain: SentenceTransformerEncoder,
) -> None:
    long = "持续抓好洛阳江流域综合整治。" * 80
    texts = ["建学校，修公路。", "", long]
    encoded = plain.encode_in_context(texts, [[(0, 4), (4, 8)], [], [(0, 14), (len(long) - 14, len(long))]])
    assert encoded is not None
    wholes, parts = encoded
    assert (wholes.shape, parts.shape) == ((3, 384), (4, 384))
    school, road = plain.encode_passages(["建学校，", "修公路。"])
    assert parts[0] @ school > parts[1] @ school
    assert parts[1] @ road > parts[0] @ road
    assert not np.allclose(parts[2], wholes[2])
    np.testing.assert_array_equal(parts[3], wholes[2])


def test_centring_takes_the_common_part_of_a_language_away(plain: SentenceTransformerEncoder) -> None:
    question, passage = ["what is the weather in Paris?"], ["加快区医院新院区建设。"]
    centred = CentredEncoder(plain)
    raw = float(plain.encode_queries(question)[0] @ plain.encode_passages(passage)[0])
    without = float(centred.encode_queries(question)[0] @ centred.encode_passages(passage)[0])
    assert raw > 0.6, "unrelated texts look alike before"
    assert without < 0.25, "and do not after"


def test_a_changed_file_changes_the_name_and_a_moved_folder_does_not(model_folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / model_folder.name
    shutil.copytree(model_folder, moved)
    name = SentenceTransformerEncoder.load(model_folder).name
    assert SentenceTransformerEncoder.load(moved).name == name
    config = moved / "config_sentence_transformers.json"
    config.write_text(config.read_text(encoding="utf-8").replace("query: ", "question: "), encoding="utf-8")
    assert SentenceTransformerEncoder.load(moved).name != name


def test_a_file_changed_at_the_same_size_changes_the_name(model_folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / model_folder.name
    shutil.copytree(model_folder, moved)
    name = SentenceTransformerEncoder.load(moved).name
    config = moved / "config_sentence_transformers.json"
    config.write_text(config.read_text(encoding="utf-8").replace("query: ", "quest: "), encoding="utf-8")
    assert SentenceTransformerEncoder.load(moved).name != name


def test_a_model_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="planqa setup"):
        SentenceTransformerEncoder.load(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceTransformerEncoder.load(tmp_path / "empty")


def test_a_model_with_code_of_strangers_is_not_run(model_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(model_folder, tmp_path / "model")
    modules = tmp_path / "model" / "modules.json"
    modules.write_text(modules.read_text(encoding="utf-8").replace("rag.onnx_module", "evil.module"), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceTransformerEncoder.load(tmp_path / "model")


def test_centring_works_over_any_encoder() -> None:
    centred = CentredEncoder(PairEncoder())
    assert centred.name == "pairs@1+centred-2"
    assert centred.encode_passages(["学校"]).shape == (1, 64)
