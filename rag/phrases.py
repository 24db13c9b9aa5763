"""What PlanQA says in its own words, in Chinese and English; everything else it says is a plan's.

(key, language) -> sentence
"""

from __future__ import annotations

_PHRASES: dict[str, dict[str, str]] = {
    "frame": {"zh": "规划原文：", "en": "The plan says:"},
    "frame_unofficial": {"zh": "规划原文：", "en": "The plan says (unofficial translation):"},
    "other_figure": {
        "zh": "规划的数字与您说的“{}”不同：",
        "en": 'The plan has another figure than your "{}":',
    },
    "not_stated": {
        "zh": "规划提到了相关内容，但没有说明您问的这一点。下面是最接近的原文。",
        "en": "The plan speaks of this, but does not state what you ask. The nearest passages are shown below.",
    },
    "open": {"zh": "（规划没有说明这一点）", "en": "(The plan does not state this.)"},  # beside what it does state
    "left_open": {"zh": "关于“{}”：规划没有说明。", "en": 'On "{}": the plan does not state it.'},
    "out_of_scope": {
        "zh": "规划没有提到这个问题。",
        "en": "The plan does not speak of this.",
    },
    "which_plan": {
        "zh": "这里有多份规划，请说明您问的是哪一份，例如：“2025年广东省政府工作报告主要讲什么？”",
        "en": 'There are several plans here. Please name the one you mean, for example: "What is the 2025 report of '
        'Guangdong about?"',
    },
    "unclear": {
        "zh": "请说明您想了解什么，例如：“规划主要讲什么？”",
        "en": 'Please say what you would like to know, for example: "What is the plan about?"',
    },
    "greeting": {
        "zh": "您好！请就规划提问，例如：“规划主要讲什么？”“有哪些数字目标？”我只用规划的原话回答，并注明出处。",
        "en": 'Hello! Ask me about the plan, for example: "What is the plan about?" or "Which numerical targets '
        "are there?\" I answer only in the plan's own words, and show where they stand.",
    },
    "self": {
        "zh": "我是 PlanQA，一个规划问答程序：您提问，我从规划里找出回答它的原话，并注明出处；规划没有说的，我不会编。"
        "例如可以问：“规划主要讲什么？”“有哪些数字目标？”",
        "en": "I am PlanQA, a program that answers questions about plans: I look for the plan's own words that answer, "
        "show where they stand, and say so when there are none. You can ask, for example: "
        '"What is the plan about?" or "Which numerical targets are there?"',
    },
    "thanks": {
        "zh": "不客气！还想了解规划的什么，请接着问，例如：“规划主要讲什么？”",
        "en": 'You\'re welcome! Ask on whenever you like, for example: "What is the plan about?"',
    },
    "praise": {
        "zh": "好的。还想了解规划的什么，请接着问，例如：“规划主要讲什么？”",
        "en": 'All right. Ask me anything else about the plan, for example: "What is the plan about?"',
    },
    "opinion": {
        "zh": "我不作评价，只引用规划的原话。可以问，例如：“规划主要讲什么？”",
        "en": 'I give no opinion, I only quote the plan. You can ask, for example: "What is the plan about?"',
    },
    "bye": {
        "zh": "再见！需要时再来问，例如：“规划主要讲什么？”",
        "en": 'Goodbye! Come back with any question about the plan, for example: "What is the plan about?"',
    },
}


def phrase(key: str, language: str) -> str:
    """The sentence for `key`; English for every language but Chinese."""
    return _PHRASES[key]["zh" if language == "zh" else "en"]
