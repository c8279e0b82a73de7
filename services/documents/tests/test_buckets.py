"""Proves that a bucket with Object Lock keeps bytes that nobody can take away or write over."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from chassis.identifiers import new_id, now
from documents.files import Bucket, Files
from documents.wholeness import Digest

CONTENT = bytes(range(256)) * 10
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = f"here/dl5/sha256/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"
YEARS = 11

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class AsAmazon:
    """Moto, which takes a checksum for what it is, as Amazon does.

    Of the headers that Object Lock asks for it knows two; Amazon takes ``x-amz-checksum-…`` too.
    """

    def __init__(self):
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ, start_response):
        if "HTTP_X_AMZ_CHECKSUM_SHA256" in environ:
            environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = "SHA256"
        return self._moto(environ, start_response)


@pytest.fixture(scope="module")
def endpoint():
    server = make_server("127.0.0.1", 0, AsAmazon(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def s3(endpoint):
    """Return a client with two new buckets: one with Object Lock, one without."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="a-key",
        aws_secret_access_key="its-secret",
    )
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    client.archive, client.passing = f"a{new_id().hex}", f"p{new_id().hex}"
    client.create_bucket(Bucket=client.archive, ObjectLockEnabledForBucket=True, **where)
    client.create_bucket(Bucket=client.passing, **where)
    client.put_object_lock_configuration(
        Bucket=client.archive,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": YEARS}},
        },
    )
    return client


@pytest.fixture
def store(s3, endpoint):
    return Files(
        f"s3://{s3.archive}/here",
        f"s3://{s3.passing}",
        Bucket(endpoint, "eu-west-1", "a-key", "its-secret"),
    )


def versions(s3):
    found = s3.list_object_versions(Bucket=s3.archive)
    return found.get("Versions", []), found.get("DeleteMarkers", [])


async def test_bytes_come_back_as_they_were(store):
    assert await store.keep("dl5", CONTENT) == SHA256

    assert await store.read("dl5", SHA256) == CONTENT
    assert await store.digest("dl5", SHA256) == Digest(SHA256, len(CONTENT))
    with pytest.raises(FileNotFoundError):
        await store.read("dl6", SHA256)
    assert await store.digest("dl5", "0" * 64) is None


async def test_keeping_twice_is_one_version(store, s3):
    await store.keep("dl5", CONTENT)
    await store.keep("dl5", CONTENT)

    kept, _ = versions(s3)
    assert [each["Key"] for each in kept] == [KEY]


async def test_bytes_are_locked_for_as_long_as_the_bucket_says(store, s3):
    """Guide 1.4: compliance mode, which nobody can take back"""
    await store.keep("dl5", CONTENT)

    ((kept,), _) = versions(s3)
    said = s3.head_object(Bucket=s3.archive, Key=KEY, VersionId=kept["VersionId"])
    assert said["ObjectLockMode"] == "COMPLIANCE"
    left = said["ObjectLockRetainUntilDate"].astimezone(UTC) - datetime.now(UTC)
    assert left > timedelta(days=365 * YEARS - 2)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=s3.archive, Key=KEY, VersionId=kept["VersionId"])


async def test_who_writes_over_them_changes_nothing_that_was_kept(store, s3):
    await store.keep("dl5", CONTENT)

    s3.put_object(Bucket=s3.archive, Key=KEY, Body=b"other")

    assert (await store.digest("dl5", SHA256)).sha256 != SHA256
    kept, _ = versions(s3)
    first = min(kept, key=lambda each: each["LastModified"] if not each["IsLatest"] else now())
    body = s3.get_object(Bucket=s3.archive, Key=KEY, VersionId=first["VersionId"])["Body"]
    assert body.read() == CONTENT


async def test_what_is_dropped_is_not_shown_and_stays_until_its_lock_ends(store, s3):
    await store.keep("dl5", CONTENT)

    await store.drop("dl5", SHA256)

    assert await store.digest("dl5", SHA256) is None
    kept, markers = versions(s3)
    assert (len(kept), len(markers)) == (1, 1)

    await store.keep("dl5", CONTENT)
    assert await store.digest("dl5", SHA256) == Digest(SHA256, len(CONTENT))


async def test_what_passes_through_is_not_locked(store, s3):
    upload_id = new_id()
    await store.keep_upload("dl5", upload_id, b"1")
    await store.keep_rendition("dl5", SHA256, "v1", "nl", b"%PDF")
    assert versions(s3) == ([], [])

    assert await store.uploads() == [("dl5", upload_id)]
    await store.drop_upload("dl5", upload_id)
    assert await store.drop_renditions(now() + timedelta(minutes=1)) == 1

    assert s3.list_objects_v2(Bucket=s3.passing)["KeyCount"] == 0


async def test_a_bucket_that_is_away_is_not_taken_for_empty(s3):
    gone = Files(
        f"s3://{s3.archive}",
        bucket=Bucket("http://127.0.0.1:9", "eu-west-1", "a-key", "its-secret"),
    )

    with pytest.raises(Exception, match=r"(?i)error") as told:
        await gone.digest("dl5", SHA256)
    assert not isinstance(told.value, FileNotFoundError)
    assert "its-secret" not in str(told.value)
