"""Says which service is under test, and stands in for the services it asks."""

import json
from pathlib import Path

import pytest

from portal.app import service as the_service
from portal.testing import GOOD_LINK, Others

_INVOICES = Path(__file__).parent / "invoices"


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def others():
    return Others()


@pytest.fixture
def link():
    return GOOD_LINK


@pytest.fixture
def gateways(others):
    return others.gateways()


@pytest.fixture
def an_invoice():
    """Return a function that reads an invoice as documents understood it, from real XML."""

    def read(name="invoice-3-vat-rates"):
        return json.loads((_INVOICES / f"{name}.json").read_text())

    return read
