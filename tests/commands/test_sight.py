"""An operator of one site, and everything of another: refused as if it was not there."""

from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.accuracy import AuditKind, AuditReport, Recording, Truth
from camwatch.accuracy.plan import RecordingPlan
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import (
    ROLE_PERMISSIONS,
    WHOLE_PROGRAM,
    Permission,
    built_in_role,
)
from camwatch.auth.session import Session
from camwatch.commands import BulkChange, Commands, Counting, KeepPassword
from camwatch.commands.guard import OpenToSignedIn, needs, sight_of, who_may
from camwatch.commands.sight_rules import ARGUMENTS, NOT_YOUR_SITE
from camwatch.commands.trail import DENIED
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.detect.audit import Audit, compare
from camwatch.domain import (
    BucketSize,
    Camera,
    CameraId,
    CameraSettings,
    Picture,
    PlaceId,
    Role,
    SiteId,
    Track,
)
from camwatch.errors import (
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PermissionDenied,
)
from camwatch.scene import Line, Scene
from tests.accuracy.values import picture, recording, setup
from tests.commands.test_permission_matrix import COMMANDS, GUARDED
from tests.commands.values import NOON, PASSWORD, found_at, settings
