"""What many tests share: the shipped plan, the real encoder, and one index of the shipped plan."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.settings import Settings, shipped_plans
from app.wiring import Services, load_encoder, make_builder, open_services
from index.documents import read_document
from rag.ports import Encoder
from rag.types import Document

# No test may reach a model hub, whatever the machine's settings are.
os.environ["HF_HUB_OFFLINE"] = "1"

SHIPPED = "luojiang-party-congress.txt"


@pytest.fixture(scope="session")
def luojiang() -> Document:
    """The shipped plan as read from its file."""
    return read_document(shipped_plans() / SHIPPED)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with an index of the session's own; the encoder is the machine's, and the tests ask a lot."""
    return Settings(index=tmp_path_factory.mktemp("index"), rate_per_minute=0)


@pytest.fixture(scope="session")
def encoder(settings: Settings) -> Encoder:
    """The shipped encoder, built first where the cache lacks it."""
    return load_encoder(settings)


@pytest.fixture(scope="session")
def services(settings: Settings) -> Services:
    """The whole product over an index of the shipped plan."""
    make_builder(settings).build([shipped_plans()])
    return open_services(settings)


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """A small plan of another town, in a file."""
    path = tmp_path / "青山镇规划.txt"
    path.write_text(
        "青山镇2030年发展规划\n\n一、教育\n新建青山小学和云溪幼儿园，新增学位900个。\n\n"
        "二、交通\n到2028年建成青云公路12公里。\n\n"
        "三、企业\n对按期缴税确有困难的中小企业，可以申请延期3个月缴纳，最长不超过半年。\n",
        encoding="utf-8",
    )
    return path
