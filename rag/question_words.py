"""The question words of languages beside Chinese and English, by the kind of thing that each asks for.

Spanish, Portuguese, French, Italian, German, Dutch, Russian, Turkish, Vietnamese, Indonesian and Malay, Tagalog,
Japanese, Korean, Thai, Arabic, Hindi. Question words are a closed class, so that a list of them is nearly complete.
"""

from __future__ import annotations

NUMBER = (
    r"\bcu[aá]nt[oa]s?\b|\bquant[oaie]s?\b|\bcombien\b|\bquel(?:le)? (?:est |sera )?(?:la |le |l['’])?(?:pourcentage|part|nombre|taille|longueur|superficie|taux|montant)"
    r"|\b(?:qué|que|che|qual) (?:porcentaje|percentuale|percentagem|porcentagem)|\bwie ?viele?\b|\bwie (?:hoch|groß|lang|stark|weit)\b|\bhoeveel\b"
    r"|сколько|каков[аыо]? (?:\w+ )?(?:доля|площадь|размер|объ|процент|темп)|\bkaç\b|\bne kadar\b|bao nhiêu|\bmấy\b|\b(?:se)?berapa\b|\bilan\b|\bmagkano\b"
    r"|いくつ|いくら|何(?:人|校|所|件|本|キロ|％|%|パーセント|倍|割|床|個|社|台|軒|カ所|か所|平方|億|万|兆)|ど(?:の|れ)(?:くらい|ぐらい|だけ|ほど)|얼마|몇"
    r"|เท่าไ|เท่าใด|กี่|(?<!\w)كم(?!\w)|ما (?:هي |هو )?(?:نسبة|عدد|مساحة|حجم)|कितन"
)
MONEY = (
    r"\bcuest|\bcost[aoi]\b|\bcosterà|\bcustar?|\bpresupuesto|\borçamento|\bcoûts?\b|\bcoûte|\bbudget|\bkosten?\b|\bkostet|\bprezzo|\bprecio|\bpreço|\bprix\b|\bpreis\b"
    r"|сто[ия]т|стоимост|бюджет|\bmaliyet|\bbütçe|chi phí|ngân sách|kinh phí|bao nhiêu tiền|\bbiaya|\banggaran|\bgastos?\b"
    r"|費用|予算|いくら|総額|비용|예산|งบประมาณ|ค่าใช้จ่าย|ราคา|تكلف|ميزانية|लागत|बजट|खर्च"
)
TIME = (
    r"\bcu[aá]ndo\b|\bquando\b|\bquand\b|\bwann\b|\bwanneer\b|\bqué (?:año|fecha|día)|\bem que (?:ano|data|dia)|\bquelle (?:année|date)|\bwelche[mns]? (?:jahr|datum|tag)"
    r"|\bin che (?:anno|data)|когда|в каком году|к какому году|какого числа|\bne zaman\b|\bhangi (?:yıl|tarih)|khi nào|bao giờ|năm nào|\bkapan\b|\bbila\b|tahun berapa|\bkailan\b"
    r"|いつ|何[年月日時]|期限|언제|몇 ?[년월]|เมื่อไ|ปีไหน|วันไหน|متى|أي (?:عام|سنة)|(?<!\w)कब|किस (?:साल|वर्ष)"
)
LIST = (
    r"\bqué (?:otr[oa]s )?\w+[oae]?s\b|\bcu[aá]les\b|\bquais\b|\bque \w+[oae]s\b|\b(?:les)?quel(?:le)?s\b|\bwelche[nr]?\b|\bwas für\b|\bwelke\b|\bquali\b|\bche (?:tipo|\w+[ie]\b)|\benumer|\belenc|\bliste"
    r"|как(?:ие|их|им)|перечисл|\bhangi\b|\bneler|\bnelerdir\b|những|(?:các|nào)\b|gồm|\bmana\b|\b(?:apa|siapa) (?:saja|sahaja|lagi)\b|\b(?:industri|bidang|proyek|projek|sektor) apa\b|\bcitez\b|\bsebutkan|\bsenaraikan|yang mana|\balin\b|\banu-?ano|\bano-ano"
    r"|どんな|どの(?!よう|くらい|ぐらい)|何[のがを]|どこ|すべて|全て|挙げ|一覧|リスト|어떤|무슨|어느|무엇|나열|อะไรบ้าง|ใดบ้าง|ไหนบ้าง|(?:ที่)?ไหน|ما ه[يو]|^ما (?:ال|أبرز|أهم)|(?<!\w)أي(?!\w)|اذكر|ماذا|कौन|किन|क्या-क्या"
)
WAY = (
    r"\bc[oó]mo\b|\bpor ?qu[eéê]\b|\bpara qué\b|\bmedidas\b|\bcomment\b|\bpourquoi\b|\bmesures\b|\bwie (?!viel|hoch|groß|lang|stark|weit)|\bwarum\b|\bweshalb\b|\bwieso\b|\bmaßnahmen\b|\bhoe\b|\bwaarom\b"
    r"|\bcome\b|\bperch[eé]\b|\bmisure\b|(?<!\w)как(?!\w)|каким образом|почему|зачем|мер[ыа]\b|\bnasıl\b|\bneden\b|\bniçin\b|\bniye\b|thế nào|làm sao|tại sao|vì sao|biện pháp"
    r"|\bbagaimana\b|\bmengapa\b|\bkenapa\b|\blangkah|\bpaano\b|\bbakit\b|どう|なぜ|どのよう|対策|理由|어떻게|왜|방안|대책|อย่างไร|ยังไง|ทำไม|มาตรการ|كيف|لماذا|إجراءات|تدابير|कैसे|क्यों|उपाय"
)
COMPARE = r"\bcompar|\bvergl[ei]+ch|\bconfront|сравн|\bkarşılaştır|so sánh|\bbanding|比べ|比較|비교|เปรียบเทียบ|قارن|مقارنة|तुलना"
MEANING = (
    r"\bqué (?:significa|quiere decir)|\bo que (?:significa|quer dizer)|\bque (?:signifie|veut dire)|\bqu['’]est-ce que c|\bwas (?:bedeutet|heißt)|\bcosa (?:significa|vuol)|что (?:значит|означает|такое)"
    r"|\bne demek|nghĩa là|\bapa (?:itu|arti|maksud)|\bano ang ibig|とは|意味|무슨 뜻|의미|คืออะไร|หมายความ|ما معنى|ماذا يعني|क्या मतलब|का अर्थ"
)
BRIEF = (
    r"\bresum|\brésum|\bzusammenfass|\büberblick|\briassum|\bsintesi|\bsintetizz|обзор|кратко|вкратце|\bözet|tóm tắt|\bringkas|\brangkum|\bbuod"
    r"|概要|要約|まとめ|요약|개요|สรุป|ملخص|لخص|सारांश|संक्षेप"
)
