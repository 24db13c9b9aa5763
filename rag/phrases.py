"""What PlanQA says in its own words, in Chinese and English; everything else it says is a plan's.

(key, language) -> sentence
"""

from __future__ import annotations

_PHRASES: dict[str, dict[str, str]] = {
    "frame": {"zh": "规划原文：", "en": "The plan says:"},
    "frame_unofficial": {"zh": "规划原文：", "en": "The plan says (unofficial translation):"},
    "not_stated": {
        "zh": "规划提到了相关内容，但没有说明您问的这一点。下面是最接近的原文。",
        "en": "The plan speaks of this, but does not state what you ask. The nearest passages are shown below.",
    },
    "open": {"zh": "（规划没有说明这一点）", "en": "(The plan does not state this.)"},  # beside what it does state
    "out_of_scope": {
        "zh": "规划没有提到这个问题。",
        "en": "The plan does not speak of this.",
    },
    "unclear": {
        "zh": "请说明您想了解什么，例如：“要建哪些学校？”",
        "en": 'Please say what you would like to know, for example: "What schools are being built?"',
    },
    "greeting": {
        "zh": "您好！请就规划提问，例如：“要建哪些学校？”“到2025年每千常住人口有多少张床位？”"
        "我只用规划的原话回答，并注明出处。",
        "en": 'Hello! Ask me about the plan, for example: "What schools are being built?" or "How many hospital beds '
        "per thousand residents?\" I answer only in the plan's own words, and show where they stand.",
    },
}


def phrase(key: str, language: str) -> str:
    """The sentence for `key`; English for every language but Chinese."""
    return _PHRASES[key]["zh" if language == "zh" else "en"]
