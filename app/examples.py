"""Examples for the description of the HTTP interface; a test holds them against the shipped plan."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ConfigDict, JsonValue

PLAN = "luojiang-2021"
WORDING = "力争新增基础教育学位8500个以上"  # the plan says 7500

EXAMPLE: dict[str, Any] = {
    "id": "3f0c5d1e7a9b2c4d",
    "question": "How many new basic-education places will be added?",
    "language": "en",
    "status": "answered",
    "text": "The plan says:\n力争新增基础教育学位7500个以上 [1]",
    "citations": [
        {
            "number": 1,
            "document_id": PLAN,
            "document_title": "…",
            "section": ["坚持普惠共享 着力打造幸福洛江"],
            "paragraph_id": "luojiang-2021:p11",
            "paragraph_number": 11,
            "quote": "力争新增基础教育学位7500个以上",
            "start": 1479,
            "end": 1497,
            "line_start": 122,
            "line_end": 123,
            "sha256": "…",
        }
    ],
    "related": [],
    "confidence": 0.97,
    "answerer": "extractive",
    "timings_ms": {"retrieve": 52.1, "answer": 9.6, "total": 61.7},
}
STREAM = "".join(
    f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
    for event, data in (
        ("citation", EXAMPLE["citations"][0]),
        ("delta", {"text": EXAMPLE["text"]}),
        ("answer", EXAMPLE),
    )
)

_CITED = EXAMPLE["citations"][0]
_NUMBER = EXAMPLE["text"].index("[1]")
COMPLETION = {
    "id": f"chatcmpl-{EXAMPLE['id']}",
    "object": "chat.completion",
    "created": 1790000000,
    "model": "planqa",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": EXAMPLE["text"],
                "refusal": None,
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "start_index": _NUMBER,
                            "end_index": _NUMBER + len("[1]"),
                            "title": _CITED["document_title"],
                            "url": "…/plans/luojiang-2021?start=1479&end=1497#p11",
                            "planqa": _CITED,
                        },
                    }
                ],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    "planqa": EXAMPLE,
}


def example(**body: JsonValue) -> ConfigDict:
    """The settings of a model whose description shows this body."""
    return ConfigDict(json_schema_extra={"examples": [dict(body)]})
