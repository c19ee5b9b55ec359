"""Brings the oldest browser that the pages are made for, Chromium 86, into var/old-browser: `tools/old_browser.py`.

It comes inside an npm package, packed with brotli. The package is taken by its version and its hash, so what runs here
is what was looked at when the hash was written down. Nothing is started and no script of the package is run.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import brotli

FOLDER = Path(__file__).resolve().parent.parent / "var" / "old-browser"
BROWSER = FOLDER / "chromium"
MAJOR = 86
PACKAGE = "chrome-aws-lambda@5.3.1"
SHA512 = "KklZTy2p2U/86cCh1hKL3PGDqoirQCAg7uejvNIn0rDBkWj4Su4GOjYMRVB3kthLwmnWhh3x63RDBTCAaQ9Q3Q=="
PACKED = "package/bin/chromium.br"
WAIT = 120  # seconds
RETRY = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=1000"]


class NotBrought(Exception):
    """The browser could not be brought here; the text says why."""


def bring() -> Path:
    """Return the browser, which is brought where it is missing. Raises `NotBrought`."""
    if not BROWSER.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        archive = _packed()
        with tarfile.open(archive) as package:
            member = package.extractfile(PACKED)
            assert member is not None
            content = brotli.decompress(member.read())
        whole = BROWSER.with_suffix(".part")
        whole.write_bytes(content)
        whole.chmod(0o755)
        whole.rename(BROWSER)  # only a whole file bears the name
        archive.unlink()
    return BROWSER


def _packed() -> Path:
    """Fetch the package with npm and compare it with the hash."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotBrought("npm is not installed")
    command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(FOLDER), *RETRY]
    try:
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=WAIT)
    except subprocess.TimeoutExpired as error:
        raise NotBrought(f"npm brought nothing within {WAIT} s") from error
    name = done.stdout.strip().splitlines()[-1:] or [""]
    archive = FOLDER / name[0]
    if done.returncode or not archive.is_file():
        raise NotBrought("npm did not bring the package")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        archive.unlink()
        raise NotBrought("the package is not the one that was looked at: its hash differs")
    return archive


if __name__ == "__main__":
    try:
        print(bring())
    except NotBrought as reason:
        sys.exit(f"Stopped: {reason}.")
