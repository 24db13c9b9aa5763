"""Messages in other spellings of Chinese."""

from __future__ import annotations

import pytest

from rag.vernacular import standard


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("東灣綫延綫幾時開工？", "东湾线延线什么时候开工？"),
        ("公屋而家要等幾耐", "公屋现在要等多久"),
        ("邊個部門負責", "哪个部门负责"),
        ("有冇津貼，幾多錢？", "有没有津贴，多少钱？"),
        ("係咪要起新醫院？喺邊度？", "是不是要起新医院？在哪里？"),
        ("政府點樣幫長者", "政府怎样帮长者"),
        ("２０２５年ＧＤＰ目标", "2025年GDP目标"),
        # what is standard already stays
        ("家居产业有哪些重点？", "家居产业有哪些重点？"),
        ("重点解决哪些问题？试点安排在哪里", "重点解决哪些问题？试点安排在哪里"),
        ("现代产业体系由哪些部分组成", "现代产业体系由哪些部分组成"),
        ("周边度假区和周边个体工商户", "周边度假区和周边个体工商户"),
        ("然而家庭农场有哪几高校", "然而家庭农场有哪几高校"),
        ("仲裁机构建在哪里", "仲裁机构建在哪里"),
        ("体系建设的系统工程", "体系建设的系统工程"),
        ("What schools are being built?", "What schools are being built?"),
    ],
)
def test_a_message_is_read_in_standard_chinese(written: str, read: str) -> None:
    assert standard(written) == read
