"""The look-up and the verdicts as properties, over generated plans and the shipped one; fixed seeds."""

from __future__ import annotations

import random
import re

import pytest

from app.settings import shipped_plans
from index.build import Builder
from index.store import Store
from index.wordings import StoredWordings
from rag.text import squeeze
from rag.tokenizer import Tokenizer
from rag.wording.verify import Verifier
from tests.fakes import PairEncoder

TOWNS = ["青山镇", "云溪县", "白水区", "南岭市"]
CLAUSES = [
    "新建{}中小学{}所，新增学位{}个",
    "到{}年{}建成区面积扩大至{}平方公里", "{}一般公共预算收入突破{}亿元，年均增长{}%以上",
    "实施{}第{}期河道整治工程，完成投资{}万元", "{}每千常住人口床位数达{}张，养老床位达{}张",
]  # fmt: skip
NUMERAL = re.compile(r"[0-9.,零〇一二两三四五六七八九十百千万亿]")


def write_plan(rnd, town):
    lines = [f"{town}发展规划", ""]
    for _ in range(30):
        clause = rnd.choice(CLAUSES)
        year = "到{}年" in clause
        values = (rnd.randint(2021, 2035), town) if year else (town, rnd.choice(["7", "28", "1.8", "400", "2,300"]))
        lines += [clause.format(*values, rnd.choice(["6.5", "7500", "3.2万", "18000", "45"])) + "。", ""]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """A verifier over four generated plans and the shipped one, and their bare texts by id."""
    rnd = random.Random(6)
    folder = tmp_path_factory.mktemp("plans")
    for town in TOWNS:
        (folder / f"{town}.txt").write_text(write_plan(rnd, town), "utf-8")
    index = folder / "index"
    Builder(index, PairEncoder(), Tokenizer()).build([folder, shipped_plans()])
    store = Store.open(index)
    return Verifier(StoredWordings(store), Tokenizer()), {s.id: squeeze(s.source) for s in store.sources()}


def cut(rnd, text, shortest=10, longest=80):
    """A slice that goes through no figure."""
    begin = rnd.randrange(len(text) - longest)
    stop = begin + rnd.randint(shortest, longest)
    while begin and NUMERAL.match(text[begin - 1]) and NUMERAL.match(text[begin]):
        begin -= 1
    while stop < len(text) and NUMERAL.match(text[stop - 1]) and NUMERAL.match(text[stop]):
        stop += 1
    return text[begin:stop]


def spread(rnd, text):
    return "".join(char + (rnd.choice([" ", "\n", "\u3000", "\r\n"]) if rnd.random() < 0.15 else "") for char in text)


def test_any_slice_is_exact_where_it_stands(plans):
    verifier, texts = plans
    rnd = random.Random(1)
    for _ in range(100):
        home = rnd.choice(sorted(texts))
        piece = cut(rnd, texts[home])
        found = verifier.verify(spread(rnd, piece))
        assert found.verdict == "exact", piece
        for place in found.places:
            assert squeeze(verifier._plans.document(place.document_id).source[place.start : place.end]) == piece
            assert squeeze(place.quote) == piece


def test_one_changed_figure_is_altered_and_named(plans):
    verifier, texts = plans
    rnd = random.Random(2)
    tried = 0
    while tried < 80:
        piece = cut(rnd, texts[rnd.choice(sorted(texts))], 16)
        figures = list(re.finditer(r"\d+(?:[.,]\d+)*", piece))
        if not figures:
            continue
        figure = rnd.choice(figures)
        place = rnd.choice([i for i in range(*figure.span()) if piece[i].isdigit()])
        digit = rnd.choice([d for d in "123456789" if d != piece[place]])
        changed = piece[:place] + digit + piece[place + 1 :]
        if any(changed in text for text in texts.values()):
            continue
        tried += 1
        found = verifier.verify(spread(rnd, changed))
        new = changed[slice(*figure.span())]
        assert found.verdict == "altered", changed
        assert any(new in change.pasted for change in found.changes), (changed, found.changes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("以上", "以下"),
        ("亿元", "万元"),
        ("平方公里", "公里"),
        ("个", "所"),
        ("新建", "续建"),
        ("张", "家"),
        ("不断", "不再"),
    ],
)
def test_units_bounds_states_and_negations_are_altered(plans, old, new):
    verifier, texts = plans
    rnd = random.Random(3)
    tried = 0
    for _ in range(3000):
        piece = cut(rnd, texts[rnd.choice(sorted(texts))], 16)
        changed = piece.replace(old, new, 1)
        if changed == piece or any(changed in text for text in texts.values()):
            continue
        found = verifier.verify(spread(rnd, changed))
        assert found.verdict == "altered", changed
        assert any(new in change.pasted or old in change.plan for change in found.changes), found.changes
        tried += 1
        if tried == 6:
            break
    assert tried


def test_another_plans_words_are_not_this_ones(plans):
    verifier, texts = plans
    rnd = random.Random(4)
    for _ in range(60):
        home, other = rnd.sample(sorted(texts), 2)
        piece = cut(rnd, texts[home], 12)
        assert (verifier.verify(piece, plan=other).verdict == "exact") == (piece in texts[other]), piece


def test_the_look_up_follows_the_store(tmp_path, plan_file):
    builder = Builder(tmp_path / "index", PairEncoder(), Tokenizer())
    builder.build([plan_file])
    verifier = Verifier(StoredWordings(Store.open(tmp_path / "index")), Tokenizer())
    assert verifier.verify("新建青山小学和云溪幼儿园").verdict == "exact"
    plan_file.write_text(plan_file.read_text("utf-8").replace("900个", "800个"), "utf-8")
    builder.add([plan_file])
    assert verifier.verify("新增学位900个。").verdict == "altered"
    assert verifier.verify("新增学位800个。").verdict == "exact"
    builder.remove("青山镇规划")
    assert verifier.verify("新增学位800个。").verdict == "absent"
    assert Store.open(tmp_path / "index").problems() == []
