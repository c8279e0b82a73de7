"""What is committed names no package registry and no place on a machine, and pins by hash."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Put together here, so that this file is as clean as it wants the others to be.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "deb." + "debian.org",
    "security." + "debian.org",
    "archive." + "ubuntu.com",
]
PLACES = re.compile(r"(?<![\w.}/$-])/(?:home|root|Users|work|workspace|mnt)/[\w.]")
REQUIREMENT = re.compile(
    r"[a-z0-9][a-z0-9._-]*(\[[\w,-]+\])?==[^\s;]+( ; .+)?( --hash=sha256:\w{64})+"
)
TEXT_LIMIT_BYTES = 5_000_000


def committed(root):
    """Return the files that git has, or would be given."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [root / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def leaks(paths):
    """Return every line that names a registry or a place on a machine."""
    found = []
    for path in paths:
        content = path.read_bytes()
        if b"\0" in content or len(content) > TEXT_LIMIT_BYTES:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
            if any(host in line.lower() for host in REGISTRIES) or PLACES.search(line):
                found.append(f"{path}:{number}: {line.strip()[:80]}")
    return found


def unpinned(lock):
    """Return the requirements of a lock file that come without a version and hashes."""
    lines = [line for line in lock.replace(" \\\n", " ").splitlines() if line.strip()]
    pinned = [re.sub(r"\s+", " ", line) for line in lines if not line.startswith("#")]
    return [line[:80] for line in pinned if not REQUIREMENT.fullmatch(line)]


def test_nothing_committed_names_a_registry_or_a_machine():
    paths = committed(ROOT)

    assert len(paths) > 100
    assert not leaks(paths)


def test_the_lock_that_names_a_registry_stays_out():
    assert not [path for path in committed(ROOT) if path.name == "uv.lock"]


@pytest.mark.parametrize("name", ["requirements.lock", "deploy/local/setup.lock"])
def test_every_requirement_is_pinned_by_hash_and_by_no_address(name):
    lock = (ROOT / name).read_text()

    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert not unpinned(lock)


@pytest.mark.parametrize(
    "line",
    [
        *(f"index-url = https://{host}/simple" for host in REGISTRIES),
        "cd " + "/" + "home/someone/project",
        "path: " + "/" + "work/main/services",
        'open("' + "/" + 'root/.netrc")',
        "see " + "/" + "Users/someone/Desktop",
    ],
)
def test_a_line_that_leaks_is_caught(line, tmp_path):
    (tmp_path / "setup.cfg").write_text(f"first\n{line}\n")

    assert len(leaks([tmp_path / "setup.cfg"])) == 1


@pytest.mark.parametrize(
    "line",
    [
        "/health/live",
        "https://www.debian.org/releases/",
        "https://example.com/home/page",
        "$HOME/work/x",
        "GET /v1/links/open",
        "the rootless/homely way",
        "<< /Size 9 /Root 1 0 R >>",
    ],
)
def test_a_line_that_leaks_nothing_is_left_alone(line, tmp_path):
    (tmp_path / "notes.md").write_text(line)

    assert not leaks([tmp_path / "notes.md"])


@pytest.mark.parametrize(
    "line",
    [
        "httpx",
        "httpx==0.28.1",
        "httpx>=0.28 --hash=sha256:" + "a" * 64,
        "httpx==0.28.1 --hash=md5:" + "a" * 32,
        "-e ./libs/chassis",
        "httpx @ git+https://example.com/httpx --hash=sha256:" + "a" * 64,
        "--index-url https://example.com/simple",
    ],
)
def test_a_requirement_that_is_not_pinned_is_caught(line):
    assert len(unpinned(f"# made by hand\n{line}\n")) == 1


def test_a_pinned_requirement_is_left_alone():
    first, second = "a" * 64, "b" * 64

    assert not unpinned(
        "uvicorn[standard]==0.40.0 ; python_full_version < '3.12' \\\n"
        f"    --hash=sha256:{first} \\\n    --hash=sha256:{second}\n"
    )
