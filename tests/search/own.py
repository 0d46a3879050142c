"""The shelf of a made-up community: a drop-in centre in a port town, with what it would keep for itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from bot.curation.model import ADDED, Own, Seed

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = date(2026, 6, 1)

CONTACTS = """
lantern-house|Lantern House|Emergency beds for the night from eight in the evening; no papers are asked for
harbour-clinic|Harbour Street Clinic|Testing, vaccines and contraception without an appointment on Tuesdays
quayside-kitchen|Quayside Community Kitchen|Hot lunches every day and food parcels on Fridays
rosewater-legal|Rosewater Legal Aid|Free advice from solicitors about debts, evictions and fines
night-bus|The Night Bus|A van with tea, condoms and blankets that parks behind the station after midnight
saltmarsh-credit|Saltmarsh Credit Union|Small loans and bank accounts for people whom banks turn away
little-boats|Little Boats Nursery|Childcare in the evening and at weekends, by the hour
driftwood|Driftwood Choir|Singing together on Wednesdays; everybody is welcome
tidewater-needle|Tidewater Needle Exchange|Clean needles, naloxone and no questions
gull-cycles|Gull Cycle Workshop|Repairs bicycles for free and teaches how it is done
brightwater|Brightwater Counselling|Talking therapy on a sliding scale, also by telephone
wharf-library|Wharf Library Help Desk|Computers, printing and help with forms
pilot-dental|Pilot Dental Van|Dentistry for people without insurance, on the first Monday of the month
ferry-hostel|Ferry Lane Hostel|Rooms by the week for women and their children
lighthouse-line|Lighthouse Line|A telephone line for whoever thinks of suicide, day and night
"""
READINGS = """
rent-book|The Rent Book|How tenants kept their homes when the docks were sold
knitting-circle|Knitting as Resistance|A pamphlet about crafts and quiet protest
benefits-guide|Benefits Explained 2025|Which allowances there are, and how to appeal a refusal
tenancy-rights|Your Tenancy, Your Deposit|How to get a deposit back from a landlord
winter-guide|Winter Survival Guide|Where it is warm, dry and free in the cold months
tax-freelance|Tax Returns for Freelancers|Step by step through a declaration of self-employed income
trans-names|Changing Your Name and Gender Marker|The forms, the fees and the waiting times
naloxone-howto|How to Use Naloxone|What to do in an overdose until the ambulance comes
bread-recipes|Bread for Fifty|Recipes of the community kitchen
dock-history|The Dockers' Strike of 1911|A local history with photographs
password-zine|Passwords and Phones|A zine about locking a telephone and keeping chats to yourself
burial-fund|The Burial Fund Handbook|How friends pay for a funeral together
"""
ACTIONS = """
library-hours|Ask the council for longer library hours|Write to the councillors before the budget is voted
bus-route|Sign for the return of bus route 14|The night bus route was cut in spring
warm-coats|Bring a warm coat|Coats are handed out at the kitchen in November
crosswalk|Ask for a crosswalk on Harbour Street|Two people were hit by cars there
rent-cap|Support a cap on rents|A petition of the tenants' union
public-toilets|Reopen the public toilets|The ones at the market were locked in 2023
volunteer-drivers|Drive for the food parcels|Volunteers with a car are wanted on Fridays
swimming|Free swimming for teenagers|Ask the pool to renew the scheme
clean-beach|Clean the beach|Every first Sunday, gloves are provided
"""
NOTES = """
hygiene-bank|Hygiene bank|Soap, towels and tampons are on the shelf beside the door of the drop-in
laundry-day|Laundry day|The machines are free on Thursdays from nine to five
quiet-room|Quiet room|A room with a sofa and a door that locks, for an hour at a time
locker-rules|Lockers|Each locker is lent for a month, with a deposit of five pounds
drop-in-hours|Opening hours|The drop-in opens at ten and closes at six, not on Mondays
dog-policy|Dogs|Dogs are welcome on a lead, and there is a bowl of water
wifi-note|Wireless network|The password is on the board by the kettle
lost-property|Lost property|What is found is kept for ninety days in the blue cupboard
interpreter-book|Interpreters|Romanian and Vietnamese can be booked two days before
house-agreement|House agreement|No filming, no shouting, no selling to each other
membership|Membership|Anybody who comes twice can vote at the yearly meeting
bookclub|Book club|The last Thursday of the month, with soup
repair-cafe|Repair café|Toasters, zips and lamps are mended on Saturdays
garden|Roof garden|Beans and herbs grow on the roof, and watering is shared
"""
NOTHING = (
    "bowling alley prices",
    "train timetable to the airport",
    "world cup results",
    "how to fix a carburettor",
    "guitar lessons",
    "crypto wallet",
)
QUESTIONS = {
    "lantern house": "contact:lantern-house",
    "emergency beds tonight": "contact:lantern-house",
    "harbor street clinic": "contact:harbour-clinic",
    "quayside kitchen": "contact:quayside-kitchen",
    "rosewater legal": "contact:rosewater-legal",
    "rosewatter legal aid": "contact:rosewater-legal",
    "night bus": "contact:night-bus",
    "credit union": "contact:saltmarsh-credit",
    "little boats": "contact:little-boats",
    "driftwood": "contact:driftwood",
    "driftwod choir": "contact:driftwood",
    "needle exchange": "contact:tidewater-needle",
    "gull cycle": "contact:gull-cycles",
    "brightwater counseling": "contact:brightwater",
    "dental van": "contact:pilot-dental",
    "ferry lane hostel": "contact:ferry-hostel",
    "lighthouse line": "contact:lighthouse-line",
    "the rent book": "reading:rent-book",
    "knitting": "reading:knitting-circle",
    "benefits explained": "reading:benefits-guide",
    "deposit back from landlord": "reading:tenancy-rights",
    "winter survival": "reading:winter-guide",
    "tax returns": "reading:tax-freelance",
    "change name and gender marker": "reading:trans-names",
    "how do i use naloxone": "reading:naloxone-howto",
    "bread recipes": "reading:bread-recipes",
    "dockers strike 1911": "reading:dock-history",
    "passwords and phones": "reading:password-zine",
    "burial fund": "reading:burial-fund",
    "library hours": "action:library-hours",
    "bus route 14": "action:bus-route",
    "warm coat": "action:warm-coats",
    "crosswalk harbour street": "action:crosswalk",
    "public toilets": "action:public-toilets",
    "clean the beach": "action:clean-beach",
    "hygiene bank": "topic:hygiene-bank",
    "laundry": "topic:laundry-day",
    "quiet room": "topic:quiet-room",
    "lockers": "topic:locker-rules",
    "wireless password": "topic:wifi-note",
    "lost property": "topic:lost-property",
    "repair cafe": "topic:repair-cafe",
    "roof garden": "topic:garden",
    "book club": "topic:bookclub",
}
"""What members would type, and the entry that answers it."""


def items() -> Iterator[Own]:
    """The fifty entries of the shelf."""
    for name, title, text in _rows(CONTACTS):
        yield own(contact(name, title, text))
    for name, title, text in _rows(READINGS):
        yield own(reading(name, title, text))
    for name, title, text in _rows(ACTIONS):
        yield own(action(name, title, text))
    for name, title, text in _rows(NOTES):
        yield own(note(name, title, text))


def own(seed: Seed, *, removed: bool = False) -> Own:
    """An item as it is kept."""
    return Own(str(seed["id"]), seed, 1, AT, DAY, removed)


def note(name: str, title: str, text: str, **more: object) -> Seed:
    """A topic."""
    return {"id": f"topic:{name}", "title": title, **_said(text), **more}


def reading(name: str, title: str, text: str, **more: object) -> Seed:
    """A reading, with a link."""
    work = {"type": "webpage", "title": title, "url": f"https://{name}.example/"}
    return {"id": f"reading:{name}", "title": title, "work": work, **_said(text), **more}


def contact(name: str, title: str, text: str, **more: object) -> Seed:
    """A contact."""
    checked = {"checked_on": "2026-06-01", "checked_in": "the moderators of this community"}
    reach = {"emails": [f"info@{name}.example"]}
    return {"id": f"contact:{name}", "title": title, **reach, **checked, **_said(text), **more}


def action(name: str, title: str, text: str, **more: object) -> Seed:
    """An action."""
    whom = {"audience": "The city council", "actors": ["ally"]}
    return {"id": f"action:{name}", "title": title, **whom, **_said(text), **more}


def _said(text: str) -> Seed:
    return {"text": f"{text}.", "by": "the moderators", "from": {"section": ADDED}}


def _rows(lines: str) -> Iterator[tuple[str, str, str]]:
    for line in lines.strip().splitlines():
        name, title, text = line.split("|")
        yield name, title, text
