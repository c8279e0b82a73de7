"""Says which service is under test."""

import pytest

from notifications.app import service as the_service


@pytest.fixture
def service():
    return the_service
