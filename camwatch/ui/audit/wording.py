"""What was done, by whom and with what result, in the words of an operator. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.language import table, tr
from camwatch.ui.words import sentence

BREAK_FOUND = "audit_break_found"
"""What CamWatch writes when it comes upon a log that is not the one it was."""

ACTIONS: Mapping[str, str] = table(
    lambda: {
        # signing in
        "create_first_administrator": tr("Make the first administrator"),
        "sign_in": tr("Sign in"),
        "sign_in_remote": tr("Sign in with the login service"),
        "sign_out": tr("Sign out"),
        "continue_sign_in": tr("Sign in, the next step"),
        "confirm_password": tr("Enter the password once more"),
        "lock": tr("Lock the session"),
        "unlock": tr("Unlock the session"),
        "lock_session": tr("Lock the session"),
        "unlock_session": tr("Unlock the session"),
        "change_password": tr("Change the own password"),
        "change_own_password": tr("Change the own password"),
        "set_up_second_factor": tr("Set up a second factor"),
        "start_second_factor": tr("Set up a second factor"),
        "finish_second_factor": tr("Set up a second factor"),
        "confirm_second_factor": tr("Set up a second factor"),
        "remove_second_factor": tr("Remove the own second factor"),
        "new_recovery_codes": tr("Make new recovery codes"),
        "use_recovery_code": tr("Sign in with a recovery code"),
        "my_account": tr("See the own account"),
        "begin_second_factor": tr("Set up a second factor"),
        "drop_second_factor": tr("Remove the own second factor"),
        "choose_password": tr("Choose a new password"),
        "present_session": tr("Check the session"),
        "role_changed": tr("Take over a role from the login service"),
        "sign_in_confirmed": tr("Confirm an offline sign-in"),
        "guessing_alarm": tr("Notice many wrong passwords"),
        # operators
        "accounts": tr("See the users"),
        "add_operator": tr("Add a user"),
        "import_operators": tr("Import users"),
        "preview_operators": tr("Look through a list of users"),
        "set_disabled": tr("Allow or stop a user"),
        "disable_operator": tr("Stop a user from signing in"),
        "unlock_operator": tr("Let a user try again at once"),
        "enable_operator": tr("Let a user sign in again"),
        "remove_operator": tr("Remove a user"),
        "set_role": tr("Give a user another role"),
        "reset_password": tr("Reset a user's password"),
        "force_password_change": tr("Make a user choose a new password"),
        "reset_second_factor": tr("Remove a user's second factor"),
        "open_sessions": tr("See the open sessions"),
        "end_session": tr("End a session"),
        "end_sessions": tr("End a user's sessions"),
        "session_ended": tr("End a session"),
        "roles": tr("See the roles"),
        "add_role": tr("Add a role"),
        "edit_role": tr("Change a role"),
        "remove_role": tr("Remove a role"),
        # security
        "set_security": tr("Change the security settings"),
        "login_service": tr("See the login service"),
        "set_login_service": tr("Change the login service"),
        "try_login_service": tr("Try the login service"),
        "preview_mapping": tr("See which roles the login service gives"),
        "login_service_refused": tr("Refuse what the login service sent"),
        "trust_login_service_keys": tr("Trust the login service's keys"),
        "security": tr("See the security settings"),
        "vault": tr("See where passwords are kept"),
        "ask_keyring_again": tr("Ask the keyring again"),
        "move_vault_to_keyring": tr("Move passwords from the vault to the keyring"),
        "create_vault": tr("Make the vault for passwords"),
        "unlock_vault": tr("Unlock the vault for passwords"),
        "change_vault_passphrase": tr("Change the vault's passphrase"),
        # cameras
        "cameras": tr("See the cameras"),
        "sites": tr("See the sites"),
        "add_camera": tr("Add a camera"),
        "simulated_camera": tr("Prepare a simulated camera"),
        "add_cameras": tr("Add cameras"),
        "edit_camera": tr("Change a camera"),
        "edit_cameras": tr("Change cameras"),
        "remove_camera": tr("Remove a camera"),
        "set_site_zone": tr("Give a site a time zone"),
        "remove_cameras": tr("Remove cameras"),
        "import_cameras": tr("Import cameras"),
        "preview_import": tr("Look through a list of cameras"),
        "export_cameras": tr("Export the list of cameras"),
        "test_camera": tr("Try a camera's settings"),
        "trust_certificate": tr("Trust a camera's certificate"),
        "discover_cameras": tr("Search for cameras"),
        "find_moved": tr("Search for cameras that moved"),
        "follow": tr("Follow a camera to its new address"),
        "follow_camera": tr("Follow a camera to its new address"),
        "camera_blocked": tr("Block where a camera led to"),
        "disk_error": tr("Notice an error of the disk"),
        "ptz": tr("See whether a camera can be moved"),
        "ptz_move": tr("Move a camera"),
        "ptz_stop": tr("Stop a camera's movement"),
        "ptz_goto_preset": tr("Move a camera to a preset"),
        "ptz_home": tr("Move a camera to its home position"),
        "save_picture": tr("Save a picture"),
        # counting
        "scene": tr("See what is counted in a view"),
        "scenes": tr("See what is counted in the views"),
        "save_scene": tr("Change lines and zones"),
        "privacy": tr("See what may be seen of people"),
        "change_privacy": tr("Change what may be seen of people"),
        "lift_privacy": tr("Lift the privacy of a camera"),
        "end_privacy_lift": tr("Let the privacy of a camera hold again"),
        "stored_pictures": tr("See how many pictures are stored"),
        "delete_stored_pictures": tr("Delete the stored pictures of a camera"),
        "check_privacy": tr("Test that no picture is stored"),
        "apply_threshold": tr("Change the threshold"),
        "places": tr("See lines and zones"),
        "passed_since": tr("See who passed"),
        "flow_history": tr("See who passed over time"),
        "zone_history": tr("See people in a zone over time"),
        "occupancy_series": tr("See the counts"),
        "history": tr("See the counts over time"),
        "restore_history": tr("Put a copy in the place of a damaged history"),
        "salvage_history": tr("Save what can be read of a damaged history"),
        "begin_history_anew": tr("Begin a new history"),
        "leave_history_log": tr("Go on without the log of the history"),
        "week_map": tr("See the hours of the week"),
        "usual_band": tr("See what is usual"),
        "measured_at": tr("See a single measurement"),
        "open_time_machine": tr("Look at the past on the wall"),
        "moment": tr("See how the wall was at a moment"),
        "moment_pictures": tr("See stored pictures of a moment"),
        "alert_beside": tr("Go to the next or last alert"),
        "corrections": tr("See what was corrected"),
        "add_correction": tr("Correct counts"),
        "withdraw_correction": tr("Withdraw a correction of counts"),
        "heat": tr("See where people were"),
        "dwell": tr("See how long people stayed"),
        "state_changes": tr("See what happened to a camera"),
        "camera_states": tr("See what happened to a camera"),
        "models": tr("See the models"),
        "chosen_model": tr("See the chosen model"),
        "try_model": tr("Try a model"),
        "test_model": tr("Try a model"),
        "add_model": tr("Add a model"),
        "use_model": tr("Choose the model that counts"),
        # walls
        "walls": tr("See the saved walls"),
        "save_wall": tr("Save a wall"),
        "add_wall": tr("Save a wall"),
        "edit_wall": tr("Change a wall"),
        "remove_wall": tr("Delete a wall"),
        "export_wall": tr("Take a wall out as a file"),
        "import_wall": tr("Read a wall from a file"),
        "leave_kiosk": tr("Leave kiosk mode"),
        # files and reports
        "preview_export": tr("See what an export would write"),
        "export_history": tr("Export the history"),
        "report": tr("Make a report"),
        "report_plans": tr("See the reports that are sent by themselves"),
        "save_report_plan": tr("Save a report that is sent by itself"),
        "add_report_plan": tr("Add a report that is sent by itself"),
        "edit_report_plan": tr("Change a report that is sent by itself"),
        "remove_report_plan": tr("Remove a report that is sent by itself"),
        "send_report_now": tr("Have a report sent at once"),
        "send_report": tr("Have a report sent at once"),
        "report_sent": tr("Send a report"),
        # accuracy
        "recordings": tr("See the recordings for audits"),
        "start_recording": tr("Start a recording for an audit"),
        "stop_recording": tr("Stop a recording for an audit"),
        "discard_recording": tr("Delete a recording for an audit"),
        "keep_recording": tr("Keep a recording for an audit"),
        "open_recording": tr("Open a recording for an audit"),
        "recording_folder": tr("Find a recording for an audit"),
        "keep_truth": tr("Count a recording by hand"),
        "preview_audit": tr("See what an audit would say"),
        "store_audit": tr("Store an audit of the accuracy"),
        "audits": tr("See the audits of the accuracy"),
        "badges": tr("See how right the counts are"),
        "threshold_advice": tr("Ask which threshold fits"),
        "signing_key": tr("See the key of reports"),
        "sign_report": tr("Sign a report"),
        # alerts
        "alerts": tr("See the alerts"),
        "alert_details": tr("See an alert"),
        "alert_evidence": tr("See the pictures of an alert"),
        "acknowledge_alerts": tr("Acknowledge alerts"),
        "shelve_alerts": tr("Put alerts aside"),
        "unshelve_alerts": tr("Take alerts out again"),
        "comment_alert": tr("Comment on an alert"),
        "own_alerts": tr("Say who takes care of alerts"),
        "popup_shown": tr("Show an alert on the screen"),
        "handover": tr("Look at the sheet for the next shift"),
        "hand_over": tr("Hand over the shift"),
        "last_handover": tr("Look when a shift was handed over last"),
        "rules": tr("See the rules of alerts"),
        "add_rule": tr("Add a rule"),
        "edit_rule": tr("Change a rule"),
        "save_rule": tr("Save a rule"),
        "assign_site": tr("Give a site to a workstation"),
        "workstations": tr("See the workstations"),
        "site_stations": tr("See which workstation counts a site"),
        "switch_rule": tr("Switch a rule on or off"),
        "remove_rule": tr("Remove a rule"),
        "preview_text": tr("See what a rule would say"),
        "stored_history": tr("Rehearse a rule"),
        "explain_rule": tr("See why a rule fired or not"),
        # how the history is kept
        "storage_status": tr("See how the history is kept"),
        "health": tr("See how CamWatch is doing"),
        "diagnostics": tr("Make diagnostics for support"),
        "save_diagnostics": tr("Save diagnostics for support"),
        "last_crash": tr("See how the last run ended"),
        "dismiss_crash": tr("Tell no more of a run that was cut off"),
        "check_update": tr("Ask for a newer version"),
        "preview_retention": tr("See what a shorter time would delete"),
        "export_workspace": tr("Take the workspace out as a file"),
        "preview_workspace": tr("See what a workspace file would change"),
        "import_workspace": tr("Bring a workspace file in"),
        "workspace_to_take_back": tr("See which import can be taken back"),
        "take_back_workspace": tr("Take the import of a workspace file back"),
        "settings_state": tr("See the settings"),
        "change_settings": tr("Change settings"),
        "set_appearance": tr("Change how the screen looks"),
        "set_retention": tr("Change how long the history is kept"),
        "picture_stock": tr("See which pictures are kept for the time machine"),
        "preview_picture_keeping": tr("See which pictures another keeping would delete"),
        "set_picture_keeping": tr("Change how pictures are kept for the time machine"),
        "try_database_server": tr("Try a database server"),
        "set_database_server": tr("Choose where the history is"),
        "back_up": tr("Make a copy of the history"),
        "delete_backup": tr("Delete a copy of the history"),
        "check_history": tr("Look for faults in the history"),
        "rebuild_history": tr("Write the file of the history anew"),
        # how alerts reach people
        "channels": tr("See the channels of alerts"),
        "add_channel": tr("Add a channel"),
        "edit_channel": tr("Change a channel"),
        "save_channel": tr("Save a channel"),
        "remove_channel": tr("Remove a channel"),
        "test_channel": tr("Send a test message"),
        "stop_test": tr("Stop a test message"),
        "disable_channel": tr("Switch off a channel that is gone"),
        "channel_unsafe": tr("Send nothing over an unsafe connection"),
        "outbox": tr("See the messages about alerts"),
        "channel_proofs": tr("See whether alerts arrive"),
        "prove_channels": tr("Prove that all channels work"),
        "start_drill": tr("Begin a drill"),
        "stop_drill": tr("Break off a drill"),
        "drill_report": tr("See what came of a drill"),
        "recipients": tr("See who is told of alerts"),
        "add_recipient": tr("Add a recipient"),
        "edit_recipient": tr("Change a recipient"),
        "save_recipient": tr("Save a recipient"),
        "remove_recipient": tr("Remove a recipient"),
        "recipient_groups": tr("See the groups of recipients"),
        "add_recipient_group": tr("Add a group of recipients"),
        "edit_recipient_group": tr("Change a group of recipients"),
        "save_recipient_group": tr("Save a group of recipients"),
        "remove_recipient_group": tr("Remove a group of recipients"),
        "plans": tr("See the escalation plans"),
        "add_plan": tr("Add an escalation plan"),
        "edit_plan": tr("Change an escalation plan"),
        "save_plan": tr("Save an escalation plan"),
        "remove_plan": tr("Remove an escalation plan"),
        # the log itself
        "find_audit_entries": tr("Read the audit log"),
        "audit_kinds": tr("Read the audit log"),
        "verify_audit": tr("Check the audit log"),
        "export_audit": tr("Export the audit log"),
        "audit_sealed": tr("Seal the entries of an older CamWatch"),
        BREAK_FOUND: tr("Notice tampering with the audit log"),
    }
)

RESULTS: Mapping[str, str] = table(
    lambda: {
        "done": tr("Done"),
        "failed": tr("Failed"),
        "denied": tr("Not allowed"),
        "locked": tr("Locked out"),
        "pending": tr("Not complete yet"),
        "alarm": tr("Alarm"),
    }
)

_VALUES: Mapping[tuple[str, str], str] = table(
    lambda: {
        ("why", "signed out"): tr("signed out"),
        ("why", "ended by hand"): tr("ended by hand"),
        ("why", "the last administrator"): tr("the last administrator"),
        ("hides", "less"): tr("less than before"),
        ("hides", "as much or more"): tr("as much as before or more"),
        ("numbers", "as corrected"): tr("as corrected"),
        ("numbers", "as measured"): tr("as measured"),
        ("cameras", "all"): tr("all"),
    }
)

_SWITCHES = frozenset(
    {"accepted", "confirmed", "disabled", "is_enabled", "multicast", "shared", "with_names"}
)

_ACTORS: Mapping[str, str] = table(
    lambda: {
        "system": tr("CamWatch itself"),
        "anonymous": tr("Nobody signed in"),
        "command line": tr("Command line"),
    }
)
_REMOTE = "remote:"

_DETAILS: Mapping[str, str] = table(
    lambda: {
        "uid": tr("Identity"),
        "permission": tr("Permission that was missing"),
        "failures": tr("Wrong passwords in a row"),
        "fault": tr("What was found"),
        "where": tr("Compared with"),
        "newest": tr("Newest entry then"),
        "known": tr("Newest entry as noted"),
        "noted_at": tr("Noted at"),
        "count": tr("How many"),
        "fields": tr("What was changed"),
        "text": tr("Text searched for"),
        "actor_wanted": tr("Only by"),
        "action_wanted": tr("Only this"),
        "result_wanted": tr("Only with this result"),
        "start": tr("From"),
        "end": tr("To"),
        "alerts": tr("Alerts"),
        "until": tr("Until"),
        "reason": tr("Why"),
        "owner": tr("Who takes care"),
        "content": tr("What"),
        "kind": tr("Kind of file"),
        "size": tr("Steps"),
        "zone": tr("Time zone"),
        "cameras": tr("Cameras, by number"),
        "numbers": tr("Numbers"),
        "span": tr("Day, week or month"),
        "recipients": tr("Recipients"),
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
        return tr("{name} (login service)", name=actor.removeprefix(_REMOTE))
    return _ACTORS.get(actor, actor)


def detail_words(name: str) -> str:
    """Say what a fact is about."""
    return _DETAILS.get(name) or sentence(name.replace("_", " "))


def value_words(name: str, value: str) -> str:
    """Say a fact: the log has plain English where CamWatch says something itself."""
    if name in _SWITCHES and value in {"yes", "no"}:
        return tr("yes") if value == "yes" else tr("no")
    return _VALUES.get((name, value), value)


def actions_saying(text: str) -> tuple[str, ...]:
    """Return the actions whose words hold a text; none for an empty one."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    return tuple(name for name, words in ACTIONS.items() if wanted in words.casefold())


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Say when, on the site's clock: "2026-11-26 14:02:07"."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
