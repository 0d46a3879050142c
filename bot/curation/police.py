"""Whether a contact looks like one of a police, border or immigration enforcement agency."""

import re
from collections.abc import Iterable
from unicodedata import normalize

from bot.search.text import fold

# In folded text, so without accents and in small letters; in English, French and Spanish, and the word for
# police in other languages that are written in Latin letters.
_WORDS = re.compile(
    r"\b(?:"
    r"polic(?:e|es|ing|eman|emen|ewoman|ewomen|ia|ias|iaco|iaca|ial|iales|ier|iers|iere|ieres|ja|ie)"
    r"|polizei|politie|polizia|polisen|carabinier[ie]s?|carabineros?"
    r"|sheriff'?s?|constab(?:le|les|ulary)|law enforcement|crime stoppers|vice (?:squad|unit)"
    r"|border[ -](?:agency|control|force|guards?|patrol|police|protection|security|services)"
    r"|customs|homeland security|immigration[ -](?:and customs|enforcement|raids? team|removal)"
    r"|frontex|europol|interpol|royal canadian mounted"
    r"|gendarmes?|gendarmerie|gendarmeria|commissariats?|douan(?:e|es|ier|iers)|forces? de l'ordre"
    r"|surete du quebec|services frontaliers|garde[- ]frontieres?|maison de l'immigration"
    r"|comisarias?|guardia (?:civil|nacional|urbana)|aduanas?|la migra|mossos d'esquadra|ertzaintza"
    r"|patrulla fronteriza|control (?:fronterizo|migratorio)|instituto nacional de migracion"
    r"|brigada (?:de|provincial de) extranjeria"
    r"|polis(?:en|i|iya|ya)|polis (?:merkezi|karakolu|teskilati|diraja)|politi(?:et|a|e)?|poliisi|politsei"
    r"|policij[aeu]|polici(?:i|sti)|pulis(?:ya)?|lapolis|booliis(?:ka)?|boliska|heddlu|gardai|an garda"
    r"|garda siochana|rendor(?:seg|ok|kapitanysag)|straz graniczna|canh sat|cong an|bien phong|jandarma"
    r"|emniyet (?:mudurlugu|genel)|marechaussee|grenzschutz|auslander(?:behorde|amt)|zollamt"
    r"|\w+(?:polizei|politie)"
    r")(?!\w)"
)
# In scripts of their own, some of which put no space between words: police, border guard, immigration office,
# and not the ends of other words that look the same, such as “Shanghai cares” or “Doctors Without Borders”.
_SCRIPTS = re.compile(
    "警察|警局|警方|警署|警视|警視|(?<![办辦])公安|派出所|移民局|入境事务|入境事務|出入境|边防|邊防|(?<!上)海[关關]|入国管理"
    r"|погран(?:ичник|служб|ичн\w+ (?:служб|контрол|войск))|прикордон(?:ник|н\w+ (?:служб|контрол|військ))"
    "|경찰|출입국|полиц|поліц|милици|міліц|таможн|митниц|жандарм|ոստիկան|პოლიცი|αστυνομ"
    "|شرطة|الدرك|الجمارك|حرس الحدود|پلیس|پولیس|משטרה|משטרת|משמר הגבול"
    "|पुलिस|प्रहरी|পুলিশ|ਪੁਲਿਸ|પોલીસ|போலீஸ்|காவல்துறை|పోలీసు"
    "|പോലീസ്|පොලිස|ตำรวจ|ตรวจคนเข้าเมือง|ຕຳຫຼວດ|ប៉ូលិស|ရဲတပ်|ရဲစခန်း|ፖሊስ"
)
# Abbreviations, in capitals alone: what a block of ice is, and who reads ice cream, is no matter of ours.
# NYPD, LAPD, SFPD …: police departments call themselves so.
_CAPITALS = re.compile(
    r"\b(?:RCMP|GRC|CBSA|ASFC|OPP|SPVM|ICE|HSI|CBP|DHS|FBI|USCIS|INM|CNP|BORTAC|[A-Z]{2,4}PD)\b"
)
# Names in addresses: of agencies that do not say what they are, and parts of names that do.
_HOSTS = re.compile(
    r"(?<![\w-])(?:(?:ice|cbp|dhs|fbi|uscis|usmarshals)\.gov|rcmp-grc\.gc\.ca|cbsa-asfc\.gc\.ca"
    r"|interieur\.gouv\.fr|opp\.ca|tps\.ca|vpd\.ca|spvm\.qc\.ca|sq\.gouv\.qc\.ca|lapdonline\.org|a[bf][fp]\.gov\.au)(?![\w-])"
    r"|(?:police|policia|polizei|politie|polizia|gendarmerie|sheriff|guardiacivil|borderforce|borderpatrol"
    r"|douane|aduana)[\w-]*\.[a-z]|(?:border|customs)[\w.-]{0,60}\.go[bv]"
)


def involves_police(texts: Iterable[str]) -> bool:
    """Whether any text of a contact, its name, purpose or addresses, names such an agency.

    A hint that asks a moderator to say whether it is one, and never a decision: “we do not call the police”
    gives it, too, and who hides what they are does not.
    """
    return any(
        _CAPITALS.search(text)
        or _SCRIPTS.search(normalize("NFC", text).casefold())
        or _WORDS.search(folded := fold(text))
        or _HOSTS.search(folded)
        for text in texts
    )
