"""Every way in which the login service can fail has words of its own."""

from __future__ import annotations

import pytest

from camwatch.errors import LoginFault, LoginServiceError
from camwatch.ui.error_text import text_for
from tests.ui.test_error_text import is_prose


@pytest.mark.fault("F105", "F106", "F113")
def test_each_fault_has_words_of_its_own() -> None:
    texts = {fault: text_for(LoginServiceError(fault)) for fault in LoginFault}
    assert len({text.title for text in texts.values()}) == len(LoginFault)
    assert len({text.whole for text in texts.values()}) == len(LoginFault)
    for text in texts.values():
        assert text.title
        assert not text.title.endswith(".")
        assert is_prose(text.sentence)
        assert is_prose(text.what_to_do)
    assert "cannot be reached" in texts[LoginFault.UNREACHABLE].title
    assert "clock" in texts[LoginFault.CLOCK].title


def test_the_facts_stand_behind_the_sentence() -> None:
    text = text_for(LoginServiceError(LoginFault.SERVER_ERROR, "HTTP 503"))
    assert text.sentence.endswith("In detail: HTTP 503.")
    assert (
        "no answer within 5 s."
        in text_for(LoginServiceError(LoginFault.TIMEOUT, "no answer within 5 s")).sentence
    )
