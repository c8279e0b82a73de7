"""Any document in two clicks: found by each filter, in each order, read, taken, unread again."""

import asyncio
import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pypdf
import pytest

from localrun.demo_invoice import Item
from localrun.lease_company import IMPORT

MANY, AT_ONCE = 1000, 100
A_MINUTE = 60_000
SORTS = ["number", "issue_date", "customer_number", "due_date", "type", "amount"]


@pytest.fixture
async def archive(dl5, customer, invoice, mailbox, screen):
    """Return a reader of two customer numbers, before the list of their five documents."""
    bakery = customer()
    shop = customer(main_contact=bakery.main_contact)
    for each in (bakery, shop):
        await dl5.register(each)
    tyres = (Item("Winterbanden", Decimal("90.00"), detail="Set van vier"),)
    papers = [
        (bakery, invoice(bakery, issued=date(2025, 3, 3), net="100.00")),
        (bakery, invoice(bakery, issued=date(2025, 6, 5), net="200.00")),
        (bakery, replace(invoice(bakery, issued=date(2025, 9, 7)), items=tyres)),
        (bakery, replace(invoice(bakery, issued=date(2026, 1, 9), net="50.00"), credit_note=True)),
        (shop, invoice(shop, issued=date(2026, 2, 11), net="300.00")),
    ]
    published = [await dl5.publish(paper, of) for of, paper in papers]
    box = mailbox(bakery.main_contact.email)
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)
    await reader.go("/documents")
    return reader, published, (bakery, shop)


async def listed(reader):
    """Return the numbers that are listed, in their order."""
    return await reader.page.locator("table.archive tbody th a").all_inner_texts()


async def narrow(reader, **fields):
    """Fill in the panel and apply it."""
    page = reader.page
    for name, value in fields.items():
        field = page.locator(f'[name="{name}"]')
        if name == "type":
            for each in ("invoice", "credit_note"):
                box = page.locator(f'[name="type"][value="{each}"]')
                await box.set_checked(each == value)
        elif name == "customer_number":
            await field.select_option(value)
        elif value is True:
            await field.check()
        else:
            await field.fill(value)
    async with page.expect_navigation():
        await page.locator("#filters .button.primary").click()
    await reader.look()


async def test_it_is_found_by_each_filter_and_in_each_order(archive):
    """D-01, D-04, D-09, D-10, D-11, D-12, D-14, W-04"""
    reader, published, (_, shop) = archive
    first, second, tyres, credit, other = (each.number for each in published)
    assert await listed(reader) == [other, credit, tyres, second, first]

    for wanted, expected in [
        ({"number": tyres[1:]}, [tyres]),
        ({"q": "winterban"}, [tyres]),
        ({"from": "2025-06-05", "to": "2025-09-07"}, [tyres, second]),
        ({"type": "credit_note"}, [credit]),
        ({"type": "invoice", "amount_min": "121", "amount_max": "242,00"}, [second, first]),
        ({"amount_max": "-0,01"}, [credit]),
        ({"customer_number": shop.number}, [other]),
        ({"type": "invoice", "to": "2026-02-01", "amount_min": "110", "q": "bakkerij"}, None),
    ]:
        await reader.go("/documents")
        await narrow(reader, **wanted)
        assert await listed(reader) == (expected or [second, first]), wanted

    await reader.go("/documents?type=invoice")
    found = {}
    for column in SORTS:
        for _ in range(2):
            link = reader.page.locator(
                f'thead th a[href*="sort={column}"], thead th a[href*="sort=-{column}"]'
            )
            if column == "issue_date":
                link = reader.page.locator("thead th:nth-child(3) a")
            await link.first.click()
            await reader.page.wait_for_load_state()
            assert await reader.page.locator("thead [aria-sort]").count() == 1
            order = "".join(urlsplit(reader.page.url).query.partition("sort=")[1:])
            found[order.removeprefix("sort=")] = await listed(reader)
    assert found["amount"] == [tyres, first, second, other]
    assert found["-amount"] == [other, second, first, tyres]
    assert found["number"] == found["-number"][::-1] == [first, second, tyres, other]
    assert found["issue_date"] == found["due_date"] == [first, second, tyres, other]
    assert found["-due_date"] == found[""] == [other, tyres, second, first]
    assert found["customer_number"][-1] == found["-customer_number"][0] == other


async def test_it_is_read_kept_as_a_filter_taken_and_copied(archive):
    """D-02, D-06, D-10"""
    reader, published, _ = archive
    first, second, tyres, *_ = published
    page = reader.page

    await narrow(reader, type="invoice", to="2025-12-31")
    await page.locator("summary").first.click()
    await reader.send(name="Facturen van 2025")
    assert "Facturen van 2025" in await reader.words()
    await reader.go("/documents")
    await page.get_by_role("link", name="Facturen van 2025").first.click()
    await reader.look()
    assert await listed(reader) == [tyres.number, second.number, first.number]

    await page.get_by_role("link", name=second.number, exact=True).click()
    await reader.look()
    assert "Full operational lease" in await reader.words()
    assert "In het archief" in await reader.words() or "in het archief" in await reader.words()
    await page.get_by_role("link", name=f"Volgende {first.number}").click()
    await page.get_by_role("heading", name=first.number).wait_for()
    await page.get_by_role("link", name=f"Vorige {second.number}").click()
    await page.get_by_role("heading", name=second.number).wait_for()

    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Duplicaat aanvragen").click()
    copy = pypdf.PdfReader(await (await coming.value).path())
    assert all("DUPLICAAT" in sheet.extract_text() for sheet in copy.pages)
    await page.get_by_role("link", name="Terug naar de lijst").click()
    await reader.look()

    await page.locator("[data-pick-page]").check()
    async with page.expect_download() as coming:
        await page.locator(".selection [value=pdf]").click()
    taken = await coming.value
    assert urlsplit(page.url).path.startswith("/documents/exports/")
    await reader.look()
    with zipfile.ZipFile(await taken.path()) as archived:
        assert archived.testzip() is None
        names = archived.namelist()
        assert len(names) == 3
        assert all(any(each.number in name for name in names) for each in (first, second, tyres))
        assert all(archived.read(name).startswith(b"%PDF") for name in names)
    await page.get_by_text("Alles is gedownload").wait_for()

    await reader.go("/documents/take?type=credit_note")
    async with page.expect_download() as coming:
        await reader.send(do="csv")
    rows = io.StringIO((await (await coming.value).path()).read_text("utf-8-sig"))
    assert len(rows.readlines()) == 2


@pytest.mark.long
async def test_a_thousand_are_taken_at_once(dl5, customer, invoice, mailbox, screen):
    """D-15"""
    fleet = customer()
    await dl5.register(fleet)
    told = await dl5.publish(invoice(fleet), fleet)
    papers = [invoice(fleet) for _ in range(MANY - 1)]
    for some in range(0, len(papers), AT_ONCE):
        batch = papers[some : some + AT_ONCE]
        await asyncio.gather(*(dl5.billing.ask(IMPORT, each.command()) for each in batch))
    box = mailbox(fleet.main_contact.email)
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)

    await reader.go("/documents/take")
    async with reader.page.expect_download(timeout=A_MINUTE) as coming:
        await reader.send(do="xml")
    path = await (await coming.value).path()
    await reader.page.get_by_text("Alles is gedownload").wait_for()

    with zipfile.ZipFile(path) as archived:
        assert archived.testzip() is None
        names = archived.namelist()
        assert len(names) == len(set(names)) == MANY
        for each in (told, *papers):
            (name,) = (name for name in names if each.number in name)
            assert each.number.encode() in archived.read(name)


async def test_what_one_reads_is_unread_to_another(
    dl5, customer, invoice, mailbox, screen, auditor
):
    """D-13, D-15"""
    bakery = customer(shared=1)
    await dl5.register(bakery)
    history = await dl5.publish(invoice(bakery), bakery)
    main, accountant = await screen(), await screen()
    for reader, each in ((main, bakery.main_contact), (accountant, bakery.shared_users[0])):
        box = mailbox(each.email)
        await reader.register((await box.following("/view/")).links[0], box)
    assert await auditor.quiet() == []
    fresh = [await dl5.publish(invoice(bakery), bakery) for _ in range(2)]
    numbers = {each.number for each in fresh}

    async def bold(reader):
        await reader.go("/documents")
        assert history.number in await listed(reader)
        return set(await reader.page.locator("tr.unread th a").all_inner_texts())

    assert await bold(main) == await bold(accountant) == numbers
    badge = accountant.page.locator("nav.menu .count")
    assert (await badge.inner_text()).startswith("2")
    await narrow(accountant, unread=True)
    assert set(await listed(accountant)) == numbers

    await accountant.go(f"/documents/{fresh[0].document_id}")
    assert (await badge.inner_text()).startswith("1")
    assert await bold(accountant) == {fresh[1].number}
    assert await bold(main) == numbers
    await accountant.page.locator(f'[value="{fresh[0].document_id}"]').check()
    await accountant.press("/documents/marks", "unread")
    assert await bold(accountant) == numbers

    await accountant.page.locator("[data-pick-page]").check()
    await accountant.press("/documents/marks", "read")
    await accountant.go("/documents?unread=true")
    assert "U hebt alles gelezen" in await accountant.words()
    assert await bold(main) == numbers
