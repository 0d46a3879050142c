"""When a moderator is asked whether a contact is one of police or border agencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.check import packaged_seeds, read
from bot.curation.police import involves_police
from bot.model import Contact


@pytest.mark.parametrize(
    "text",
    [
        "Toronto Police Service",
        "POLICE",
        "Sheriff’s Office",
        "Thames Valley Constabulary",
        "UK Border Force",
        "U.S. Customs and Border Protection",
        "We work with law enforcement.",
        "ICE Detroit Field Office",
        "NYPD Vice",
        "Service de police de la Ville de Montréal",
        "Gendarmerie nationale",
        "Police aux frontières",
        "les douanes françaises",
        "Forces de l’ordre",
        "GRC",
        "Policía Nacional",
        "comisaría de Usera",
        "Guardia Civil",
        "Instituto Nacional de Migración",
        "Brigada de Extranjería",
        "https://www.police.uk/",
        "https://www.rcmp-grc.gc.ca/en",
        "tips@cbsa-asfc.gc.ca",
        "info@ice.gov",
        "https://www.cbp.gov/contact",
        "https://www.torontopolice.on.ca",
        "https://www.gendarmerie.interieur.gouv.fr/",
        "https://www.gov.uk/government/organisations/border-force",
        "https://ecp.customs.gov.example/",
        "警察局",
        "公安局出入境管理处",
        "Bundespolizei",
        "Ausländerbehörde Berlin",
        "полиция",
        "Державна прикордонна служба",
        "الشرطة",
        "پولیس",
        "पुलिस थाना",
        "ตำรวจ",
        "경찰서",
        "Công an phường",
        "Polisi",
        "Αστυνομία",
        "Straż Graniczna",
        "пограничник",
        "משטרת ישראל",
        "משמר הגבול",
        "上海海关",
        "市公安局",
        "An Garda Síochána",
        "Rendőrség",
        "Polis merkezi",
    ],
)
def test_an_agency_is_noticed_by_its_name_or_its_address(text: str) -> None:
    assert involves_police(["Somebody", text])


@pytest.mark.parametrize(
    "text",
    [
        "Policy Institute",
        "policies for workers",
        "políticas migratorias",
        "ice cream",
        "Alice",
        "Without Borders",
        "Crossing borders together",
        "the custom of the house",
        "https://justice.gov.example",
        "https://dice.gov.example/",
        "https://ice.governance.example/",
        "https://office.org",
        "pompes à eau",
        "Minneapolis, Annapolis",
        "Soyez polis",
        "Polis (Cyprus)",
        "Lake Garda",
        "il garda le silence",
        "רופאים ללא גבולות",
        "משטר",
        "上海关爱女性健康中心",
        "收入管理",
        "办公安排",
        "пограничное расстройство",
        "Metropolis",
        "Politics and pulses",
        "Polish, polio, politesse",
        "移民工人中心",
        "محشر",
        "Maison des migrantes",
        "",
    ],
)
def test_words_that_only_look_like_it_are_not(text: str) -> None:
    assert not involves_police([text])


def test_no_contact_of_our_own_corpus_is_taken_for_one_that_is_not_flagged() -> None:
    contacts = [entry for entry in read(packaged_seeds()).entries if isinstance(entry, Contact)]
    assert contacts
    for contact in contacts:
        texts = [contact.title, *contact.urls, *contact.emails]
        assert involves_police(texts) == contact.police, contact.id


@given(st.lists(st.text()))
def test_any_text_can_be_looked_at(texts: list[str]) -> None:
    assert involves_police([*texts, "police"])
    assert involves_police(texts) == any(involves_police([text]) for text in texts)
