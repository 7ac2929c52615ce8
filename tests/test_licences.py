"""README names every library under a licence that asks something of whoever passes the program on."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib

from conftest import REPO

from generator.pdf.from_elsewhere.files import KINDS

FREE = re.compile(r"MIT|BSD|Apache|ISC|Unlicense|PSF|Public Domain")


def licence(name: str) -> str:
    about = importlib.metadata.metadata(name)
    classified = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return " ".join([about["License-Expression"] or "", (about["License"] or "")[:80], *classified])


def test_readme_names_each_dependency_with_a_licence_that_binds() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    names = [found[0] for line in project["dependencies"] if (found := re.match(r"[\w.-]+", line))]
    binding = [name for name in names if not FREE.search(licence(name))]
    readme = (REPO / "README.md").read_text("utf-8")
    section = readme[readme.index("## Licences") :]
    assert {"docxtpl", "img2pdf", "pikepdf"} <= set(binding)
    assert [name for name in binding if name not in section] == []


def test_security_says_the_threat_of_each_accepted_format() -> None:
    text = (REPO / "SECURITY.md").read_text("utf-8")
    for part in ("What is promised", "What is not promised", "The threat of each accepted format"):
        assert f"## {part}" in text
    rows = " ".join(line.casefold() for line in text.splitlines() if line.startswith("|"))
    called = {"jpg": "jpeg", "tif": "tiff"}
    endings = [kind.endings[0].removeprefix(".") for kind in KINDS]
    assert [ending for ending in endings if called.get(ending, ending) not in rows] == []
