"""The ways to sign in, on both databases: passkeys, identities, and the last of them, which stays."""

import asyncio

import pytest

from judge.store.accounts import passkeys
from judge.store.accounts.faults import LastWay, NameTaken, TooMany
from tests.helpers.people import account

pytestmark = pytest.mark.pages

ISSUER = "https://login.test"


@pytest.fixture
async def accounts(store):
    return store.accounts


@pytest.fixture
async def ann(store):
    return await account(store, "ann")


async def test_a_passkey_is_found_with_its_account_renamed_and_deleted_by_it_alone(accounts, ann, store) -> None:
    bob = await account(store, "bob")
    assert await accounts.passkeys.add(ann, "k1", b"key", 3, "laptop")
    assert not await accounts.passkeys.add(bob, "k1", b"other", 3, "laptop")
    found = await accounts.passkeys.find("k1")
    assert (found.user, found.public_key, found.sign_count, found.last_used) == (ann, b"key", 3, None)
    assert not await accounts.passkeys.rename(bob.id, "k1", "mine")
    assert not await accounts.passkeys.delete(bob.id, "k1", [])
    assert await accounts.passkeys.rename(ann.id, "k1", "phone")
    assert [each.name for each in await accounts.passkeys.of(ann.id)] == ["phone"]
    assert await accounts.passkeys.delete(ann.id, "k1", [])
    assert await accounts.passkeys.find("k1") is None


@pytest.mark.parametrize(
    ("before", "now", "taken"), [(3, 4, True), (3, 3, False), (3, 2, False), (3, 0, False), (0, 0, True), (0, 1, True)]
)
async def test_a_counter_only_grows_unless_the_authenticator_does_not_count(accounts, ann, before, now, taken) -> None:
    await accounts.passkeys.add(ann, "k1", b"key", before, "laptop")
    assert await accounts.passkeys.use("k1", now) is taken
    found = await accounts.passkeys.find("k1")
    assert (found.sign_count, found.last_used is not None) == (now if taken else before, taken)


async def test_of_two_uses_with_one_count_one_is_taken(accounts, ann) -> None:
    await accounts.passkeys.add(ann, "k1", b"key", 3, "laptop")
    assert sorted(await asyncio.gather(accounts.passkeys.use("k1", 4), accounts.passkeys.use("k1", 4))) == [False, True]


async def test_an_account_has_only_so_many_passkeys(accounts, ann, monkeypatch) -> None:
    monkeypatch.setattr(passkeys, "MOST_PASSKEYS", 2)
    results = await asyncio.gather(
        *(accounts.passkeys.add(ann, f"k{number}", b"key", 0, "x") for number in range(4)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["TooMany", "TooMany", "bool", "bool"]
    with pytest.raises(TooMany):
        await accounts.passkeys.add(ann, "k9", b"key", 0, "x")


async def test_of_the_last_two_ways_one_stays_whoever_is_quicker(accounts, ann) -> None:
    await accounts.users.set_password(ann.id, None)
    await accounts.passkeys.add(ann, "k1", b"key", 0, "x")
    await accounts.users.link(ann.id, ISSUER, "s-1")
    results = await asyncio.gather(
        accounts.passkeys.delete(ann.id, "k1", [ISSUER]),
        accounts.identities.unlink(ann.id, ISSUER, "s-1", [ISSUER]),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["LastWay", "bool"]
    left = len(await accounts.passkeys.of(ann.id)) + len(await accounts.identities.of(ann.id))
    assert left == 1


async def test_an_identity_of_a_provider_that_is_gone_is_not_a_way(accounts, ann) -> None:
    await accounts.users.set_password(ann.id, None)
    await accounts.passkeys.add(ann, "k1", b"key", 0, "x")
    await accounts.users.link(ann.id, "https://gone.test", "s-1")
    with pytest.raises(LastWay):
        await accounts.passkeys.delete(ann.id, "k1", [ISSUER])
    assert await accounts.passkeys.find("k1") is not None
    assert await accounts.identities.unlink(ann.id, "https://gone.test", "s-1", [ISSUER])


async def test_one_person_in_two_windows_gets_one_account(accounts) -> None:
    made = await asyncio.gather(*(accounts.identities.make_account(ISSUER, "s-1", "zoe", "Zoë") for _ in range(3)))
    assert len({each.id for each in made}) == 1
    assert [each.name for each in await accounts.users.all()] == ["zoe"]
    with pytest.raises(NameTaken):
        await accounts.identities.make_account(ISSUER, "s-2", "Zoe", "another")
    assert await accounts.users.by_identity(ISSUER, "s-2") is None
