"""What the chat page itself says, by the language of the browser.

locale -> key -> words
"""

from __future__ import annotations

_EN = {
    "ask_tab": "Ask",
    "verify_tab": "Verify a wording",
    "plans_tab": "Plans",
    "chat": "Questions and answers",
    "plan": "Plan",
    "question": "Your question",
    "placeholder": "Ask in Chinese or English…",
    "ask": "Ask",
    "new_chat": "New chat",
    "save_markdown": "Save as Markdown",
    "save_word": "Save as Word",
}
_ZH = {
    "ask_tab": "提问",
    "verify_tab": "核对原文",
    "plans_tab": "规划",
    "chat": "问答",
    "plan": "规划",
    "question": "您的问题",
    "placeholder": "请用中文或英文提问…",
    "ask": "提问",
    "new_chat": "新对话",
    "save_markdown": "存为 Markdown",
    "save_word": "存为 Word",
}
# Gradio looks for the browser's locale to the letter, then falls back to English.
WORDS = {
    "en": _EN,
    "zh": _ZH,
    **{f"zh-{place}": _ZH for place in ("CN", "TW", "HK", "SG", "MO", "Hans", "Hant")},
}
# Each shows something else, and says what.
EXAMPLES = {
    "zh": (
        ("清单", "洛江要建哪些学校？"),
        ("数字", "到2025年每千常住人口有多少张床位？"),
        ("目标", "城市建成区要扩大到多少？"),
        ("一个话题", "规划怎么说养老？"),
        ("一章要点", "智慧洛江有哪些措施？"),
        ("规划没写的", "洛江的学校什么时候开学？"),
    ),
    "en": (
        ("A list", "What schools are being built?"),
        ("A figure", "How many new basic-education places will be added?"),
        ("A target", "How large will the built-up area become?"),
        ("A subject", "What is planned for elderly care?"),
        ("Projects", "Which roads will be built?"),
        ("What it leaves open", "When will the new schools open?"),
    ),
}
EXAMPLES_OF = "luojiang-2021"  # the shipped plan, which they are asked of
