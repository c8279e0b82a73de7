"""Says which service is under test."""

import pytest

from identity.app import service as the_service


@pytest.fixture
def service():
    return the_service
