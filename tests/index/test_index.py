"""The stored index: what goes in comes out, in every process, also after a crash or damage."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from app.settings import shipped_plans
from index.build import Builder, Change
from index.database import FILE, Identity
from index.dense import MANIFEST, read_manifest
from index.halves import singles
from index.library import Library
from index.store import Store
from rag.errors import (
    DocumentError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    NotFoundError,
)
from rag.ports import Encoder, Term
from rag.tokenizer import Tokenizer
from rag.types import Document
from tests.fakes import PairEncoder

TOKENIZER = Tokenizer()


def make_builder(folder: Path, name: str = "pairs@1") -> Builder:
    return Builder(folder, PairEncoder(name), TOKENIZER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of the shipped plan."""
    make_builder(tmp_path / "index").build([shipped_plans()])
    return tmp_path / "index"


def nearest(library: Library, text: str) -> list[int]:
    return library.nearest(PairEncoder().encode_queries([text])[0], 3, None)


def matching(library: Library, word: str, plan: str | None = None) -> list[int]:
    return library.matches([Term(word, 1.0, {word: 1.0})]).best(5, library.within(plan, None))


def test_a_document_comes_out_as_it_went_in(folder: Path, luojiang: Document) -> None:
    assert Library.open(folder).document("luojiang-2021") == luojiang


def test_building_twice_changes_nothing(folder: Path) -> None:
    before = Library.open(folder).document("luojiang-2021")
    (outcome,) = make_builder(folder).build([shipped_plans()])
    assert outcome.change is Change.UNCHANGED
    assert Library.open(folder).document("luojiang-2021") == before


def test_ids_are_stable_across_rebuilds(folder: Path, tmp_path: Path) -> None:
    make_builder(tmp_path / "again").build([shipped_plans()])
    first, second = Library.open(folder), Library.open(tmp_path / "again")
    ids = [p.id for p in first.passages(first.store.pids("luojiang-2021"))]
    assert ids == [p.id for p in second.passages(second.store.pids("luojiang-2021"))]
    assert ids[0] == "luojiang-2021:c1"


def test_many_plans_live_in_one_index(folder: Path, plan_file: Path) -> None:
    (outcome,) = make_builder(folder).add([plan_file])
    assert outcome.change is Change.ADDED
    library = Library.open(folder)
    assert [info.id for info in library.documents()] == ["luojiang-2021", "青山镇规划"]
    (found,) = library.passages(matching(library, "青云"))
    assert found.document.id == "青山镇规划"
    assert found.headings == ("二、交通",)
    assert matching(library, "青云", "luojiang-2021") == []
    assert library.problems() == []


def test_an_open_library_sees_what_others_add_and_remove(folder: Path, plan_file: Path) -> None:
    library = Library.open(folder)
    before = library.passages(nearest(library, "青山小学"))
    (shipped,) = library.documents()
    make_builder(folder).add([plan_file])
    assert [info.id for info in library.documents()] == [shipped.id, "青山镇规划"]
    assert any(p.document.id == "青山镇规划" for p in library.passages(nearest(library, "新建青山小学和云溪幼儿园")))
    plan_file.with_suffix(".toml").write_text('title = "青山镇的规划"', encoding="utf-8")
    make_builder(folder).add([plan_file])
    assert [info.title for info in library.documents()] == [shipped.title, "青山镇的规划"]
    make_builder(folder).remove("青山镇规划")
    assert library.documents() == (shipped,)
    assert library.passages(nearest(library, "青山小学")) == before
    with pytest.raises(NotFoundError, match="青山镇规划"):
        library.document("青山镇规划")
    assert library.problems() == []


def test_a_changed_file_replaces_its_plan(folder: Path, plan_file: Path) -> None:
    make_builder(folder).add([plan_file])
    plan_file.write_text("青山镇规划\n\n改建青山中学。\n", encoding="utf-8")
    (outcome,) = make_builder(folder).add([plan_file])
    assert outcome.change is Change.REPLACED
    library = Library.open(folder)
    assert "中学" in library.document("青山镇规划").source
    assert matching(library, "青云") == []
    assert library.problems() == []


def test_a_plan_that_cannot_be_read_leaves_the_index_as_it_was(folder: Path, plan_file: Path, tmp_path: Path) -> None:
    empty = tmp_path / "空.txt"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(DocumentError, match="is empty"):
        make_builder(folder).add([plan_file, empty])
    assert [info.id for info in Library.open(folder).documents()] == ["luojiang-2021"]


def test_two_plans_of_one_id_are_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "规划.txt").write_text(f"{name}区建学校。", encoding="utf-8")
    with pytest.raises(DocumentError, match="same id"):
        make_builder(folder).add([tmp_path / "甲", tmp_path / "乙"])


def test_an_index_of_another_encoder_is_refused_and_says_what_to_run(folder: Path, plan_file: Path) -> None:
    make_builder(folder).add([plan_file])
    other = make_builder(folder, "other@2")
    with pytest.raises(IndexMismatchError, match=r"pairs@1.*other@2.*planqa index build"):
        Library.open(folder, other.identity)
    with pytest.raises(IndexMismatchError):
        other.add([plan_file])
    other.build([shipped_plans()])
    library = Library.open(folder, other.identity)
    assert [info.id for info in library.documents()] == ["luojiang-2021", "青山镇规划"], "added plans are kept"
    assert library.problems() == []


def test_no_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="planqa index build"):
        Library.open(tmp_path, Identity("e", 1, "t"))


def test_a_file_that_is_no_database_is_refused_in_a_sentence(folder: Path) -> None:
    for file in folder.glob(FILE + "*"):
        file.unlink()
    (folder / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        Library.open(folder)


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete", "manifest", "foreign"])
def test_a_damaged_or_foreign_snapshot_is_rebuilt(folder: Path, tmp_path: Path, damage: str) -> None:
    expected = nearest(Library.open(folder), "新增学位")
    snapshot = folder / read_manifest(folder)["vectors"]["file"]
    data = bytearray(snapshot.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 255
        snapshot.write_bytes(data)
    elif damage == "truncate":
        snapshot.write_bytes(data[: len(data) // 2])
    elif damage == "delete":
        snapshot.unlink()
    elif damage == "manifest":
        (folder / MANIFEST).write_text("{", encoding="utf-8")
    else:
        make_builder(tmp_path / "other").build([shipped_plans()])
        (folder / MANIFEST).write_text((tmp_path / "other" / MANIFEST).read_text(encoding="utf-8"), encoding="utf-8")
    library = Library.open(folder)
    assert library.problems(), "index check names it"
    assert nearest(library, "新增学位") == expected
    library.save_snapshot()
    assert library.problems() == []


def test_check_finds_a_changed_source(folder: Path) -> None:
    with sqlite3.connect(folder / FILE) as database:
        database.execute("UPDATE document SET source = replace(source, '7500', '8500')")
    assert any("luojiang-2021" in problem for problem in Library.open(folder).problems())


def test_the_manifest_names_what_made_the_index(folder: Path, luojiang: Document) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["format"], manifest["encoder"], manifest["dim"]) == ("7", "pairs@1", "64")
    assert manifest["tokenizer"] == TOKENIZER.name
    assert manifest["plans"] == {"luojiang-2021": luojiang.sha256}


def test_a_second_writer_is_told_to_wait(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.database.BUSY_SECONDS", 0.05)
    first, second = Store(folder), Store(folder)
    with first.transaction(), pytest.raises(IndexBusyError, match="Another process"), second.transaction():
        pass


def test_a_failed_transaction_leaves_nothing(folder: Path) -> None:
    store = Store(folder)
    with pytest.raises(RuntimeError), store.transaction():
        store.remove("luojiang-2021")
        raise RuntimeError
    assert [info.id for info in store.document_infos()] == ["luojiang-2021"]


def test_threads_may_search_while_plans_come_and_go(folder: Path, plan_file: Path) -> None:
    library = Library.open(folder)
    expected = nearest(library, "新增基础教育学位")
    errors: list[BaseException] = []
    stop = threading.Event()

    def search() -> None:
        try:
            while not stop.is_set():
                assert expected[0] in nearest(library, "新增基础教育学位")
        except BaseException as error:
            errors.append(error)
        finally:
            library.store.close()

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        make_builder(folder).add([plan_file])
        make_builder(folder).remove("青山镇规划")
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []


WRITER = """
import sys
from pathlib import Path
from tests.index.test_index import make_builder
folder, plans = Path(sys.argv[1]), Path(sys.argv[2])
number = 0
while True:
    number += 1
    plan = plans / f"计划{number}.txt"
    plan.write_text(f"第{number}号计划\\n\\n新建{number}号学校，新增学位{number}00个。" * 5, encoding="utf-8")
    make_builder(folder).add([plan])
    print(number, flush=True)
    if number % 3 == 0:
        make_builder(folder).remove(f"计划{number - 1}")
        print(1 - number, flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_killed_writer_loses_nothing_it_reported(folder: Path, tmp_path: Path, seed: int) -> None:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, folder, tmp_path], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert process.stdout is not None
    reported = []
    for line in process.stdout:
        reported.append(int(line))
        if len(reported) >= 4 + random.Random(seed).randrange(5):
            break
    process.send_signal(signal.SIGKILL)
    reported += [int(line) for line in process.stdout]
    process.wait()
    process.stdout.close()

    library = Library.open(folder)
    ids = {info.id for info in library.documents()}
    removed = {-number for number in reported if number < 0}
    assert {f"计划{n}" for n in reported if n > 0 and n not in removed} <= ids
    assert not any(f"计划{number}" in ids for number in removed)
    problems = [problem for problem in library.problems() if "manifest" not in problem and "snapshot" not in problem]
    assert problems == [], "what is derived may lag behind, the truth may not be torn"
    library.save_snapshot()
    assert library.problems() == []


def test_vectors_survive_storage_as_half_floats(folder: Path) -> None:
    store = Store(folder)
    _, vectors = store.vectors()
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=2e-3)


def test_bm25_is_what_its_formula_says(tmp_path: Path) -> None:
    for name, text in {"1": "学校，学校，医院。", "2": "医院。"}.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    make_builder(tmp_path / "index").build([tmp_path])
    library = Library.open(tmp_path / "index")
    first, second = library.store.pids(None)
    lengths = {pid: length for pid, length in library.store.connection.execute("SELECT pid, length FROM passage")}
    term = Term("schools", 2.0, {"学校": 1.0, "小学": 0.5})
    matches = library.matches([term, Term("火星", 1.0, {})])
    scores = matches.scores(np.array([first, second, second + 1]))
    relative = lengths[first] / (sum(lengths.values()) / 2)
    assert scores.bm25[0] == pytest.approx(2.0 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * relative)))
    assert scores.bm25[1:].tolist() == [0.0, 0.0]
    assert scores.strengths.tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    assert scores.plans[0] != scores.plans[1]
    assert scores.plans[2] == -1, "there is no such passage"
    assert matches.found([first, second]) == {first: {"schools": ("学校",)}, second: {}}
    assert matches.best(5, None) == [first]
    assert matches.best(5, [second]) == []


def test_cosines_are_those_of_the_stored_vectors(folder: Path) -> None:
    library = Library.open(folder)
    vids, vectors = library.store.vectors()
    whole = {
        vid: pid if paragraph is None else -pid
        for vid, pid, paragraph in library.store.connection.execute("SELECT vid, pid, paragraph FROM vector")
    }
    vector = PairEncoder().encode_queries(["新增基础教育学位"])[0]
    cosines = dict(zip(vids, (vectors @ vector).tolist(), strict=True))
    pids = np.array([1, 3, 4, 10_000])
    scores = library.dense_scores(vector, pids)
    for row, pid in enumerate(pids[:3].tolist()):
        (own,) = (cosine for vid, cosine in cosines.items() if whole[vid] == pid)
        assert scores.passage[row] == pytest.approx(own, abs=1e-6)
        best = max(cosine for vid, cosine in cosines.items() if whole[vid] == -pid)
        assert scores.segment[row] == pytest.approx(best, abs=1e-6)
    assert np.isnan(scores.passage[3]), "there is no such passage"
    assert np.isnan(scores.segment[3])
    nearest_vectors = sorted(cosines, key=lambda vid: -cosines[vid])[:3]
    assert library.nearest(vector, 3, None) == sorted({abs(whole[vid]) for vid in nearest_vectors})


def test_a_clause_is_found_by_what_its_passage_says_it_is_of(tmp_path: Path, encoder: Encoder) -> None:
    plan = tmp_path / "plan.txt"
    forest = "全面加强森林资源保护和国土绿化，持续开展人工造林和封山育林"
    insurance = "全面推进城乡居民养老保险扩面，持续动员灵活就业人员参保缴费"
    same = "到2030年覆盖率达到65%以上"
    plan.write_text(f"规划\n\n一、发展\n{forest}，{same}。\n\n二、保障\n{insurance}，{same}。\n", encoding="utf-8")
    Builder(tmp_path / "index", encoder, TOKENIZER).build([plan])
    library = Library.open(tmp_path / "index")
    vectors = encoder.encode_queries(["森林覆盖率是多少？", "How many people are insured?"])
    scores = library.segment_scores(vectors, library.store.pids(None))
    of_forest, of_insurance = [score.cosines for score in scores if score.begin == len(forest) + 1]
    assert of_forest[0] > of_insurance[0] + 0.05
    assert of_insurance[1] > of_forest[1] + 0.05


def test_every_half_becomes_the_single_of_its_value() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)].reshape(1, -1)
    assert np.array_equal(singles(halves.view(np.int16)), halves.astype(np.float32))
    assert np.array_equal(np.signbit(singles(halves.view(np.int16))), np.signbit(halves)), "minus zero too"


def test_many_vectors_are_searched_by_a_sketch_and_sorted_exactly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = nearest(Library.open(folder), "新增基础教育学位")
    monkeypatch.setattr("index.dense.EXACT", 10)
    monkeypatch.setattr("index.dense._CHUNK", 50)
    assert nearest(Library.open(folder), "新增基础教育学位") == exact


def test_a_search_keeps_to_a_section(folder: Path) -> None:
    library = Library.open(folder)
    inside = library.within(None, "幸福洛江")
    assert inside
    assert all("幸福洛江" in "".join(passage.headings) for passage in library.passages(inside))
    vector = PairEncoder().encode_queries(["产业"])[0]
    assert set(library.nearest(vector, 3, inside)) <= set(inside)
    assert set(library.matches([Term("产业", 1.0, {"产业": 1.0})]).best(50, inside)) <= set(inside)
    with pytest.raises(NotFoundError, match="No section of luojiang-2021 has '火星' in its heading"):
        library.within("luojiang-2021", "火星")


def test_a_damaged_word_list_is_found(folder: Path) -> None:
    with sqlite3.connect(folder / FILE) as database:
        database.execute("UPDATE passage SET words = x'ffffffff' WHERE pid = 1")
    assert "The words of passage 1 are damaged." in Library.open(folder).problems()
