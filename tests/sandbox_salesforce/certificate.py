"""A certificate of its own for a server on this machine, and a server that shows it."""

import ipaddress
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_REPO = Path(__file__).resolve().parents[2]
_LAUNCHER = """
import sys, msgspec
from pathlib import Path
from adapters.sandbox.server import WORLDS, serve
state, certificate, key, settings = sys.argv[1:]
kind = WORLDS["salesforce"].settings
serve("salesforce", port=0, state=Path(state), settings=msgspec.json.decode(settings, type=kind),
      tls=(Path(certificate), Path(key)))
"""


def issue(folder: Path) -> tuple[Path, Path]:
    """The files of a new certificate for 127.0.0.1 and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@contextmanager
def over_tls(folder: Path, **settings: Any) -> Iterator[tuple[str, Path]]:
    """The address of a Salesforce sandbox over TLS, and the certificate to trust."""
    certificate, key = issue(folder)
    command = [sys.executable, "-c", _LAUNCHER, folder / "state", certificate, key, json.dumps(settings)]
    with subprocess.Popen([str(part) for part in command], cwd=_REPO, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split("listening on ")[1].strip(), certificate
        finally:
            process.terminate()
