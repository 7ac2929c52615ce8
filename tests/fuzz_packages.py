"""Seeded damage inside office files: templates, workbooks and attached files, at the level of parts and of XML.

A variant damages one file of a small workspace and runs ``packet check``, ``template check`` and ``build``. A finding
is a traceback, or an exit code other than 0, 1 and 3 with a sentence.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import shutil
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from generator.basic.failure import UserError
from generator.cli.app import packet

REPO = Path(__file__).resolve().parents[1]

COMMANDS = (("template", "check"), ("build", "113-1", "--format", "docx"))

Parts = dict[str, bytes]
ODD_VALUES = [b"", b"-1", b"99999999999", b"x", b"1.5", b"_xD800_", b"rId999", b"&#x0;", b"true", "表".encode()]
ODD_TEXTS = [b"", b"<![CDATA[{{ x }}]]>", b"_xD800_", b"1e999", b"{{", b"{% for x in y %}", b"&bad;", b"\x01", b"-5"]


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _xml_part(rng: random.Random, parts: Parts) -> str:
    return rng.choice([name for name in parts if name.endswith((".xml", ".rels"))])


def drop_part(rng: random.Random, parts: Parts) -> None:
    del parts[rng.choice(list(parts))]


def empty_part(rng: random.Random, parts: Parts) -> None:
    parts[rng.choice(list(parts))] = b""


def swap_parts(rng: random.Random, parts: Parts) -> None:
    first, second = rng.choice(list(parts)), rng.choice(list(parts))
    parts[first], parts[second] = parts[second], parts[first]


def drop_element(rng: random.Random, parts: Parts) -> None:
    """An element without content, or a start with its next end, goes."""
    name = _xml_part(rng, parts)
    found = list(re.finditer(rb"<([\w:]+)[^<>]*/>|<([\w:]+)[^<>/]*>[^<>]*</\2>", parts[name]))
    if found:
        spot = rng.choice(found)
        parts[name] = parts[name][: spot.start()] + parts[name][spot.end() :]


def drop_attribute(rng: random.Random, parts: Parts) -> None:
    _cut(rng, parts, rb'\s[\w:]+="[^"]*"')


def drop_end(rng: random.Random, parts: Parts) -> None:
    _cut(rng, parts, rb"</[\w:]+>")


def _cut(rng: random.Random, parts: Parts, pattern: bytes) -> None:
    name = _xml_part(rng, parts)
    if found := list(re.finditer(pattern, parts[name])):
        spot = rng.choice(found)
        parts[name] = parts[name][: spot.start()] + parts[name][spot.end() :]


def odd_value(rng: random.Random, parts: Parts) -> None:
    name = _xml_part(rng, parts)
    if found := list(re.finditer(rb'="([^"]*)"', parts[name])):
        spot = rng.choice(found)
        odd = rng.choice(ODD_VALUES)
        parts[name] = parts[name][: spot.start(1)] + odd + parts[name][spot.end(1) :]


def odd_text(rng: random.Random, parts: Parts) -> None:
    name = _xml_part(rng, parts)
    if found := list(re.finditer(rb">([^<>]+)<", parts[name])):
        spot = rng.choice(found)
        odd = rng.choice(ODD_TEXTS)
        parts[name] = parts[name][: spot.start(1)] + odd + parts[name][spot.end(1) :]


def other_encoding(rng: random.Random, parts: Parts) -> None:
    name = _xml_part(rng, parts)
    text = parts[name].decode("utf-8", "replace")
    parts[name] = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def deep(rng: random.Random, parts: Parts) -> None:
    name = _xml_part(rng, parts)
    if found := list(re.finditer(rb"<([\w:]+)>", parts[name])):
        spot = rng.choice(found)
        many = rng.choice([50, 300, 5000])
        start, end = b"<" + spot[1] + b">", b"</" + spot[1] + b">"
        parts[name] = parts[name][: spot.start()] + start * many + end * many + parts[name][spot.start() :]


def doctype(rng: random.Random, parts: Parts) -> None:
    name = _xml_part(rng, parts)
    declared = b'<!DOCTYPE x [<!ENTITY bad SYSTEM "file:///etc/hostname">]>'
    parts[name] = re.sub(rb"(<\?xml[^>]*\?>)?", lambda found: found[0] + declared, parts[name], count=1)


CHANGES: list[Callable[[random.Random, Parts], None]] = [
    drop_part, empty_part, swap_parts, drop_element, drop_element, drop_attribute, drop_attribute, drop_end, odd_value,
    odd_value, odd_text, odd_text, other_encoding, deep, doctype,
]  # fmt: skip


def broken(rng: random.Random, content: bytes) -> bytes:
    """Bytes of the file itself changed or cut off."""
    damaged = bytearray(content)
    if rng.random() < 0.3:
        return bytes(damaged[: rng.randrange(len(damaged))])
    for _ in range(rng.randint(1, 6)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def damaged(rng: random.Random, path: Path) -> bytes:
    if rng.random() < 0.2:
        return broken(rng, path.read_bytes())
    parts = parts_of(path)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if parts:
            rng.choice(CHANGES)(rng, parts)
    return packed(parts)


def targets(root: Path) -> list[Path]:
    endings = (".xlsx", ".ods", ".docx", ".pptx")
    found = [*sorted((root / "templates").iterdir()), *sorted((root / "inputs").rglob("*"))]
    return [path for path in found if path.suffix in endings]


def variant(seed: int, folder: Path) -> list[str]:
    """What went wrong with one variant; ``folder`` is a workspace, and is the same again afterwards."""
    rng = random.Random(seed)
    path = rng.choice(targets(folder))
    before, findings = path.read_bytes(), []
    path.write_bytes(damaged(rng, path))
    try:
        for command in COMMANDS:
            result = CliRunner().invoke(packet, ["--workspace", str(folder), *command])
            where = f"seed {seed}, {path.name}, {' '.join(command)}"
            # What app.main says in a sentence.
            if result.exception is not None and not isinstance(result.exception, SystemExit | UserError | OSError):
                trace = "".join(traceback.format_exception(result.exception))
                findings.append(f"{where}:\n{trace}")
            elif result.exit_code not in (0, 1, 3):
                findings.append(f"{where}: exit code {result.exit_code}\n{result.output}")
    finally:
        path.write_bytes(before)
        shutil.rmtree(folder / "output", ignore_errors=True)
    return findings


def workspace(folder: Path) -> Path:
    for name in ("inputs", "templates"):
        shutil.copytree(REPO / name, folder / name)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    findings = []
    with tempfile.TemporaryDirectory() as name:
        root = workspace(Path(name))
        for seed in range(given.seed, given.seed + given.variants):
            if found := variant(seed, root):
                findings += found
                print("\n".join(found), flush=True)
    print(f"{given.variants} variants, {len(findings)} findings")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
