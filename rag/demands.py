"""What a text must hold to answer a question, whatever its score: the unit, the names, the role, the year, the reason.

question -> [Demand] ; a clause and its sentence -> are all of them met?

Plan prose on the same subject scores high for a question that it does not answer: 「万虹路拓改花多少钱」 is as
near to 「加快万虹路拓改」 as can be. Each demand stands for something that the asker has named or asked for
and that another subject, another place or another kind of fact would lack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import rjieba

from rag.text import squeeze
from rag.tokenizer import normalise

_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_COUNT = rf"(?:\d[\d.,]*|[{_NUMERAL}]+)\s*[多余几]?\s*(?:十|百|千|万|亿)*\s*"


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that must be in a text: in the clause itself, or where `nearby`, in its sentence."""

    what: str
    held: Callable[[str], object]  # of a text in normal form
    nearby: bool = False

    def met(self, clause: str, sentence: str) -> bool:
        """Whether the clause, or its sentence, holds it; both in normal form, in Chinese or else in English."""
        text = sentence if self.nearby else clause
        if re.search(r"[一-鿿]", text):
            return bool(self.held(text))
        english = _IN_ENGLISH.get(self.what)
        return english is None or english.search(text) is not None

    @property
    def decides(self) -> bool:
        """Whether a text without it is of something else, however much the rest speaks for it."""
        return self.what in _DECIDING


def demands(question: str) -> list[Demand]:
    """Everything that an answer to the question must hold."""
    text = squeeze(normalise(question)) if re.search(r"[一-鿿]", question) else question.lower()
    return [*_units(text), *_counted(text), *_how_many(text), *_ordinals(text), *_concerns(text), *_named(text)]


def met(wanted: Sequence[Demand], clause: str, sentence: str) -> bool:
    """Whether a clause of a sentence holds what is demanded; of figures of two kinds it may hold one."""
    text, around = normalise(clause), normalise(sentence)
    figures = [demand.met(text, around) for demand in wanted if demand.what in _FIGURES]
    others = [demand.met(text, around) for demand in wanted if demand.what not in _FIGURES]
    return all(others) and (any(figures) or not figures)


# What is counted after 多少 or 几, and what may stand for it in a plan.
_UNITS = {
    "平方公里": "平方公里|平方千米|km",
    "平方千米": "平方公里|平方千米|km",
    "平方米": "平方米|平米|㎡",
    "平米": "平方米|平米|㎡",
    "立方米": "立方米",
    "公里": "公里|千米|km|里",
    "千米": "公里|千米|km",
    "亩": "亩|公顷",
    "公顷": "亩|公顷",
    "张": "张|个",
    "人": "人|名|位|口",
    "名": "人|名|位",
    "位": "人|名|位|个",
    "家": "家|户|个|所",
    "所": "所|个|座|家",
    "级": "级",
    "万元": "元",
    "亿元": "亿",
    "个亿": "亿",
    "亿": "亿",
    "元": "元",
    "吨": "吨",
    "岁": "岁|周岁",
    "层": "层",
    "小时": "小时|时",
    "分钟": "分钟|分",
    "车道": "车道",
    "辆": "辆|台",
    "倍": "倍|[:：]1",
}
_ASKED_UNIT = re.compile(
    rf"(?:多少|几)(?:个|万|千万|亿)?({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?!民|们|才|口|区)"
)


def _units(question: str) -> Iterator[Demand]:
    if (found := _ASKED_UNIT.search(question)) and not re.search(rf"哪{found[0]}", question):
        yield Demand("unit", re.compile(rf"{_COUNT}(?:{_UNITS[found[1]]})").search)
    if "第几" in question:
        yield Demand("ordinal", re.compile(rf"第[{_NUMERAL}\d]|[“\"][{_NUMERAL}]{{2}}[”\"]").search)
    if re.search(
        r"率(?:目标)?(?:是|为|达到?|要到?)?多少|百分之[几多]|几个百分点|多少百分|几成\b|what percent|percentage",
        question,
    ):
        yield Demand("percent", re.compile(r"%|百分之|成|率|percent").search)


_HOW_MANY = re.compile(
    r"(?<!哪)多少(?:万|亿)?(?:[座张所家名位条栋间辆台处项部把块根棵头只户笔个人]|[一-鿿]{2}(?<!左右|以上|比例|比重|个点))"
    r"|\bhow many (?!times|per ?cent|percentage|points)",
)
_A_COUNT = re.compile(rf"(?:\d[\d.,]*|[{_NUMERAL}]+)(?![\d.,]*\s*(?:%|个?百分点|倍|号|月|日))")


def _how_many(question: str) -> Iterator[Demand]:
    """How many there are is not told by how much more there are: a share or a growth is no count."""
    undated = re.sub(r"(?:\d{4}|[今去明前上当]|十[一二三四五])年?[底末初前]?|年[底末初]", "", question)
    if _HOW_MANY.search(question) and not re.search(
        r"率|占|比|增长|增速|增幅|百分|涨|年|\bper ?cent|\bshares?\b|\brates?\b|\bgrow", undated
    ):
        yield Demand("count", _A_COUNT.search)


def _counted(question: str) -> Iterator[Demand]:
    """What is counted, "多少座基站": a text that has none of its characters counts something else (床位 will do for 病床)."""
    found = re.search(
        r"(?<!哪)(?:多少|几)(?:万|亿)?[座张所家名位条栋间辆台处项部把块根棵头只种户笔场]?的?(?P<noun>[一-鿿]{2,4})",
        question,
    )
    if found and not re.match(
        rf"[{_NUMERAL}号步点用搞个米亩吨元岁层级钱年月天人要能可会是]|句话|对儿?|[一-鿿]了|平方|立方|公里|公顷|千米|小时|分钟|左右|以上|资金|经费|投资|款|元",
        found["noun"],
    ):
        yield Demand("counted", re.compile(f"[{found['noun']}]").search)


def _ordinals(question: str) -> Iterator[Demand]:
    """第二产业 is not 第三产业, 北京八中 not 北京四中, 地铁3号线 not 1号线."""
    numbered = (
        rf"第[{_NUMERAL}\d]+(?!方)\w|[{_NUMERAL}]{{1,3}}中(?=\w|$)|(?<!\d)(?:\d{{1,3}}|[{_NUMERAL}]{{1,3}})号[线楼桥院]"
    )
    for found in re.findall(numbered, question):
        if re.match(r"第[一1](?!产业)", found):
            yield Demand("ordinal", re.compile("第[一1]|首|最先").search, nearby=True)
        elif found != "一中":
            school = found.removeprefix("第") if found.endswith("中") else found  # 第十一中学 is 十一中
            begins = rf"(?<![\d{_NUMERAL}])"
            yield Demand("ordinal", re.compile(f"{begins}{re.escape(school)}").search, nearby=True)


_REASONS = (
    r"为了|以便|由于|因为|因此|所以|鉴于|旨在|依据|根据|为\w{2,12}(?:提供|创造|奠定|腾出)|从而|让\w+更|应对|解决|避免|防止|缓解|不利|"
    r"导致|造成|有利于|有助于|便于|确保|势在必行|困扰|制约|进一步推动|得益于|依托|面临|针对|关注|存在\w{0,12}问题|现有\w{1,12}已|需求为牵引"
)
# Words of a question, and what a text that answers must hold for them; the text may say it in its sentence.
_CONCERNS: tuple[tuple[str, str, str], ...] = (
    (
        "role",
        r"校长|院长|区长|市长|县长|镇长|书记|局长|主任|董事长|总经理|负责人|牵头人|联系人|法人|领导[是叫]|哪[位个名]\w{0,3}领导",
        r"长[：:是为由]|(?<!总)书记|主任|负责人|牵头|领导小组|法人|责任单位|联系人",
    ),
    ("role", r"\b(?:who|whose|name)\b.{0,60}\b(?:headmaster|principal|director|mayor|secretary|chairman|leader|head of|boss|ceo)\b",
     r"校长|院长|[区市县镇局省]长|主席|董事长|(?<!总)书记|主任|负责人|牵头|责任单位"),
    ("role", r"\bin charge\b", r"负责|主管|主办|牵头|责任|部门|单位|组长|[省市区县局厅]"),
    ("speaker", r"谁\w{0,2}(?:作|做|宣读)\w{0,3}报告|who (?:gave|delivered|made|presented)", r"作\w{0,6}报告|代表\w{2,12}作"),
    ("contractor", r"承建|施工单位|设计单位|施工方|中标|开发商|\bcontractor|\b(?:which|what|the) (?:developer|builder)\b", r"承建|施工|中标|开发商|建设单位|责任单位"),
    ("growth", r"增速|增幅|增长率|增长百分|涨幅|涨几|涨多少|growth rate|grow(?:th)? by(?! \d{4}| (?:the|next|then|when))|how fast\b.{0,60}\bgrow",
     r"增长|增速|增幅|提高|上升|翻番|增加(?!值)|下降|涨|升幅|降幅"),
    ("gdp growth", r"^(?=.*(?:多少|几|目标|增速|增幅|[快慢])).*(?:gdp|生产总值|(?<![字色洋营])经济)(?:的?(?:年均|目标))?(?:增长|增速|增幅|涨)(?![点极])"
     r"|^(?=.*\b(?:targets?|goals?|rate|how (?:much|fast)|what (?:is|was|gdp))\b)(?!.*\b(?:support|promote|boost|help|drive|spur)).*(?:(?<!digital )(?<!marine )(?<!private )\b(?:gdp|economic|economy|economy's) growth\b|\bgrowth (?:\w+ )?(?:for|of|in) (?:the )?(?:gdp|economy)\b|\b(?:gdp|economy) (?:\w+ ){0,2}grow)",
     r"(?:gdp|生产总值|(?<![字色洋营])经济|总量|全年)[^，。；,;]{0,30}(?:增长|增速|增幅|翻|涨)|(?:增长|增速)目标"),
    ("gdp", r"^(?=.*(?:多少|几|目标|targets?|goals?|how (?:much|big|large)|what (?:is|was|will)))(?!.*(?:增长|增速|增幅|占|比重|人均|率|能耗|数字经济|[跟和与及]|一样|相同|哪|为什么|为何|\bwhy\b|\band\b|compare|rais|per capita|shares?|grow|rate|per ?cent|proportion|digital|energy))"
     r".*(?:(?<![a-z])gdp(?![a-z])|生产总值|经济总量|\b(?:total )?economic output\b|\bsize of (?:the|its) economy)",
     r"(?<!占)(?<!占地区)(?<!占全[省市区县]地区)(?:gdp|生产总值|经济总量|经济规模)(?!的?比)[^，。；,;占]{0,12}\d"),
    ("share", r"比重|占比|占\w{0,12}(?:几成|多少|比例)|what (?:share|proportion)|how (?:large|big|much) (?:a |of )?(?:part|share)|as a share", r"比重|占|比例|率|成|分之|\d/\d|%"),
    ("premise", r"禁止|(?<!准)不准|停建|停止|关停|取消|撤销|废除|停办|叫停|中止|暂停|forbid|prohibit|\b(?:is|are|was|were|be|been|being|to|will|a|the|plan|get) ban(?:ned)?\b|\bbans\b|\bscrap(?:s|ped)?\b(?! (?:metal|steel|iron|recycl))|cancel|abolish|\bshut(?:s|ting)?\b|\bclos(?:e|es|ed) (?:down|any)\b|\b(?:be|been|being|was|were|is|are|gets?) closed\b(?!-)|(?<!customs )(?<!wide )\bclosures?\b|suspend",
     r"禁止|不得|不准|严禁|停建|停止|关停|关闭|取消|撤销|废除|停办|中止|暂停|淘汰|退出|清退|封关|关改|杜绝|限制|不停止"),
    ("merger", r"并到|并入|合并|\bmerge", r"并入|合并|整合|撤并|集中"),
    ("reason", r"为什么|为何|缘何|什么原因|何以|依据是|理由|凭什么|\bwhy\b|\breasons?\b",
     _REASONS),
    ("choice", r"(?:为什么|为何).{1,30}(?:而不是|而非)|\bwhy\b.{1,80}\b(?:rather than|instead of|and not)\b", _REASONS),
    ("past", r"去年|上一?年|前年|目前(?:有|是|的|为)|现在有|现有|截至|迄今|实际完成|实际增长|完成了多少|last year|currently|at present|so far|actual(?:ly)?|to date",
     r"去年|上年|目前|现有|已[经有达建完成]|截至|同比|累计|实现了|完成了|成为|回顾|成就|成绩|过去|以来"),
    ("day", r"哪一?天|哪日|几号(?![线楼院桥])|几月几[日号]|\b(?:what|which|exact) (?:day|date)\b", r"\d日|\d号|[一二三四五六七八九十]日|\d[-/.]\d{1,2}[-/.]\d"),
    ("month", r"(?<!\d)几月(?!几|内|时)|几个?月份|哪一?个?月(?!份?的)|\b(?:what|which|exact) month\b", r"\d月|[一二三四五六七八九十]月|年[底初]|[上下]半年|季度"),
    ("admission", r"招生|学区|片区(?:划|里|生)|划[到入片]|录取|报名|入学条件|(?<!hospital )\badmissions?\b|\benrol", r"招生|学区|划片|录取|报名|入学"),
    ("procedure", r"(?:怎么|如何|怎样|哪里|在哪)\w{0,4}(?:申请|申报|办理|报名|领取|预约)|(?:申请|申报|办理|报名)\w{0,4}(?:流程|条件|材料|手续|程序)"
     r"|how (?:do|can) (?:i|we|you) (?:apply|register|claim|enrol)|application (?:form|process)",
     r"申请|申报|办理|报名|领取|预约|受理|登录|窗口"),
    ("condition", r"条件|资格|学历|年龄|资质|eligib|\bqualif|requirements? (?:for|to)\b", r"条件|资格|学历|年龄|资质|符合|具备|具有|应[当有]|必须|对象"),
    ("address", r"地址|哪条[路街]|哪个路口|几号楼|电话(?:号码|是|多少|[？?]|$)|门票|开放时间|几点(?:钟|开|上|下|到|关|$)|网址|opening hours|\b(?:street|postal|e-?mail|web|the|its|whose) address\b|phone number|telephone|ticket price", r"地址|位于|坐落|电话|门票|开放|时|网址|热线|[路街道]"),
    ("penalty", r"罚款|处罚|罚多少|penalt|\bfined\b|\b(?:the|a|any|pay|how (?:big|large|high) (?:is|are|a)(?: the)?) fines?\b(?! (?:particle|particulate|dust|art|chemical))", r"罚|处\w{0,4}元|责令|暂停|吊销"),
    ("subsidy", r"补贴|补助|津贴|奖励多少|发多少钱|subsid|allowance|cash|grants?\b", r"补贴|补助|津贴|奖|资助|减免|优惠|支持|资金"),
    ("length", r"多长(?!时)|全长|how (?:long(?:, in \w+,)? is|many kilomet)|length of|(?<!square )kilomet(?:re|er)s", rf"{_COUNT}(?:公里|千米|米)"),
    ("area", r"面积[^，。,]{0,10}(?:多少|多大|几(?!个?[月年成倍次]))|多大面积|占地多少|(?<!per )square (?:met|kilomet)|floor area|how large an? area", rf"{_COUNT}(?:平方|亩|公顷)"),
)  # fmt: skip
# What a text in English must hold for these; for the others anything will do.
_SOMEONE = r"\b(?:departments?|agenc(?:y|ies)|council|offices?|officer|board|committee|director|mayor|minister|manager|compan(?:y|ies)|authority|commission\w*|lead|led|partners?|university|trust|unit|team|service|bureau|corporation|ltd|inc)\b"
_WHY = r"\b(?:because|since|so that|in order|as|due|reasons?|help\w*|reduc\w*|aims?|purpose|allows?|lets?|risks?|needs?|to|for|where|which|cuts?)\b"
_IN_ENGLISH = {
    what: re.compile(held)
    for what, held in {
        **dict.fromkeys(("who", "body", "role"), _SOMEONE),
        **dict.fromkeys(("reason", "choice"), _WHY),
        **dict.fromkeys(("unit", "count"), r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundreds?|half)\b"),
        **dict.fromkeys(("percent", "share"), r"%|per ?cent|share|proportion|half|third|quarter|\bone in\b|\d in \d"),
        "contractor": r"contract|buil[dt]|developer|award",
        "growth": r"grow|grew|ris[ei]|rose|increas|\bup\b|higher|double|fall|fell|drop|declin|reduc|%|per ?cent",
        "gdp growth": r"(?:gdp|econom|output).{0,60}(?:grow|%|per ?cent)",
        "premise": r"\bban|prohibit|not allowed|no longer|\bclos|\bstop|\bend|cancel|abolish|scrap|suspend|phase|keep|remain|replac",
        "merger": r"merg|combin|amalgamat",
        "past": r"\b(?:was|were|has|have|had|last year|currently|now|today|since|already|completed|opened|fell|rose|grew|in 20\d\d)\b",
        "day": r"\b\d{1,2} ?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}\b",
        "month": r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\bquarter\b|\b(?:end|start|half) of\b",
        "admission": r"admission|enrol|catchment|appl[iy]",
        "procedure": r"appl[iy]|regist|online|\bform\b|contact|portal",
        "condition": r"\bmust\b|eligib|requir|qualif|at least|income|\bages?d?\b|under \d|over \d|only",
        "address": r"street|road|avenue|phone|e-?mail|www|\bopen|\bat\b",
        "penalty": r"\bfine|penalt|charge",
        "subsidy": r"subsid|grant|rebate|voucher|payment|allowance|support|fund|free|discount|[£$€]",
        "length": r"\d.{0,12}(?:kilomet|\bmiles?\b|met(?:re|er)s|\bkm\b)",
        "area": r"\d.{0,12}(?:square|hectare|acre|\bsq)",
    }.items()
}  # fmt: skip
_PATTERNS = tuple((what, re.compile(asked), re.compile(held)) for what, asked, held in _CONCERNS)
_FIGURES = frozenset(["unit", "percent", "length", "area"])
OF_FIGURES = _FIGURES | {"count", "counted", "growth", "share"}
OF_NAMES = frozenset(["who", "body", "where", "role", "contractor", "speaker"])
_DECIDING = frozenset(
    ["ordinal", "premise", "merger", "gdp growth", "choice", "gdp", "admission", "procedure", "address", "day", "month"]
)
_IN_CLAUSE = frozenset(["gdp", "growth", "share", "length", "area"])


def _concerns(question: str) -> Iterator[Demand]:
    for what, asked, held in _PATTERNS:
        if asked.search(question):
            yield Demand(what, held.search, nearby=what not in _IN_CLAUSE)


# Who, which body, where: an answer names one, by a name that jieba knows or a word that such names end in.
_WHO = re.compile(
    r"谁(?!更)|哪一?[位名](?!市民|居民)|什么人是|\bwho (?:is|are|was|were|will|has|chairs?|heads?|leads?|runs?|signed|signs|wrote|won)\b"
    r"|\bwhich (?:person|official|(?:vice )?minister|mayor|leader|athlete|expert)s?\b"
)
_WHICH_BODY = re.compile(
    r"哪[个家些几]{0,2}[^，。？?些]{0,3}(?:公司|企业|机构|单位|部门|厂|银行|集团|团队|大学|高校|医院|委|局|厅)"
    r"|\b(?:which|what) (?:\w+ )?(?:compan(?:y|ies)|firms?|departments?|agenc(?:y|ies)|bod(?:y|ies)|ministr(?:y|ies)|institutions?|shipyards?"
    r"|organi[sz]ations?|hospitals?|universit(?:y|ies)|teams?|banks?|enterprises?|manufacturers?|contractors?|offices?|bureaus?)\b"
)
_WHERE = re.compile(
    r"(?<!钱从)(?<!资金从)哪里|(?<![差强弱难错])在哪(?!些|个?方|[一几个些]*(?:年|月|天|方面|领域|行业|环节))|什么地方|哪[个些几]{0,2}(?:省|市|区|县|镇|乡|城市|地方|港口|街道|地区|村)"
    r"|\bwhere (?:is|are|will|was|were|can|exactly)\b(?!.*\b(?:money|fund))|\b(?:which|what) (?:\w+ )?(?:cit(?:y|ies)|provinces?|count(?:y|ies)|districts?"
    r"|towns?|ports?|villages?|regions?|countr(?:y|ies)|river basins?)\b"
)
_BODIES = re.compile(
    r"公司|集团|股份|控股|机械|科技|重工|药业|企业|银行|机构|单位|部门|政府|大学|高校|学院|医院|学校|中学|小学|实验室|协会|学会|联盟|中心|合作社|以[^,，。;；]{2,16}为(?:核心|主体|龙头)|小组|主体|责任人|负责人|人员|司机|员\b"
    r"|[一-鿿](?:局|厅|委|办|厂|队|院|所|署|组)(?![落分门委长署])|[a-z]{3}|[“\"]"
)
_PEOPLE = re.compile(r"院士|书记|[省市县区局部厅校院镇乡会站所科处]长|董事|经理|主任|主席|专家")
_PLACES = re.compile(
    r"[一-鿿](?:省|市|区|县|镇|乡|村|港|州|盟|旗|路|街|河|江|湖|岛|山|园|城|岸|基地|站|流域|大道|广场|社区|中心|国|方向|大学|学院|医院|中学|小学)"
)
_OF_PEOPLE, _OF_BODIES, _OF_PLACES = frozenset(["nr", "nrt", "nt"]), frozenset(["nt", "nz"]), frozenset(["ns"])


def _named(question: str) -> Iterator[Demand]:
    if _WHO.search(question):
        yield Demand("who", _names_someone, nearby=True)
    elif _WHICH_BODY.search(question):
        yield Demand("body", _names_a_body, nearby=True)
    if _WHERE.search(question):
        yield Demand("where", _names_a_place, nearby=True)


def _names_someone(text: str) -> bool:
    return any(pattern.search(text) for pattern in (_PEOPLE, _BODIES)) or _has_tagged(text, _OF_PEOPLE)


def _names_a_body(text: str) -> bool:
    return _BODIES.search(text) is not None or _has_tagged(text, _OF_BODIES)


def _names_a_place(text: str) -> bool:
    return _PLACES.search(text) is not None or _has_tagged(text, _OF_PLACES)


def _has_tagged(text: str, tags: frozenset[str]) -> bool:
    return any(tag in tags and len(word) > 1 for word, tag in rjieba.tag(text))
