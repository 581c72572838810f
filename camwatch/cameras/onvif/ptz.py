"""Turns and zooms a camera over ONVIF."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.sax.saxutils import escape

from camwatch.cameras.onvif.client import PTZ, OnvifClient
from camwatch.cameras.onvif.media import Profile, View, snapshot_url, stream_url, views_of
from camwatch.cameras.onvif.ptz_values import Preset, PtzAbilities
from camwatch.cameras.onvif.xml import Node, one_line
from camwatch.domain import Reason, SourceKind
from camwatch.errors import CameraError
from camwatch.language import tr

MOVES_ON_S = 5
"""A camera stops by itself after this, should the order to stop not reach it, seconds."""

MOST_PRESETS = 256
_LONGEST_TOKEN = 128


class PtzHead:
    """What turns one view of a device.

    Args:
        client: Of the device.
    """

    def __init__(self, client: OnvifClient) -> None:
        self._client = client
        self._profile: Profile | None = None
        self._abilities: PtzAbilities | None = None
        self._names_timeout = True

    async def abilities(self) -> PtzAbilities:
        """Ask what it can do; the presets are asked for each time, the rest once.

        Raises:
            CameraError: The device does not tell.
        """
        found = await self._found()
        if self._profile is None:
            return found
        return replace(found, presets=await self._presets(self._profile))

    async def move(self, pan: float, tilt: float, zoom: float) -> None:
        """Move on until told to stop, `MOVES_ON_S` at most.

        Args:
            pan: Speed from -1 (to the left) to 1 (to the right).
            tilt: Speed from -1 (down) to 1 (up).
            zoom: Speed from -1 (out) to 1 (in).

        Raises:
            CameraError: The camera did not move.
        """
        token = await self._token()
        able = await self._found()
        speeds = ""
        if able.can_move and (pan or tilt or not zoom):
            speeds += f'<tt:PanTilt x="{_speed(pan)}" y="{_speed(tilt)}"/>'
        if able.can_zoom and (zoom or not speeds):
            speeds += f'<tt:Zoom x="{_speed(zoom)}"/>'
        if not speeds:
            raise CameraError(Reason.UNSUPPORTED, tr("the camera cannot do that"))
        body = f"{token}<s:Velocity>{speeds}</s:Velocity>"
        if self._names_timeout:
            try:
                timeout = f"<s:Timeout>PT{MOVES_ON_S}S</s:Timeout>"
                await self._client.call(PTZ, "ContinuousMove", f"{body}{timeout}")
            except CameraError as error:
                if error.reason is not Reason.SERVER_ERROR:
                    raise
                self._names_timeout = False  # some refuse a time that they did not choose
            else:
                return
        await self._client.call(PTZ, "ContinuousMove", body)

    async def stop(self) -> None:
        """Stop all that moves.

        Raises:
            CameraError: The camera did not say that it stopped.
        """
        token = await self._token()
        await self._client.call(
            PTZ, "Stop", f"{token}<s:PanTilt>true</s:PanTilt><s:Zoom>true</s:Zoom>"
        )

    async def go_to(self, preset: str) -> None:
        """Go to a preset.

        Raises:
            CameraError: The camera did not go.
        """
        token = await self._token()
        await self._client.call(
            PTZ, "GotoPreset", f"{token}<s:PresetToken>{escape(preset)}</s:PresetToken>"
        )

    async def go_home(self) -> None:
        """Go to the home position.

        Raises:
            CameraError: The camera did not go.
        """
        await self._client.call(PTZ, "GotoHomePosition", await self._token())

    async def _token(self) -> str:
        """Return the element that names the profile that is moved."""
        await self._found()
        if self._profile is None:
            raise CameraError(Reason.UNSUPPORTED, tr("the camera cannot be moved"))
        return f"<s:ProfileToken>{escape(self._profile.token)}</s:ProfileToken>"

    async def _found(self) -> PtzAbilities:
        """Return what it can do without the presets; asked once."""
        if self._abilities is None:
            has_service = PTZ in await self._client.services()
            self._abilities = await self._look() if has_service else PtzAbilities()
        return self._abilities

    async def _look(self) -> PtzAbilities:
        """Find the profile that is moved, and ask what can be done with it."""
        view = await self._view()
        profile = next((one for one in view.profiles if one.ptz_node), None)
        if profile is None:
            return PtzAbilities()
        node = await self._node(profile)
        self._profile = profile
        if node is None:
            return PtzAbilities(profile.can_pan_tilt, profile.can_zoom)
        can_move = next(node.all("ContinuousPanTiltVelocitySpace"), None) is not None
        can_zoom = next(node.all("ContinuousZoomVelocitySpace"), None) is not None
        return PtzAbilities(can_move, can_zoom, node.text_at("HomeSupported") == "true")

    async def _view(self) -> View:
        """Find the camera's own view among those of a recorder."""
        views = await views_of(self._client)
        if len(views) == 1:
            return views[0]
        for view in views:
            try:
                if await self._is_own(view):
                    return view
            except CameraError as error:
                if error.reason in (Reason.UNAUTHORIZED, Reason.TIMEOUT):
                    raise
        raise CameraError(
            Reason.UNSUPPORTED, tr("the device does not tell which of its views this is")
        )

    async def _is_own(self, view: View) -> bool:
        """Tell whether the camera's pictures are of this view."""
        settings = self._client.settings
        if settings.kind is SourceKind.SNAPSHOT:
            snapshot = await snapshot_url(self._client, view, view.counted)
            return snapshot.path == settings.snapshot_path
        stream = await stream_url(self._client, view, view.counted)
        return stream.path == settings.stream_path

    async def _node(self, profile: Profile) -> Node | None:
        try:
            answer = await self._client.call(PTZ, "GetNodes")
        except CameraError as error:
            if error.reason in (Reason.UNAUTHORIZED, Reason.TIMEOUT):
                raise
            return None
        nodes = list(answer.all("PTZNode"))
        named = [node for node in nodes if node.attributes.get("token") == profile.ptz_node]
        return named[0] if named else None

    async def _presets(self, profile: Profile) -> tuple[Preset, ...]:
        token = f"<s:ProfileToken>{escape(profile.token)}</s:ProfileToken>"
        try:
            answer = await self._client.call(PTZ, "GetPresets", token)
        except CameraError as error:
            if error.reason in (Reason.UNAUTHORIZED, Reason.TIMEOUT):
                raise
            return ()  # it moves all the same
        found = []
        for node in list(answer.all("Preset"))[:MOST_PRESETS]:
            preset = node.attributes.get("token", "")
            if 0 < len(preset) <= _LONGEST_TOKEN:
                name = node.words_at("Name") or one_line(preset)
                found.append(Preset(preset, name))
        return tuple(found)


def _speed(value: float) -> str:
    """Return a speed within its bounds, as devices read it; 0 for what is no number."""
    return f"{max(-1.0, min(1.0, value)) if math.isfinite(value) else 0.0:.3f}"
