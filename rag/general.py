"""Whether what is left of a question asks for anything in particular."""

from __future__ import annotations

import re

# What may be left of a question that asks for no part of the plan in particular.
_GENERAL = re.compile(
    r"(?:这|那|该|本|此|整|全|份|个|篇|部|项|请|帮|给|替|我们?|你|您|用|简单|简要|简短|概括|总结|总的|总体|思路|要求|方向|引言|开头|归纳|介绍|概述|概要|简述|综述|一下|大意|梗概|要点|亮点|摘要|主要|核心|关键|重点|重要|内容"
    r"|规划|计划|纲要|报告|文件|方案|意见|通知|条例|办法|文章|文本|全文|文|党代会|政府工作|任务|目标|指标|数字|数据|数值|量化|定量|具体|涉及|提出|提到|确定|制定|设定|明确|写明|列出|列齐|列举|一些"
    r"|讲|说|写|谈|关于|什么|啥|哪些|哪几|多少|怎么|如何|有|是|的|了|要|在|里|中|上|都|请|吗|呢|吧|啊|些|和|及|与|性|定|年|到|底|实现|兑现|完成|达到|所有|全部|各|每|一|二|三|几|五|十|句|话|点|条|字|以内"
    r"|\b(?:please|can|could|would|you|give|show|list|me|us|i|want|need|to|know|the|this|that|your|a|an|of|in|on|for|by|with|from|and|all|every|each|any|it|its|is|are|was|do|does|what|which|how|s"
    r"|plan|plans|document|report|text|paper|programme|program|whole|entire|full|main|key|major|most|important|headline|short|brief|briefly|quick|simple|nutshell|few|one|two|three|five|ten|sentences?|words?|paragraphs?"
    r"|points?|ideas?|content|contents|messages?|takeaways?|highlights?|summar\w*|overview|gist|outline|tl|dr|tell|describe|explain|about|say|says|contain|cover|set|sets|setting|mention\w*|there|have|has|overall|general|generally|mainly|introduction|opening|idea|approach|direction|requirement|line|open|opens|put"
    r"|numerical|numeric|quantitative|measurable|quantified|targets?|goals?|aims?|objectives?|figures?|numbers?|indicators?|end|year)\b"
    r"|(?:19|20)\d\d|\W|_)+",
    re.IGNORECASE,
)


def is_general(text: str) -> bool:
    """Whether a text has only words that go with any question for a plan or a part of it as a whole."""
    return not _GENERAL.sub("", text)
