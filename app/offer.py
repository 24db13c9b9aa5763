"""What a visitor may ask of: the plans above the chat, the chooser, and whether the examples fit.

Library, plan in the address -> links to the plans, choices
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from app.messages import plan_address
from app.page_words import EXAMPLES_OF
from rag.types import Document, DocumentInfo, Role

FEW = 3  # plans that are named one by one
_LABEL = (
    '<p class="pq-label"><span class="pq-zh" lang="zh-CN">可以问的规划：</span>'
    '<span class="pq-en" lang="en">What you can ask about:</span></p>'
)


class Plans(Protocol):
    """What holds the plans."""

    def documents(self) -> Sequence[DocumentInfo]:
        """What is known of each."""

    def document(self, document_id: str) -> Document:
        """One of them, whole."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The plans that can be asked."""

    html: str
    choices: list[tuple[str, str]]  # (title, id), all of them first
    chosen: str  # id
    examples: bool  # whether they are asked of a plan that is there


def offer_plans(plans: Plans, wanted: str = "") -> Offer:
    """Links to the plans, or to their list where they are many.

    :param wanted: id of the plan that the visitor came for.
    """
    infos = plans.documents()
    ids = {info.id for info in infos}
    if len(infos) <= FEW:
        items = "".join(_item(info, plans.document(info.id)) for info in infos)
        html = f'{_LABEL}<ul class="pq-plans">{items}</ul>'
    else:
        html = (
            f'<p><a href="#plans" class="pq-all"><span class="pq-zh">可问 {len(infos)} 份规划，查看目录</span>'
            f'<span class="pq-en">{len(infos)} plans can be asked: see the list</span></a></p>'
        )
    return Offer(
        html,
        [("全部规划 / All plans", ""), *((info.title, info.id) for info in infos)],
        wanted if wanted in ids else "",
        EXAMPLES_OF in ids and wanted in ("", EXAMPLES_OF),
    )


def _item(info: DocumentInfo, plan: Document) -> str:
    known = escape(" · ".join(filter(None, (info.issuer, info.kind, info.published))))
    said = _title_in_english(plan)
    if said:
        said = f'<span class="pq-en">{said}</span>'
    return (
        f'<li><a href="{plan_address(info.id)}"><bdi lang="{escape(info.language)}">{escape(info.title)}</bdi></a>'
        f'<span class="pq-known">{known}</span>{said}</li>'
    )


def _title_in_english(plan: Document) -> str:
    """The title's translation, where the plan has one."""
    titles = {paragraph.number for paragraph in plan.paragraphs if paragraph.role is Role.TITLE}
    found = next((one for one in plan.translations if one.language == "en"), None)
    if found is None:
        return ""
    said = " ".join(unit.text for unit in found.units if unit.paragraph in titles)
    return escape(f"“{said}”{'' if found.official else ' (unofficial translation)'}") if said else ""
