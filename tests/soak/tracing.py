"""Tracing: everything that SQLite asks of the file system, in order, while the real store runs over it.

A VFS of our own becomes this process's default (sqlite.org/vfs.html): it opens files by the system's own VFS and puts
recording methods in place of those that write. What is mapped (the -shm file) never passes here; no disk keeps it.
"""

import _sqlite3
import ctypes
import sqlite3
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast
from pathlib import Path
from typing import Any

SYNCS_FOLDER = 0x800 | 0x4000 | 0x80000
"""SQLITE_OPEN_ flags of main journal, super-journal, WAL: at the first sync of such a file its folder is synced."""

Op = tuple[Any, ...]
"""("open", file, syncs_folder), ("write", file, offset, bytes), ("truncate", file, size), ("sync", file),
("delete", file, syncs_folder), or ("told", message) between them."""

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    """struct sqlite3_vfs, version 3."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("path_max", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _OPEN),
        ("delete", _DELETE),
        *((f"other{n}", c_void_p) for n in range(13)),
    )


class _Methods(Structure):
    """struct sqlite3_io_methods, version 3."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        *((f"other{n}", c_void_p) for n in range(13)),
    )


class _File(Structure):
    """struct sqlite3_file: what begins every VFS's own."""

    _fields_ = (("methods", POINTER(_Methods)),)


class Tracer:
    """Records the operations of this process on files in a folder, from now to its end; `ops` holds them."""

    def __init__(self, folder: Path) -> None:
        library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self.ops: list[Op] = []
        self._folder = str(folder)
        self._real = library.sqlite3_vfs_find(None).contents
        self._names: dict[int, tuple[str, _Methods]] = {}
        self._tables: list[_Methods] = []
        self._there: set[str] = set()
        self._ours = _Vfs.from_buffer_copy(self._real)
        self._ours.name = b"tracing"
        self._ours.open = _OPEN(self._open)
        self._ours.delete = _DELETE(self._delete)
        self._write, self._truncate = _WRITE(self._on_write), _TRUNCATE(self._on_truncate)
        self._sync = _SYNC(self._on_sync)
        code = library.sqlite3_vfs_register(ctypes.byref(self._ours), 1)
        if code:
            raise RuntimeError(f"SQLite {sqlite3.sqlite_version} did not take the tracing VFS: {code}")

    def tell(self, message: Any) -> None:
        """Note what the writer has said at this moment."""
        self.ops.append(("told", message))

    def _note(self, kind: str, name: str, *rest: Any) -> None:
        if name.startswith(self._folder):
            self.ops.append((kind, Path(name).name, *rest))

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        path = ctypes.string_at(name).decode() if name else ""  # handed on as it came: the file keeps the address
        code = int(self._real.open(ctypes.addressof(self._real), name, file, flags, out))
        if code == 0:
            opened = cast(file, POINTER(_File)).contents
            real = opened.methods.contents
            ours = _Methods.from_buffer_copy(real)
            ours.write, ours.truncate, ours.sync = self._write, self._truncate, self._sync
            self._tables.append(ours)  # SQLite keeps its address
            self._names[file] = path, real
            opened.methods = ctypes.pointer(ours)
            if path not in self._there:  # new, or made empty by the store itself
                self._there.add(path)
                self._note("open", path, bool(flags & SYNCS_FOLDER))
        return code

    def _delete(self, _vfs: int, name: bytes, sync_folder: int) -> int:
        code = int(self._real.delete(ctypes.addressof(self._real), name, sync_folder))
        if code == 0:
            self._there.discard(name.decode())
            self._note("delete", name.decode(), bool(sync_folder))
        return code

    def _on_write(self, file: int, data: int, size: int, offset: int) -> int:
        name, real = self._names[file]
        self._note("write", name, offset, ctypes.string_at(data, size))
        return int(real.write(file, data, size, offset))

    def _on_truncate(self, file: int, size: int) -> int:
        name, real = self._names[file]
        self._note("truncate", name, size)
        return int(real.truncate(file, size))

    def _on_sync(self, file: int, flags: int) -> int:
        name, real = self._names[file]
        code = int(real.sync(file, flags))
        if code == 0:
            self._note("sync", name)
        return code


def traced(folder: Path, work: Callable[[Tracer], None]) -> list[Op]:
    """The operations on a folder's files while `work` is done; meant for a process that does nothing else."""
    tracer = Tracer(folder)
    work(tracer)
    return tracer.ops
