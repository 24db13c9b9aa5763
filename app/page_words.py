"""What the chat page itself says, by the language of the browser.

locale -> key -> words
"""

from __future__ import annotations

_EN = {
    "what": "## PlanQA\n\nAsk a government plan. Every answer is the plan's own words, "
    "each with a number that opens the place it stands at. Nothing is invented.",
    "ask_tab": "Ask",
    "verify_tab": "Verify a wording",
    "chat": "Questions and answers",
    "plan": "Plan",
    "question": "Your question",
    "placeholder": "Ask in Chinese or English…",
    "ask": "Ask",
}
_ZH = {
    "what": "## PlanQA 规划问答\n\n就政府规划提问。回答只用规划原文，每句附编号，点击即可查看出处。不编造任何内容。",
    "ask_tab": "提问",
    "verify_tab": "核对原文",
    "chat": "问答",
    "plan": "规划",
    "question": "您的问题",
    "placeholder": "请用中文或英文提问…",
    "ask": "提问",
}
# Gradio looks for the browser's locale to the letter, then falls back to English.
WORDS = {
    "en": _EN,
    "zh": _ZH,
    **{f"zh-{place}": _ZH for place in ("CN", "TW", "HK", "SG", "MO", "Hans", "Hant")},
}
