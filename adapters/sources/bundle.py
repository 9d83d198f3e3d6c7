"""Opens an export: a folder, a single CSV file or workbook, or a ZIP archive of such files.

Nothing is unpacked to disk under its name and nothing is held in memory: a table is handed out as a stream. What
belongs to the operating system (`__MACOSX`, `._name`, `.DS_Store`) is left out and said so. An archive that could do
harm is refused.
"""

import contextlib
import hashlib
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

import msgspec

from adapters.protocols import Finding
from adapters.sources import UnreadableError
from adapters.sources.names import fold

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
"""File names that end in one of these are workbooks: a table a sheet."""

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt"}) | WORKBOOK_SUFFIXES
"""File names that end in one of these hold tables."""

_OLD_WORKBOOKS = frozenset({".xls", ".xlsb", ".ods"})

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

    `path` is the file itself, or the ZIP that holds it under `member`. `sheet`: of a workbook; `hidden`: that sheet is.
    A file that records name (`Bundle.files`) has the same form.
    """

    name: str
    path: Path
    member: str | None = None
    sheet: str = ""
    hidden: bool = False

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a workbook."""
        return PurePosixPath(self.member or self.path.name).suffix.lower() in WORKBOOK_SUFFIXES

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

    def handle(self) -> BinaryIO:
        """The bytes, for the caller to close. Raises FileNotFoundError where the file has gone."""
        if self.member is None:
            return self.path.open("rb")
        with zipfile.ZipFile(self.path) as archive:  # the member keeps the archive open for itself
            try:
                return cast("BinaryIO", archive.open(self.member))
            except KeyError as error:
                raise FileNotFoundError(f"{self.name} is not in {self.path.name} any more") from error

    def _there(self, archive: zipfile.ZipFile) -> str:
        """The member's name, if the archive still has it."""
        if self.member not in archive.namelist():
            raise UnreadableError(
                f"{self.path.name}: {self.name} is not in it any more: another export has taken its place while it was "
                "being read. Read it again."
            )
        return str(self.member)


class Bundle(msgspec.Struct, frozen=True):
    """The tables of an export, by name, the files that its records may name, and what was left out of it."""

    path: Path
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    files: tuple[Table, ...] = ()

    def digest(self) -> str:
        """SHA-256 (hex) over names and contents of tables and files. Packed or not, the same files give the same."""
        whole = hashlib.sha256()
        for table in (*self.tables, *self.files):
            content = hashlib.sha256()
            with table.open() as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    content.update(chunk)
            whole.update(table.name.encode() + b"\0" + content.digest())
        return whole.hexdigest()


def open_bundle(path: Path, limits: Limits | None = None, files: Collection[str] = ()) -> Bundle:
    """Look at an export without reading its tables. `files`: names of folders, folded, that hold files and no tables.

    Raises `UnreadableError` for a path that is not there, an archive that is damaged, protected by a password, empty,
    nested or dangerous, and for an export without a single table.
    """
    if not path.exists():
        raise UnreadableError(f"{path}: there is no such file or folder; check the path of the export.")
    if path.is_dir():
        names = dict.fromkeys(_inside(path))
        packed = False
    elif path.suffix.lower() in WORKBOOK_SUFFIXES:
        return Bundle(path, (Table(path.name, path),), ())
    elif zipfile.is_zipfile(path):
        names = dict.fromkeys(_members(path, limits or Limits()))
        packed = True
    elif path.suffix.lower() == ".zip":
        raise UnreadableError(
            f"{path.name}: the archive is empty, cut short or no ZIP at all; download the export again and compare "
            f"its size."
        )
    elif path.suffix.lower() in _OLD_WORKBOOKS:
        raise UnreadableError(
            f"{path.name}: workbooks of this kind are not read; save it as .xlsx in a spreadsheet program."
        )
    else:
        return Bundle(path, (Table(path.name, path),), ())
    return _sorted_out(path, sorted(names), files, packed=packed)


def _inside(folder: Path) -> list[str]:
    """The files of a folder by their names below it; what a link leads out to is none of them."""
    top = folder.resolve()
    found = (file for file in folder.rglob("*") if file.is_file() and file.resolve().is_relative_to(top))
    return [file.relative_to(folder).as_posix() for file in found]


def _sorted_out(path: Path, names: list[str], folders: Collection[str], *, packed: bool) -> Bundle:
    """Tell tables from files, litter and what is neither; cut the folder that all tables share."""
    wanted: list[str] = []
    files: list[str] = []
    findings: list[Finding] = []
    top = _shared_depth([name for name in names if not _is_litter(name)])
    for name in names:
        if _is_litter(name):
            findings.append(_left_out("litter", path, name, "is a file of the operating system"))
        elif any(fold(part) in folders for part in name.replace("\\", "/").split("/")[top:-1]):
            files.append(name)
        elif packed and PurePosixPath(name).suffix.lower() in _ARCHIVES:
            raise UnreadableError(
                f"{path.name}: holds another archive, {name}; unpack {path.name} and name that archive or the folder."
            )
        elif PurePosixPath(name).suffix.lower() in TABLE_SUFFIXES:
            wanted.append(name)
        elif PurePosixPath(name).suffix.lower() in _OLD_WORKBOOKS:
            why = "is a workbook of an old or another kind (save it as .xlsx in a spreadsheet program)"
            findings.append(_left_out("old-workbook", path, name, why))
        else:
            findings.append(_left_out("other-file", path, name, "is no table"))
    if not wanted:
        suffixes = ", ".join(sorted(TABLE_SUFFIXES))
        raise UnreadableError(
            f"{path.name}: holds no table ({suffixes}); {len(names)} other files were found. Name the export itself."
        )
    depth = _shared_depth(wanted)
    shared = wanted[0].replace("\\", "/").split("/")[:depth]

    def placed(name: str) -> Table:
        below = name.replace("\\", "/").split("/")
        cut = below[depth:] if below[:depth] == shared else below
        return Table("/".join(cut), path if packed else path / name, name if packed else None)

    tables, others = (tuple(sorted(map(placed, some), key=lambda table: table.name)) for some in (wanted, files))
    return Bundle(path, tables, tuple(findings), others)


def check_packed(name: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse an archive that could do harm: too many files, too many bytes, or members that do."""
    if len(members) > limits.files:
        raise UnreadableError(
            f"{name}: holds {len(members)} files, more than {limits.files}; unpack it, look, and name the folder."
        )
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_bytes:
        raise UnreadableError(
            f"{name}: would unpack to {total} bytes, more than {limits.unpacked_bytes}; unpack it and name the folder."
        )
    for member in members:
        _check_member(name, member, limits)


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
    check_packed(path.name, members, limits)
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableError(f"{path.name}: holds {twice} twice; unpack it, keep one, and name the folder.")
    return names


def _check_member(name: str, member: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse what leaves its folder, is a link, is locked, or unpacks to many times its size."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if ".." in parts or member.filename.startswith(("/", "\\")) or member.filename[1:2] == ":":
        raise UnreadableError(
            f"{name}: the name {member.filename!r} leads out of the archive; do not use this file, export again."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableError(f"{name}: {member.filename} is a link, not a file; export again.")
    if member.flag_bits & 0x1:
        raise UnreadableError(
            f"{name}: {member.filename} is protected by a password; unpack it yourself and name the folder."
        )
    if member.file_size > limits.ratio_from_bytes and member.file_size > limits.ratio * max(member.compress_size, 1):
        raise UnreadableError(
            f"{name}: {member.filename} unpacks to more than {limits.ratio} times its size, as an attack would; "
            "if you trust it, unpack it and name the folder."
        )


def _is_litter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith((".", "~$")) or parts[-1].lower() in _LITTER


def _left_out(code: str, path: Path, name: str, why: str) -> Finding:
    return Finding(code=code, where=f"{path.name}/{name}", detail=f"{name} {why} and was left out.")


def _shared_depth(names: list[str]) -> int:
    """How many leading folders all names share."""
    folders = [name.replace("\\", "/").split("/")[:-1] for name in names]
    depth = 0
    while folders and all(len(parts) > depth and parts[depth] == folders[0][depth] for parts in folders):
        depth += 1
    return depth
