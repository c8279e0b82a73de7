"""Who tries the doors: two issuers, their customers and staff, machines, a guest and a stranger."""

import asyncio
import json
import re
from dataclasses import dataclass, field

import pyotp
import pytest

from localrun import insides
from localrun.account_holder import PASSWORD, AccountHolder, FrontDesk, Mailbox, visitor
from localrun.environment import WITH_MESSAGES

# What time itself does, and when someone was last here.
RESTLESS_TABLES, RESTLESS_COLUMNS = {"identity.audit_seals"}, {"seen_at"}
BEATS = re.compile(r"\b(?:report-unknown-recipients|sweep-\w+|forget-\w+|seal-\w+)\b")

_casts = {}


@dataclass
class Cast:
    """The people of the matrix, and what belongs to the one whose things the others want."""

    anna: AccountHolder
    """Main contact of ``first``, which Sven shares, and of ``second``, which Paul shares."""
    sven: AccountHolder
    nel: AccountHolder
    """Main contact of another number of the same issuer."""
    sten: AccountHolder
    """Main contact of a number of another issuer, which has nothing to do with the first."""
    stella: AccountHolder
    """Works for Anna's issuer."""
    dora: AccountHolder
    """Works for another issuer of its group."""
    first: str
    second: str
    nels: str
    """Nel's number."""
    theirs: dict[str, str]
    """What belongs to Anna and to nobody else here, by what a path calls it."""
    links: dict[str, str]
    """The link of each one's mail."""
    machines: dict[str, str]
    """The token of each issuer's machine, and of the portal."""
    totp: pyotp.TOTP
    """Stella's."""
    words: list[str] = field(default_factory=list)
    """What none but Anna, and whom she shares with, may ever be told."""


@pytest.fixture
def desk(suite, http):
    """Return identity as the portal asks it."""
    return FrontDesk(http, suite.addresses, suite.environment)


@pytest.fixture
def mailbox(suite, http):
    """Return a function that opens the mailbox of an address."""
    return lambda address: Mailbox(http, suite.addresses, address)


@pytest.fixture
def settle(desk, dl5, customer, invoice, mailbox):
    """Return a function that makes a registered main contact, who has a document."""

    async def settle(company=dl5, password=PASSWORD, **how):
        of = customer(prefix="DL5" if company is dl5 else "DL2", **how)
        await company.register(of)
        published = await company.publish(invoice(of), of)
        box = mailbox(of.main_contact.email)
        link = (await box.following("/view/")).links[0]
        holder = await desk.register(link, box, password=password)
        return Settled(holder, of, published, box, link)

    return settle


@dataclass
class Settled:
    """A registered main contact, with all that led to it."""

    holder: AccountHolder
    customer: object
    published: object
    mailbox: Mailbox
    link: str


@pytest.fixture
def staff(suite, desk, mailbox, person):
    """Return a function that makes someone who works for an issuer, second factor and all."""

    async def engage(issuer="dl5", *, enrolled=True):
        email = person().email.replace("reader", "staff")
        names = ("--first-name", "Stella", "--last-name", "Desmet")
        await suite.command("identity", "add-staff", "--issuer", issuer, "--email", email, *names)
        proof = (await mailbox(email).following("/proof/staff/")).proof
        answer = await desk.post(
            "/v1/staff-invitations/finish", proof=proof, password=PASSWORD, visitor=visitor()
        )
        assert answer.status_code == 201, answer.text
        holder = AccountHolder(desk, email, PASSWORD, answer.json())
        return (holder, await enrol(holder)) if enrolled else (holder, None)

    return engage


async def enrol(holder):
    """Give someone a second factor, and return what shows its codes."""
    made = await holder.me("POST", "/totp", json={"name": "Telefoon"})
    assert made.status_code == 201, made.text
    totp = pyotp.TOTP(made.json()["secret"])
    confirmed = await holder.me(
        "POST", f"/totp/{made.json()['id']}/confirm", json={"code": totp.now()}
    )
    assert confirmed.status_code == 200, confirmed.text
    holder.renew_tokens()
    return totp


@pytest.fixture
def at_work(desk):
    """Return a function that gives the tokens of somebody at work, by service."""

    async def at_work(holder):
        resolved = await desk.post(
            "/v1/sessions/resolve", session=holder.session, audiences=[], desk=True
        )
        return resolved.raise_for_status().json()["desk_tokens"]

    return at_work


@pytest.fixture
def view_as(suite, http, at_work):
    """Return a function by which staff begin to look as a reader of a customer number."""

    async def view_as(holder, number, person_id):
        bearer = {"Authorization": f"Bearer {(await at_work(holder))['identity']}"}
        url = f"{suite.addresses.identity}/v1/desk/customers/{number}/view-as"
        wanted = {"person_id": person_id, "reason": "support"}
        return (await http.post(url, json=wanted, headers=bearer)).raise_for_status().json()

    return view_as


@pytest.fixture
async def cast(
    suite, http, desk, dl5, dl2, settle, staff, customer, invoice, mailbox, person, view_as
):
    """Return the people of the matrix: made once, since they do nothing but try."""
    if suite.folder not in _casts:
        _casts[suite.folder] = await _of(
            suite, desk, dl5, dl2, settle, staff, customer, invoice, mailbox, person
        )
        made = _casts[suite.folder]
        made.theirs["export_id"] = await _chosen(made, suite, http)
        view = await view_as(made.stella, made.second, made.anna.person_id)
        made.theirs["view_id"] = view["view_id"]
    made = _casts[suite.folder]
    for each in (made.anna, made.sven, made.nel, made.sten, made.stella, made.dora):
        each.desk = desk
    return made


async def _of(suite, desk, dl5, dl2, settle, staff, customer, invoice, mailbox, person):
    sister = ("--name", "Delta Fleet", "--sender", "fleet@delta.example", "--language", "nl")
    await suite.command("identity", "add-issuer", "dl6", "--group", "dl5", *sister)
    anna, nel, sten, (stella, totp), (dora, _) = await asyncio.gather(
        settle(shared=1), settle(), settle(company=dl2), staff(), staff("dl6")
    )
    (sven_himself,) = anna.customer.shared_users
    box = mailbox(sven_himself.email)
    sven_link = (await box.following("/view/")).links[0]
    sven = await desk.register(sven_link, box, names="Sven Claes")
    paul = person("fr")
    other = customer(main_contact=anna.customer.main_contact)
    await dl5.register(other)
    (await dl5.share(other.number, paul)).raise_for_status()
    document = await dl5.publish(invoice(other), other)
    shared = (await anna.holder.me("GET", "/shared-users")).raise_for_status().json()["items"]
    await desk.sign_in("dl5", anna.holder.email)
    await enrol(anna.holder)
    begun = (await anna.holder.me("POST", "/totp", json={"name": "Tablet"})).raise_for_status()
    sessions = (await anna.holder.me("GET", "/sessions")).raise_for_status().json()["items"]
    archived = (await dl5.documents(customer_number=other.number))[0]
    me = (await anna.holder.me("GET")).raise_for_status().json()
    return Cast(
        anna=anna.holder,
        sven=sven,
        nel=nel.holder,
        sten=sten.holder,
        stella=stella,
        dora=dora,
        first=anna.customer.number,
        second=other.number,
        nels=nel.customer.number,
        theirs={
            "customer_number": other.number,
            "person_id": next(each["person_id"] for each in shared if each["email"] == paul.email),
            "email": paul.email,
            "document_id": document.document_id,
            "sha256": archived["files"][0]["sha256"],
            "session_id": next(each["id"] for each in sessions if not each["current"]),
            "factor_id": me["second_factors"][0]["id"],
            "begun_factor_id": begun.json()["id"],
            "letter_id": await _letter(dl5, document, anna.holder),
        },
        links={"anna": anna.link, "sven": sven_link, "nel": nel.link, "sten": sten.link},
        machines={
            "dl5": _token_of(dl5),
            "dl2": _token_of(dl2),
            "portal": await desk.token(),
        },
        totp=totp,
        words=[
            other.number,
            document.number,
            document.document_id,
            paul.email,
            anna.holder.email,
            anna.holder.person_id,
        ],
    )


async def _chosen(cast, suite, http):
    """Return the id of what Anna chose to take away."""
    token = await cast.anna.token("documents")
    chosen = await http.post(
        f"{suite.addresses.documents}/v1/exports",
        json={"format": "zip", "document_ids": [cast.theirs["document_id"]]},
        headers={"Authorization": f"Bearer {token}"},
    )
    return chosen.raise_for_status().json()["export_id"]


async def _letter(company, document, holder):
    """Return the id of somebody's mail about a document, once there is one."""
    while True:
        for each in await company.letters(document.document_id):
            if each["person_id"] == holder.person_id:
                return each["letter_id"]
        await asyncio.sleep(0.1)


def _token_of(company):
    return company.http.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def everything_stored(suite):
    """Return a function that reads every row of every table of every service, as text."""

    async def read():
        found = {}
        for service in WITH_MESSAGES:
            connection = await insides.connect(suite.addresses, service)
            try:
                names = await connection.fetch(
                    "select tablename from pg_tables where schemaname = 'public' order by 1"
                )
                for (name,) in names:
                    if f"{service}.{name}" not in RESTLESS_TABLES:
                        rows = await connection.fetch(f'select * from "{name}"')  # noqa: S608
                        lines = sorted(map(_line, rows))
                        kept = [each for each in lines if not BEATS.search(each)]
                        found[f"{service}.{name}"] = kept
            finally:
                await connection.close()
        return found

    return read


def _line(row):
    values = [value for name, value in row.items() if name not in RESTLESS_COLUMNS]
    return "\t".join(map(_text, values))


def _text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


@pytest.fixture
async def described(suite, http):
    """Return what every service says of its routes, by service."""
    documents = {}
    for service in ("identity", "documents", "notifications", "portal"):
        answer = await http.get(f"{getattr(suite.addresses, service)}/openapi.json")
        documents[service] = json.loads(answer.raise_for_status().text)
    return documents
