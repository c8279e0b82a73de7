"""Proves what an issuer's staff find of its customers, and that searching is written down."""

import pytest

from chassis.testing import problems
from identity import sharing
from identity.finding_customers import looked_for
from identity.sharing import Share

KIM = "kim@lease.example"


@pytest.fixture
async def kim(residents):
    """Return somebody at work for dl5, with two factors."""
    return await residents.move_in(KIM, staff=True, strength=2)


@pytest.fixture
def customers(residents):
    """Return a function that makes customers known to dl5."""

    async def register(*known):
        for number, email, told in known:
            await residents.customer(number, email, **told)

    return register


@pytest.fixture
def find(at_desk, kim):
    """Return a function that searches, and returns the numbers found."""

    async def find(search, **how):
        answer = await at_desk(kim, "GET", "/customers", params={"search": search} | how)
        assert answer.status_code == 200, answer.text
        return [each["customer_number"] for each in answer.json()["items"]]

    return find


def at(street, postal_code, city):
    return {"address": {"street": street, "postal_code": postal_code, "city": city}}


GARAGE = {"name": "Garage Noord"} | at("Kaai 1", "9000", "Gent")
BAKERY = {"name": "Bakkerij D'Hondt", "last_name": "Müller"}
BUILDERS = {"name": "Straßenbau Zoë"} | at("Rue de l'Été 12", "1000", "Liège")
SEARCHES = [
    ("DL5-104233", ["DL5-104233"]),
    ("dl5104233", ["DL5-104233"]),
    ("DL5 1042", ["DL5-104233", "DL5-104299"]),
    ("1042", ["DL5-104233", "DL5-104299"]),
    ("7", ["DL5-77"]),
    ("garage noord", ["DL5-104233"]),
    ("NOORD", ["DL5-104233", "DL5-77"]),
    ("d'hondt", ["DL5-104299"]),
    ("hondt", ["DL5-104299"]),
    ("muller", ["DL5-104299"]),
    ("strassenbau", ["DL5-900012"]),
    ("zoe ete", ["DL5-900012"]),
    ("Liege 1000", ["DL5-900012"]),
    ("eloise", ["DL5-77"]),
    ("els@noord.example", ["DL5-104233"]),
    ("noord.example", ["DL5-104233", "DL5-77"]),
    ("gent els", ["DL5-104233"]),
    ("els gent", ["DL5-104233"]),
    ("garage zuid", []),
    ("gent eloise", []),
    ("dl5", ["DL5-104233", "DL5-104299", "DL5-77", "DL5-900012"]),
    ("", ["DL5-104233", "DL5-104299", "DL5-77", "DL5-900012"]),
    ("  -- %_ ' :* & | ! \\ ", ["DL5-104233", "DL5-104299", "DL5-77", "DL5-900012"]),
    ("no%rd", []),
    ("n:* | g", ["DL5-104233"]),
    ("\U0001f697", []),
]


async def test_customers_are_found_by_number_name_address_and_readers(customers, find):
    """O-02, I-06"""
    await customers(
        ("DL5-104233", "els@noord.example", GARAGE),
        ("DL5-104299", "jan.dhondt@zuid.example", BAKERY),
        ("DL5-900012", "a@b.example", BUILDERS),
        ("DL5-77", "info@noord.example", {"name": "Noordzee", "first_name": "Éloïse"}),
    )

    found = [(search, await find(search)) for search, _ in SEARCHES]

    assert found == SEARCHES


async def test_who_shares_a_number_leads_to_it_and_who_shared_it_once_does_not(
    residents, customers, find
):
    """O-02"""
    await customers(("DL5-1", "els@noord.example", {}), ("DL5-2", "jan@zuid.example", {}))
    named = {
        "first_name": "An",
        "last_name": "Maes",
        "language": "nl",
        "portal": True,
        "mail": True,
    }
    async with residents.database.transaction() as session:
        for number in ("DL5-1", "DL5-2"):
            await sharing.share(session, "dl5", number, Share("an@kantoor.example", **named))
    assert await find("maes kantoor") == ["DL5-1", "DL5-2"]

    async with residents.database.transaction() as session:
        await sharing.unshare(session, "dl5", "DL5-2", "an@kantoor.example")

    assert await find("maes kantoor") == ["DL5-1"]


async def test_pages_follow_on_each_other_and_repeat_nobody(customers, at_desk, kim):
    """O-02"""
    numbers = sorted(f"DL5-{n}" for n in range(1, 8))
    await customers(*((each, f"r{n % 2}@noord.example", {}) for n, each in enumerate(numbers)))

    for limit in (1, 2, 3, 7):
        seen, cursor = [], None
        while cursor is not None or not seen:
            params = {"search": "noord", "limit": limit} | ({"cursor": cursor} if cursor else {})
            page = (await at_desk(kim, "GET", "/customers", params=params)).json()
            assert len(page["items"]) <= limit
            seen += [each["customer_number"] for each in page["items"]]
            assert len(seen) <= len(numbers)
            cursor = page["next_cursor"]
        assert seen == numbers


async def test_a_cursor_that_is_none_of_ours_is_refused(at_desk, kim):
    answer = await at_desk(kim, "GET", "/customers", params={"cursor": "DL5"})

    assert (answer.status_code, problems(answer)[0][0]) == (422, "/cursor")


async def test_what_is_found_says_who_answers_for_it_and_with_how_many_it_is_shared(
    residents, customers, at_desk, kim
):
    """I-06: staff tell a customer under which address they are known."""
    told = {"name": "Garage Noord"} | at("Kaai 1", "9000", "Gent")
    await customers(("DL5-1", "els@noord.example", told))
    named = {
        "first_name": "An",
        "last_name": "Maes",
        "language": "nl",
        "portal": True,
        "mail": True,
    }
    async with residents.database.transaction() as session:
        await sharing.share(session, "dl5", "DL5-1", Share("an@kantoor.example", **named))

    (found,) = (await at_desk(kim, "GET", "/customers", params={"search": "els"})).json()["items"]

    assert found["address"] == {
        "street": "Kaai 1", "postal_code": "9000", "city": "Gent", "country": "BE",
    }  # fmt: skip
    assert found["main_contact"].items() >= {
        "name": "Jan Peeters", "email": "els@noord.example", "registered": False,
    }.items()  # fmt: skip
    assert (found["name"], found["shared"]) == ("Garage Noord", 1)


async def test_a_customer_number_is_looked_at_whole(residents, customers, at_desk, kim):
    """O-02, O-05"""
    await customers(("DL5-1", "els@noord.example", {"name": "Garage Noord"}))
    named = {
        "first_name": "An",
        "last_name": "Maes",
        "language": "fr",
        "portal": True,
        "mail": False,
    }
    async with residents.database.transaction() as session:
        for email in ("an@kantoor.example", "gone@kantoor.example"):
            await sharing.share(session, "dl5", "DL5-1", Share(email, **named))
        await sharing.unshare(session, "dl5", "DL5-1", "gone@kantoor.example")

    seen = (await at_desk(kim, "GET", "/customers/DL5-1")).json()

    assert (seen["name"], seen["settings"]) == (
        "Garage Noord", {"notify": "at_once", "attach": []},
    )  # fmt: skip
    assert seen["main_contact"]["email"] == "els@noord.example"
    (shared,) = seen["shared_users"]
    assert (shared["email"], shared["language"], shared["portal"], shared["mail"]) == (
        "an@kantoor.example", "fr", True, False,
    )  # fmt: skip
    (former,) = seen["former"]
    assert (former["email"], former["role"]) == ("gone@kantoor.example", "shared")


async def test_shared_users_of_a_number_come_by_the_page(
    residents, customers, at_desk, kim, monkeypatch
):
    monkeypatch.setattr("identity.finding_customers._PAGE", 2)
    await customers(("DL5-1", "els@noord.example", {}))
    named = {
        "first_name": "An",
        "last_name": "Maes",
        "language": "nl",
        "portal": True,
        "mail": True,
    }
    emails = [f"s{n}@kantoor.example" for n in range(5)]
    async with residents.database.transaction() as session:
        for email in emails:
            await sharing.share(session, "dl5", "DL5-1", Share(email, **named))

    seen, cursor = [], None
    while cursor is not None or not seen:
        params = {"cursor": cursor} if cursor else {}
        page = (await at_desk(kim, "GET", "/customers/DL5-1", params=params)).json()
        seen += [each["email"] for each in page["shared_users"]]
        assert len(seen) <= len(emails)
        cursor = page["next_cursor"]
        assert page["shared"] == 5

    assert seen == emails


async def test_each_search_and_look_is_written_down_with_what_was_shown_and_no_word_of_it(
    customers, at_desk, find, kim, acts
):
    """O-05, I-06"""
    await customers(("DL5-1", "els@noord.example", {}), ("DL5-2", "jan@zuid.example", {}))

    await find("els noord")
    await find("nobody here")
    await at_desk(kim, "GET", "/customers/DL5-2")
    seen = (await at_desk(kim, "GET", "/customers/DL5-2")).json()

    lines = await acts()
    assert [(each.act, each.issuer, each.facts) for each in lines] == [
        ("desk_searched", "dl5", {"shown": ["DL5-1"]}),
        ("desk_searched", "dl5", {"shown": []}),
        ("desk_looked", "dl5", {"customer_number": "DL5-2"}),
        ("desk_looked", "dl5", {"customer_number": "DL5-2"}),
    ]
    assert len({each.actor for each in lines}) == 1
    assert lines[2].subject is not None
    everything = repr([(each.actor, each.subject, each.facts) for each in lines])
    for word in (KIM, str(kim.id), "noord", "zuid", "Peeters", "nobody"):
        assert word not in everything
    (act,) = seen["acts"]
    assert (act["act"], act["by"], act["to"]) == ("desk_looked", "Jan Peeters", "Jan Peeters")


async def test_another_issuers_customers_are_not_there_even_in_one_group(residents, at_desk):
    """O-02, I-06"""
    await residents.issuer("dl6", group="delta")
    kim = await residents.move_in(KIM, staff=True, strength=2, group="delta")
    await residents.customer("DL6-1", "els@noord.example")
    await residents.customer("DL5-1", "els@noord.example")

    found = await at_desk(kim, "GET", "/customers", params={"search": "els"})
    looked = await at_desk(kim, "GET", "/customers/DL6-1")

    assert [each["customer_number"] for each in found.json()["items"]] == ["DL5-1"]
    assert looked.status_code == 404


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["dl5", "104233"], ["104233"]),
        (["dl5104233"], ["104233"]),
        (["dl5x"], ["dl5x"]),
        (["dl5"], []),
        (["a", "bcd", "ef"], ["bcd", "ef", "a"]),
        ([f"w{n}" for n in range(20)], sorted(f"w{n}" for n in range(10, 18))),
    ],
)
def test_the_longest_word_is_looked_for_first(words, expected):
    assert looked_for(words, "dl5") == expected
