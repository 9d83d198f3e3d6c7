"""Opens an export: a folder, a single CSV file, or a ZIP archive of such files.

Nothing is unpacked to disk and nothing is held in memory: a table is handed out as a stream. What belongs to the
operating system (`__MACOSX`, `._name`, `.DS_Store`) is left out and said so. An archive that could do harm is refused.
"""

import contextlib
import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

import msgspec

from adapters.protocols import Finding
from adapters.sources import UnreadableError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt"})
"""File names that end in one of these are tables."""

_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_ARCHIVES = frozenset({".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz"})
_CHUNK_BYTES = 1 << 20


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive may hold before it is taken for an attack: files, unpacked bytes, unpacked bytes per packed byte.

    The ratio is judged on files above `ratio_from_bytes`. CSV text packs 5 to 50 times, deflate at most 1032 times.
    """

    files: int = 10_000
    unpacked_bytes: int = 64 << 30
    ratio: int = 300
    ratio_from_bytes: int = 8 << 20


class Table(msgspec.Struct, frozen=True):
    """One table of an export: its name below the top folder, in POSIX form, and where its bytes are.

    `path` is the file itself, or the ZIP that holds it under `member`.
    """

    name: str
    path: Path
    member: str | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The table's bytes. Raises `UnreadableError` where the file or the archive proves damaged while being read."""
        try:
            if self.member is None:
                with self.path.open("rb") as stream:
                    yield stream
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(self._there(archive)) as packed:
                    yield cast("BinaryIO", packed)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableError(
                f"{self.path.name}: {self.name} is damaged inside the archive ({error}); download the export again."
            ) from error
        except NotImplementedError as error:
            raise UnreadableError(
                f"{self.path.name}: {self.name} is packed by a method that is not supported ({error}); "
                "pack the export again as an ordinary ZIP, or unpack it and name the folder."
            ) from error
        except OSError as error:
            raise UnreadableError(
                f"{self.name} cannot be read: {error.strerror or error}; check the path and rights."
            ) from error

    def _there(self, archive: zipfile.ZipFile) -> str:
        """The member's name, if the archive still has it."""
        if self.member not in archive.namelist():
            raise UnreadableError(
                f"{self.path.name}: {self.name} is not in it any more: another export has taken its place while it was "
                "being read. Read it again."
            )
        return str(self.member)


class Bundle(msgspec.Struct, frozen=True):
    """The tables of an export, by name, and what was left out of it."""

    path: Path
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]

    def digest(self) -> str:
        """SHA-256 (hex) over names and contents of all tables. The same files give the same digest, packed or not."""
        whole = hashlib.sha256()
        for table in self.tables:
            content = hashlib.sha256()
            with table.open() as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    content.update(chunk)
            whole.update(table.name.encode() + b"\0" + content.digest())
        return whole.hexdigest()


def open_bundle(path: Path, limits: Limits | None = None) -> Bundle:
    """Look at an export without reading its tables.

    Raises `UnreadableError` for a path that is not there, an archive that is damaged, protected by a password, empty,
    nested or dangerous, and for an export without a single table.
    """
    if not path.exists():
        raise UnreadableError(f"{path}: there is no such file or folder; check the path of the export.")
    if path.is_dir():
        names = {str(PurePosixPath(*file.relative_to(path).parts)): None for file in path.rglob("*") if file.is_file()}
        packed = False
    elif zipfile.is_zipfile(path):
        names = dict.fromkeys(_members(path, limits or Limits()))
        packed = True
    elif path.suffix.lower() == ".zip":
        raise UnreadableError(
            f"{path.name}: the archive is empty, cut short or no ZIP at all; download the export again and compare "
            f"its size."
        )
    else:
        return Bundle(path, (Table(path.name, path),), ())
    return _sorted_out(path, sorted(names), packed=packed)


def _sorted_out(path: Path, names: list[str], *, packed: bool) -> Bundle:
    """Tell tables from litter and from files that are no tables; cut the folder that all tables share."""
    wanted: list[str] = []
    findings: list[Finding] = []
    for name in names:
        if _is_litter(name):
            findings.append(_left_out("litter", path, name, "is a file of the operating system"))
        elif packed and PurePosixPath(name).suffix.lower() in _ARCHIVES:
            raise UnreadableError(
                f"{path.name}: holds another archive, {name}; unpack {path.name} and name that archive or the folder."
            )
        elif PurePosixPath(name).suffix.lower() in TABLE_SUFFIXES:
            wanted.append(name)
        else:
            findings.append(_left_out("other-file", path, name, "is no table"))
    if not wanted:
        suffixes = ", ".join(sorted(TABLE_SUFFIXES))
        raise UnreadableError(
            f"{path.name}: holds no table ({suffixes}); {len(names)} other files were found. Name the export itself."
        )
    depth = _shared_depth(wanted)
    tables = (Table(_below(name, depth), path if packed else path / name, name if packed else None) for name in wanted)
    return Bundle(path, tuple(sorted(tables, key=lambda table: table.name)), tuple(findings))


def _members(path: Path, limits: Limits) -> list[str]:
    """The file names of an archive, once it is known to be harmless and readable."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise UnreadableError(
            f"{path.name}: the archive is damaged or cut short ({error}); download the export again."
        ) from error
    if not members:
        raise UnreadableError(f"{path.name}: the archive is empty; export again.")
    if len(members) > limits.files:
        raise UnreadableError(
            f"{path.name}: holds {len(members)} files, more than {limits.files}; unpack it, look, and name the folder."
        )
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_bytes:
        raise UnreadableError(
            f"{path.name}: would unpack to {total} bytes, more than {limits.unpacked_bytes}; "
            "unpack it and name the folder."
        )
    for member in members:
        _check_member(path, member, limits)
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableError(f"{path.name}: holds {twice} twice; unpack it, keep one, and name the folder.")
    return names


def _check_member(path: Path, member: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse what leaves its folder, is a link, is locked, or unpacks to many times its size."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if ".." in parts or member.filename.startswith(("/", "\\")) or member.filename[1:2] == ":":
        raise UnreadableError(
            f"{path.name}: the name {member.filename!r} leads out of the archive; do not use this file, export again."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableError(f"{path.name}: {member.filename} is a link, not a file; export again.")
    if member.flag_bits & 0x1:
        raise UnreadableError(
            f"{path.name}: {member.filename} is protected by a password; unpack it yourself and name the folder."
        )
    if member.file_size > limits.ratio_from_bytes and member.file_size > limits.ratio * max(member.compress_size, 1):
        raise UnreadableError(
            f"{path.name}: {member.filename} unpacks to more than {limits.ratio} times its size, as an attack would; "
            "if you trust it, unpack it and name the folder."
        )


def _is_litter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith(("._", ".")) or parts[-1].lower() in _LITTER


def _left_out(code: str, path: Path, name: str, why: str) -> Finding:
    return Finding(code=code, where=f"{path.name}/{name}", detail=f"{name} {why} and was left out.")


def _shared_depth(names: list[str]) -> int:
    """How many leading folders all names share."""
    folders = [name.replace("\\", "/").split("/")[:-1] for name in names]
    depth = 0
    while all(len(parts) > depth and parts[depth] == folders[0][depth] for parts in folders):
        depth += 1
    return depth


def _below(name: str, depth: int) -> str:
    return "/".join(name.replace("\\", "/").split("/")[depth:])
