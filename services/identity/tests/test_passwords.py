"""Proves that passwords are kept as argon2id says, and are checked exactly as they were typed."""

import asyncio
import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from identity import passwords as gateway

few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
typed = st.text(min_size=15, max_size=256)


async def test_a_password_is_kept_by_the_rules_for_argon2id(passwords):
    kept = await passwords.hash("drie vogels zingen")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "vogels" not in kept
    assert kept != await passwords.hash("drie vogels zingen")


@few
@given(text=typed)
def test_any_text_is_checked_exactly_as_it_was_typed(passwords, text):
    kept = asyncio.run(passwords.hash(text))

    assert asyncio.run(passwords.matches(text, kept))
    for other in {text[:-1], text + " ", text.strip(), text.swapcase(), text[:-1] + "\0"} - {text}:
        assert not asyncio.run(passwords.matches(other, kept))


@few
@given(text=st.text(st.sampled_from("éèàüöñçÅ½ﬁ"), min_size=15, max_size=30))
def test_the_same_letter_written_otherwise_is_another_password(passwords, text):
    other = unicodedata.normalize("NFKD", text)
    assume(other != text)

    kept = asyncio.run(passwords.hash(text))

    assert not asyncio.run(passwords.matches(other, kept))


async def test_two_long_passwords_that_differ_at_their_end_are_two(passwords):
    long = "drie vogels zingen in de regen" * 8

    kept = await passwords.hash(long + "a")

    assert not await passwords.matches(long + "b", kept)


async def test_half_a_character_and_a_nul_are_typed_text_too(passwords):
    text = "drie vogels \0 zingen \ud83d"

    assert await passwords.matches(text, await passwords.hash(text))
    assert not await passwords.matches("drie vogels ", await passwords.hash(text))


async def test_where_there_is_no_password_the_same_work_is_done(passwords, monkeypatch):
    compared = []
    real = gateway._matches
    monkeypatch.setattr(gateway, "_matches", lambda *given: compared.append(given) or real(*given))
    kept = await passwords.hash("drie vogels zingen")

    assert not await passwords.matches("drie vogels zongen", kept)
    assert not await passwords.matches("drie vogels zongen", None)

    ours, nobodys = (each[1] for each in compared)
    assert (
        ours.rpartition("$")[0].rpartition("$")[0] == nobodys.rpartition("$")[0].rpartition("$")[0]
    )


async def test_nobodys_password_is_nobodys(passwords):
    for text in ("", "drie vogels zingen", passwords._nobodys):
        assert not await passwords.matches(text, None)


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_what_is_no_hash_matches_nothing(passwords, kept):
    assert not await passwords.matches("drie vogels zingen", kept or "-")


def test_a_hash_by_former_rules_is_to_be_made_anew(passwords):
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    today = asyncio.run(passwords.hash("x"))

    assert passwords.needs_rehash(weaker)
    assert not passwords.needs_rehash(today)
    assert asyncio.run(passwords.matches("x", weaker))


async def test_no_more_passwords_are_hashed_at_once_than_there_are_cores(passwords, monkeypatch):
    running, most = 0, 0

    def slow(*_given):
        nonlocal running, most
        running += 1
        most = max(most, running)
        __import__("time").sleep(0.02)
        running -= 1
        return True

    monkeypatch.setattr(gateway, "_matches", slow)

    await asyncio.gather(*(passwords.matches("x", "y") for _ in range(20)))

    assert most == passwords._threads._max_workers
