"""The commands about rules, each with who may give it."""

from __future__ import annotations

from camwatch.alerts.rules import Rule
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.rule_desk import RuleDesk
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import anything, own_rule_uid, rule_uid

_OWN = About(arguments={"rule_uid": own_rule_uid})
_SEEN = About(arguments={"rule_uid": rule_uid})
# Only cameras that the operator sees are named in it.
_ANY = About(arguments={"rule": anything})


class RuleCommands:
    """Part of `Commands`; whoever inherits it calls `_init_rules` and has a `guard`.

    An operator of some sites sees rules that are about their cameras, and changes those that are
    about no others. A rule about everything is changed by who sees everything.
    """

    guard: Guard

    def _init_rules(self, desk: RuleDesk) -> None:
        self._rule_desk = desk

    @needs(Permission.VIEW_ALERTS)
    def rules(self, session: Session) -> list[Rule]:
        """Return the rules, by name."""
        del session
        return list(self._rule_desk.setup.stored.rules())

    @needs(Permission.EDIT_RULES)
    def save_rule(self, session: Session, rule: Rule) -> Rule:
        """Store a rule, new (version 0) or changed.

        Returns:
            As it was stored, with its new version.

        Raises:
            InvalidSettings: See `checks.check_rule`; also "name" that is taken, "plan_uid" and
                "scope" that are not there.
            NotFound: It was removed meanwhile, or this operator does not see it.
            ChangedMeanwhile: Somebody else has changed it.
        """
        return self._rule_desk.save(session.actor, rule)

    @needs(Permission.EDIT_RULES, about=_OWN)
    def switch_rule(self, session: Session, rule_uid: str, is_enabled: bool) -> Rule:
        """Switch a rule on or off.

        Raises:
            NotFound: See `save_rule`.
        """
        return self._rule_desk.switch(session.actor, rule_uid, is_enabled=is_enabled)

    @needs(Permission.EDIT_RULES, about=_OWN)
    def remove_rule(self, session: Session, rule_uid: str) -> None:
        """Remove a rule; its alerts stay, those that are open return.

        Raises:
            NotFound: See `save_rule`.
        """
        self._rule_desk.remove(session.actor, rule_uid)

    @needs(Permission.EDIT_RULES, about=_ANY)
    def preview_text(self, session: Session, rule: Rule) -> tuple[str, str]:
        """Return title and text of an example alert of a rule that is being edited.

        Raises:
            InvalidSetting: "template".
        """
        return self._rule_desk.preview(rule, session.role)
