"""What was done, by whom and with what result, in the words of an operator. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from camwatch.ui.words import sentence

BREAK_FOUND = "audit_break_found"
"""What CamWatch writes when it comes upon a log that is not the one it was."""

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        # signing in
        "create_first_administrator": "Make the first administrator",
        "sign_in": "Sign in",
        "sign_in_remote": "Sign in with the login service",
        "sign_out": "Sign out",
        "continue_sign_in": "Sign in, the next step",
        "confirm_password": "Enter the password once more",
        "lock": "Lock the session",
        "unlock": "Unlock the session",
        "lock_session": "Lock the session",
        "unlock_session": "Unlock the session",
        "change_password": "Change the own password",
        "change_own_password": "Change the own password",
        "set_up_second_factor": "Set up a second factor",
        "start_second_factor": "Set up a second factor",
        "finish_second_factor": "Set up a second factor",
        "confirm_second_factor": "Set up a second factor",
        "remove_second_factor": "Remove the own second factor",
        "new_recovery_codes": "Make new recovery codes",
        "use_recovery_code": "Sign in with a recovery code",
        "my_account": "See the own account",
        "begin_second_factor": "Set up a second factor",
        "drop_second_factor": "Remove the own second factor",
        "choose_password": "Choose a new password",
        "present_session": "Check the session",
        "role_changed": "Take over a role from the login service",
        "sign_in_confirmed": "Confirm an offline sign-in",
        "guessing_alarm": "Notice many wrong passwords",
        # operators
        "accounts": "See the users",
        "add_operator": "Add a user",
        "import_operators": "Import users",
        "preview_operators": "Look through a list of users",
        "set_disabled": "Allow or stop a user",
        "disable_operator": "Stop a user from signing in",
        "unlock_operator": "Let a user try again at once",
        "enable_operator": "Let a user sign in again",
        "remove_operator": "Remove a user",
        "set_role": "Give a user another role",
        "reset_password": "Reset a user's password",
        "force_password_change": "Make a user choose a new password",
        "reset_second_factor": "Remove a user's second factor",
        "open_sessions": "See the open sessions",
        "end_session": "End a session",
        "end_sessions": "End a user's sessions",
        "session_ended": "End a session",
        "roles": "See the roles",
        "add_role": "Add a role",
        "edit_role": "Change a role",
        "remove_role": "Remove a role",
        # security
        "set_security": "Change the security settings",
        "login_service": "See the login service",
        "set_login_service": "Change the login service",
        "try_login_service": "Try the login service",
        "preview_mapping": "See which roles the login service gives",
        "login_service_refused": "Refuse what the login service sent",
        "trust_login_service_keys": "Trust the login service's keys",
        "security": "See the security settings",
        "vault": "See where passwords are kept",
        "ask_keyring_again": "Ask the keyring again",
        "move_vault_to_keyring": "Move passwords from the vault to the keyring",
        "create_vault": "Make the vault for passwords",
        "unlock_vault": "Unlock the vault for passwords",
        "change_vault_passphrase": "Change the vault's passphrase",
        # cameras
        "cameras": "See the cameras",
        "sites": "See the sites",
        "add_camera": "Add a camera",
        "add_cameras": "Add cameras",
        "edit_camera": "Change a camera",
        "edit_cameras": "Change cameras",
        "remove_camera": "Remove a camera",
        "set_site_zone": "Give a site a time zone",
        "remove_cameras": "Remove cameras",
        "import_cameras": "Import cameras",
        "preview_import": "Look through a list of cameras",
        "export_cameras": "Export the list of cameras",
        "test_camera": "Try a camera's settings",
        "trust_certificate": "Trust a camera's certificate",
        "discover_cameras": "Search for cameras",
        "find_moved": "Search for cameras that moved",
        "follow": "Follow a camera to its new address",
        "follow_camera": "Follow a camera to its new address",
        "camera_blocked": "Block where a camera led to",
        "disk_error": "Notice an error of the disk",
        "ptz": "See whether a camera can be moved",
        "ptz_move": "Move a camera",
        "ptz_stop": "Stop a camera's movement",
        "ptz_goto_preset": "Move a camera to a preset",
        "ptz_home": "Move a camera to its home position",
        "save_picture": "Save a picture",
        # counting
        "scene": "See what is counted in a view",
        "scenes": "See what is counted in the views",
        "save_scene": "Change lines and zones",
        "privacy": "See what may be seen of people",
        "change_privacy": "Change what may be seen of people",
        "lift_privacy": "Lift the privacy of a camera",
        "end_privacy_lift": "Let the privacy of a camera hold again",
        "stored_pictures": "See how many pictures are stored",
        "delete_stored_pictures": "Delete the stored pictures of a camera",
        "check_privacy": "Test that no picture is stored",
        "apply_threshold": "Change the threshold",
        "places": "See lines and zones",
        "passed_since": "See who passed",
        "flow_history": "See who passed over time",
        "zone_history": "See people in a zone over time",
        "occupancy_series": "See the counts",
        "history": "See the counts over time",
        "restore_history": "Put a copy in the place of a damaged history",
        "salvage_history": "Save what can be read of a damaged history",
        "begin_history_anew": "Begin a new history",
        "leave_history_log": "Go on without the log of the history",
        "week_map": "See the hours of the week",
        "usual_band": "See what is usual",
        "measured_at": "See a single measurement",
        "corrections": "See what was corrected",
        "add_correction": "Correct counts",
        "withdraw_correction": "Withdraw a correction of counts",
        "heat": "See where people were",
        "dwell": "See how long people stayed",
        "state_changes": "See what happened to a camera",
        "camera_states": "See what happened to a camera",
        "models": "See the models",
        "chosen_model": "See the chosen model",
        "try_model": "Try a model",
        "test_model": "Try a model",
        "add_model": "Add a model",
        "use_model": "Choose the model that counts",
        # files and reports
        "preview_export": "See what an export would write",
        "export_history": "Export the history",
        "report": "Make a report",
        "report_plans": "See the reports that are sent by themselves",
        "save_report_plan": "Save a report that is sent by itself",
        "add_report_plan": "Add a report that is sent by itself",
        "edit_report_plan": "Change a report that is sent by itself",
        "remove_report_plan": "Remove a report that is sent by itself",
        "send_report_now": "Have a report sent at once",
        "send_report": "Have a report sent at once",
        "report_sent": "Send a report",
        # accuracy
        "recordings": "See the recordings for audits",
        "start_recording": "Start a recording for an audit",
        "stop_recording": "Stop a recording for an audit",
        "discard_recording": "Delete a recording for an audit",
        "keep_recording": "Keep a recording for an audit",
        "open_recording": "Open a recording for an audit",
        "recording_folder": "Find a recording for an audit",
        "keep_truth": "Count a recording by hand",
        "preview_audit": "See what an audit would say",
        "store_audit": "Store an audit of the accuracy",
        "audits": "See the audits of the accuracy",
        "badges": "See how right the counts are",
        "threshold_advice": "Ask which threshold fits",
        "signing_key": "See the key of reports",
        "sign_report": "Sign a report",
        # alerts
        "alerts": "See the alerts",
        "alert_details": "See an alert",
        "alert_evidence": "See the pictures of an alert",
        "acknowledge_alerts": "Acknowledge alerts",
        "shelve_alerts": "Put alerts aside",
        "unshelve_alerts": "Take alerts out again",
        "comment_alert": "Comment on an alert",
        "own_alerts": "Say who takes care of alerts",
        "popup_shown": "Show an alert on the screen",
        "handover": "Look at the sheet for the next shift",
        "hand_over": "Hand over the shift",
        "last_handover": "Look when a shift was handed over last",
        "rules": "See the rules of alerts",
        "add_rule": "Add a rule",
        "edit_rule": "Change a rule",
        "save_rule": "Save a rule",
        "assign_site": "Give a site to a workstation",
        "workstations": "See the workstations",
        "site_stations": "See which workstation counts a site",
        "switch_rule": "Switch a rule on or off",
        "remove_rule": "Remove a rule",
        "preview_text": "See what a rule would say",
        "stored_history": "Rehearse a rule",
        "explain_rule": "See why a rule fired or not",
        # how the history is kept
        "storage_status": "See how the history is kept",
        "preview_retention": "See what a shorter time would delete",
        "set_retention": "Change how long the history is kept",
        "try_database_server": "Try a database server",
        "set_database_server": "Choose where the history is",
        "back_up": "Make a copy of the history",
        "delete_backup": "Delete a copy of the history",
        "check_history": "Look for faults in the history",
        "rebuild_history": "Write the file of the history anew",
        # how alerts reach people
        "channels": "See the channels of alerts",
        "add_channel": "Add a channel",
        "edit_channel": "Change a channel",
        "save_channel": "Save a channel",
        "remove_channel": "Remove a channel",
        "test_channel": "Send a test message",
        "stop_test": "Stop a test message",
        "disable_channel": "Switch off a channel that is gone",
        "channel_unsafe": "Send nothing over an unsafe connection",
        "outbox": "See the messages about alerts",
        "channel_proofs": "See whether alerts arrive",
        "prove_channels": "Prove that all channels work",
        "start_drill": "Begin a drill",
        "stop_drill": "Break off a drill",
        "drill_report": "See what came of a drill",
        "recipients": "See who is told of alerts",
        "add_recipient": "Add a recipient",
        "edit_recipient": "Change a recipient",
        "save_recipient": "Save a recipient",
        "remove_recipient": "Remove a recipient",
        "recipient_groups": "See the groups of recipients",
        "add_recipient_group": "Add a group of recipients",
        "edit_recipient_group": "Change a group of recipients",
        "save_recipient_group": "Save a group of recipients",
        "remove_recipient_group": "Remove a group of recipients",
        "plans": "See the escalation plans",
        "add_plan": "Add an escalation plan",
        "edit_plan": "Change an escalation plan",
        "save_plan": "Save an escalation plan",
        "remove_plan": "Remove an escalation plan",
        # the log itself
        "find_audit_entries": "Read the audit log",
        "audit_kinds": "Read the audit log",
        "verify_audit": "Check the audit log",
        "export_audit": "Export the audit log",
        "audit_sealed": "Seal the entries of an older CamWatch",
        BREAK_FOUND: "Notice tampering with the audit log",
    }
)

RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "done": "Done",
        "failed": "Failed",
        "denied": "Not allowed",
        "locked": "Locked out",
        "pending": "Not complete yet",
        "alarm": "Alarm",
    }
)

_ACTORS: Mapping[str, str] = MappingProxyType(
    {
        "system": "CamWatch itself",
        "anonymous": "Nobody signed in",
        "command line": "Command line",
    }
)
_REMOTE = "remote:"

_DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "uid": "Identity",
        "permission": "Permission that was missing",
        "failures": "Wrong passwords in a row",
        "fault": "What was found",
        "where": "Compared with",
        "newest": "Newest entry then",
        "known": "Newest entry as noted",
        "noted_at": "Noted at",
        "count": "How many",
        "fields": "What was changed",
        "text": "Text searched for",
        "actor_wanted": "Only by",
        "action_wanted": "Only this",
        "result_wanted": "Only with this result",
        "start": "From",
        "end": "To",
        "alerts": "Alerts",
        "until": "Until",
        "reason": "Why",
        "owner": "Who takes care",
        "content": "What",
        "kind": "Kind of file",
        "size": "Steps",
        "zone": "Time zone",
        "cameras": "Cameras, by number",
        "numbers": "Numbers",
        "span": "Day, week or month",
        "recipients": "To",
    }
)


def action_words(action: str) -> str:
    """Say what was done: "Add a camera"."""
    return ACTIONS.get(action) or sentence(action.replace("_", " ").replace(".", " "))


def result_words(result: str) -> str:
    """Say how it went: "Not allowed"."""
    return RESULTS.get(result) or sentence(result.replace("_", " "))


def actor_words(actor: str) -> str:
    """Say who did it."""
    if actor.startswith(_REMOTE):
        return f"{actor.removeprefix(_REMOTE)} (login service)"
    return _ACTORS.get(actor, actor)


def detail_words(name: str) -> str:
    """Say what a fact is about."""
    return _DETAILS.get(name) or sentence(name.replace("_", " "))


def actions_saying(text: str) -> tuple[str, ...]:
    """Return the actions whose words hold a text; none for an empty one."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    return tuple(name for name, words in ACTIONS.items() if wanted in words.casefold())


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Say when, on the site's clock: "2026-11-26 14:02:07"."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
