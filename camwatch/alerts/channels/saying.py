"""What other computers say, made fit to be shown and kept."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from camwatch.alerts import plain
from camwatch.domain import Secret

LONGEST_SAID = 500
_SHORTEST_KNOWN = 4  # leaving out a one-letter password would garble every answer


def said(words: str | bytes, secrets: Iterable[Secret | None] = ()) -> str:
    """Return another computer's words in one line, cut, without invisible signs and secrets.

    Args:
        words: As they came.
        secrets: What it was told in confidence, and might tell back.
    """
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    for secret in secrets:
        if secret is None or len(secret.reveal()) < _SHORTEST_KNOWN:
            continue
        for form in written_forms(secret.reveal()):
            text = text.replace(form, "***")
    return plain.one_line(text, LONGEST_SAID)


def written_forms(secret: str) -> Iterator[str]:
    """Yield how a secret can be written on the way: as it is, escaped, in Base64."""
    raw = secret.encode()
    yield secret
    # Servers that answer with what they were asked like to do so as JSON or as a page.
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    # What stands before it in Base64, such as "user:", shifts it by none, one or two bytes.
    for shift in range(3):
        end = len(raw) - (len(raw) + shift) % 3
        cut = base64.b64encode(b"\0" * shift + raw[:end]).decode()[4 if shift else 0 :]
        if len(cut) >= _SHORTEST_KNOWN:
            yield cut
