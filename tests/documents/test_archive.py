"""Archives that are written while they are read, and names that every file system takes."""

import io

import pytest

from documents.archive import ArchiveStream, lazy_entry, safe_name
from tests.factories import NOW


def test_an_archive_of_any_size_needs_the_memory_of_a_piece() -> None:
    class Endless(io.RawIOBase):
        left = 200 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            taken = min(size, self.left)
            self.left -= taken
            return bytes(taken)

    entry = lazy_entry("zeros", lambda: b"", at=NOW)
    large = type(entry)("large", Endless, NOW, size=Endless.left)
    stream = ArchiveStream("folder", [large], closing=lambda packed: [])
    most = total = 0
    while piece := stream.read(1000):
        most, total = max(most, len(stream.outlet.waiting)), total + len(piece)
    assert most < 1024 * 1024
    assert [packed.size for packed in stream.packed] == [200 * 1024 * 1024, 72]
    assert total > 100_000


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b\\c:d*e?.txt", "a／b＼c：d＊e？.txt"),
        ("ends with a dot. ", "ends with a dot"),
        ("..", "_"),
        ("整" * 100 + ".pdf", "整" * 65 + ".pdf"),
        ("no ending " + "x" * 300, "no ending " + "x" * 190),
    ],
)
def test_names_are_made_safe_for_every_file_system(name: str, safe: str) -> None:
    assert safe_name(name, taken=set()) == safe


def test_names_that_differ_in_case_alone_stay_apart() -> None:
    taken: set[str] = set()
    assert [safe_name(name, taken=taken) for name in ("A.txt", "a.txt", "a.txt")] == [
        "A.txt",
        "a（2）.txt",
        "a（3）.txt",
    ]
