"""What is said to the assistant itself, not asked of a plan: greetings, thanks, "who are you".

message -> the key of what is said to it (`rag/phrases.py`), or none
"""

from __future__ import annotations

import re

_ENDING = r"[\s呀啊吗呢了哦吧哈!！?？。.,，~～\U0001F300-\U0001FAFF\u2600-\u27BF]*"
SELF = "self"
OPINION = "opinion"  # which only a person can have of a plan
_SAID = {
    "greeting": (
        r"你们?好|您好|嗨|哈[喽啰]|早上?好|上午好|中午好|下午好|晚上好|早安|在吗|在不在|有人吗|最近怎么样|你好吗"
        r"|hi(?: there| all)?|hello(?: there)?|hey(?: there)?|good (?:morning|afternoon|evening|day)|how are you(?: today| doing)?|how do you do|what's up"
    ),
    "thanks": (
        r"(?:好的?[，,\s]*)?(?:谢谢您?你?|多谢|非常感谢|感谢您?你?|辛苦了|太感谢|3q)(?:大家|帮助|解答|的?回答)?"
        r"|(?:ok(?:ay)?[,.! ]*)?(?:many )?(?:thanks?(?: you)?(?: very much| so much| a lot)?|cheers|thx)"
        r"(?:[,.! ]+(?:that|this|it)(?:'s| was| is)? (?:very |really |so )?(?:helpful|useful|great|good|nice|all))?"
    ),
    "praise": (
        r"你真?[很太]?(?:棒|厉害|聪明|好|牛|笨|傻|蠢)|说得?好|不错|太好|好的?|行|可以|明白|知道|懂|嗯+|哦+|哈+|呵呵+|嘻+|厉害|[6六]{2,}|无聊|吃饭"
        r"|你(?:真|太)?(?:没用|差劲)|ok(?:ay)?|great|cool|nice|perfect|good(?: job)?|well done|no problem|no worries|never ?mind|got it|i see|lol|ha(?:ha)+|wow"
        r"|you(?: are|'re) (?:so |very |really )?(?:great|useless|stupid|smart|amazing|good|bad|wrong)"
    ),
    OPINION: (
        r"(?:你|您)?(?:觉得|认为|看|说)?(?:这个|这份|该|本)?(?:规划|计划|报告|方案)(?:到底)?(?:写得|做得|编得)?(?:怎么样|咋样|好不好|好吗|行不行|行吗|靠谱吗|靠不靠谱|合理吗|现实吗|可行吗)"
        r"|(?:你|您)(?:怎么看|如何看待?|喜欢|支持|同意)(?:这个|这份|该|本)?(?:规划|计划|报告|方案)"
        r"|(?:do you think )?(?:is )?(?:the|this) (?:plan|report) (?:is )?(?:any |really |actually )?(?:good|bad|realistic|reasonable|feasible|any use|worth it)"
        r"|(?:what do you think|how do you feel|what(?:'s| is) your opinion)(?: (?:of|about|on))?(?: (?:the|this) (?:plan|report)| it)?"
        r"|do you (?:like|support|agree with) (?:the|this) (?:plan|report)"
    ),
    "bye": r"no,? thanks?(?: you)?|不用了|不需要了?|不说了|算了|再见|拜拜|回头见|晚安|下次见|bye(?:[- ]?bye)?|goodbye|good ?night|see you(?: later| soon)?|farewell",
    SELF: (
        r"(?:请问)?(?:你|您)(?:到底)?是(?:谁|什么|啥|哪个|机器人|人工智能|真人|ai)|(?:你|您)叫(?:什么|啥)(?:名字)?|谁(?:做|开发|创造|制作|研发)了?你(?:的)?|你是谁(?:做|开发|创造|制作|研发)的"
        r"|(?:请)?(?:自我)?介绍一?下?你?自己"
        r"|(?:你|您)(?:能|可以|会)(?:做|干|回答|帮我?做?)?(?:些)?(?:什么|啥)(?:问题)?|能?可?以?问(?:你)?(?:些)?什么(?:问题)?|怎么(?:使?用|提问|问)|使用说明|帮助|你能帮我什么"
        r"|who (?:are|r) (?:you|u)|what(?: are|'re) you|what(?:'s| is) your name|who (?:made|built|created|wrote|developed) you|are you (?:a |an )?(?:robot|bot|ai|human|real)"
        r"|what can (?:i|you|u) (?:ask|do|help(?: me)?(?: with)?|answer)(?: you)?(?: for me)?|how (?:does this|do you|do i|can i) (?:work|use (?:this|it|you)|start)"
        r"|what is this|help(?: me)?|introduce yourself"
    ),
}
_PATTERNS = {key: re.compile(f"(?:{said}){_ENDING}", re.IGNORECASE) for key, said in _SAID.items()}


def small_talk(message: str) -> str | None:
    """The key of what is answered to a message that asks nothing of a plan."""
    text = message.strip()
    return next((key for key, pattern in _PATTERNS.items() if pattern.fullmatch(text)), None)
