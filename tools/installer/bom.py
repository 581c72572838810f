"""Writes the list of parts for programs that look for known weaknesses. Needs the build environment."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from installer import contents
from installer.parts import NotFit, Part


def _licence(text: str) -> DisjunctiveLicense | LicenseExpression:
    """Return a licence as an expression of SPDX where it is one, else by its words."""
    if re.fullmatch(r"[A-Za-z0-9.+-]+( (WITH|AND|OR) [A-Za-z0-9.+-]+)*", text):
        return LicenseExpression(text)
    return DisjunctiveLicense(name=text or "not told")


def write_bom(parts: list[Part], file: Path, epoch: int) -> None:
    """Write the list of parts for programs, in CycloneDX's JSON, and check it against its schema.

    Raises:
        NotFit: The list is not what the schema asks for.
    """
    bom = Bom()
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    bom.metadata.component = program = Component(
        name="CamWatch",
        version=contents.version(),
        type=ComponentType.APPLICATION,
        licenses=[_licence("Apache-2.0")],
        bom_ref="camwatch",
    )
    for part in parts:
        component = Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            licenses=[_licence(part.licence)],
            purl=PackageURL.from_string(part.url),
            bom_ref=part.url,
        )
        for native, version in part.natives.items():
            inner = Component(
                name=native.name,
                version=version or None,
                type=ComponentType.LIBRARY,
                licenses=[_licence(native.licence)],
                bom_ref=f"{part.url}#{native.name}",
            )
            component.components.add(inner)
        bom.components.add(component)
        bom.register_dependency(program, [component])
    names = " ".join(f"{part.url}" for part in parts)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"camwatch {contents.version()} {names}")
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise NotFit(f"the list of parts is not well formed: {wrong}")
    file.write_text(text + "\n")
