"""An ONVIF device on the loopback that is odd, broken or hostile in the way a test asks for."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self

from camwatch.cameras.simulator.sign_in import PASSWORD, USERNAME, Gatekeeper
from camwatch.domain import CameraSettings, Secret
from tests.support.fault_camera import jpeg

__all__ = ["PASSWORD", "USERNAME", "OnvifDevice"]

SECRET = Secret(PASSWORD)
_SKEW = timedelta(minutes=5)
_ENVELOPE = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
    "<s:Body>{}</s:Body></s:Envelope>"
)
_FAULT = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:{}</s:Value></s:Subcode>"
    "</s:Code><s:Reason><s:Text>{}</s:Text></s:Reason></s:Fault>"
)
_SIZES = {"main": (1920, 1080, "H264"), "sub": (704, 576, "H264"), "tiny": (352, 288, "H264")}


def fault(code: str, words: str = "no") -> str:
    """Return a SOAP fault, as it stands in a body."""
    return _FAULT.format(code, words)


class OnvifDevice:
    """Serves from a thread of its own; used with `with`.

    Attributes:
        port: Chosen by the system.
        calls: Each action that was asked for, in order; refused ones too.
        bodies: The whole requests of the same.
        gets: Each path that was asked for otherwise.
        sign_ins: How many requests signed somebody in, rightly or wrongly.
        wrong_tries: How often a wrong password came.
        answers: Replaces what is answered to an action: what stands in the SOAP body, or the
            whole answer as bytes.
        hangs: Actions that are never answered.

    Args:
        auth: How it wants a sign-in: not, by token in the envelope, or HTTP Digest.
        ahead: How far its clock is ahead.
        media: Which media services it has.
        uri_host: The host that it names in its own addresses.
        sources: How many views it has.
        address: It serves on this one.
    """

    def __init__(
        self,
        auth: Literal["none", "token", "digest"] = "none",
        *,
        ahead: timedelta = timedelta(),
        media: tuple[int, ...] = (1,),
        uri_host: str = "127.0.0.1",
        sources: int = 1,
        address: str = "127.0.0.1",
    ) -> None:
        self.auth = auth
        self.ahead = ahead
        self.media = media
        self.uri_host = uri_host
        self.sources = sources
        self.address = address
        self.calls: list[str] = []
        self.bodies: list[str] = []
        self.gets: list[str] = []
        self.sign_ins = 0
        self.wrong_tries = 0
        self.answers: dict[str, str | bytes] = {}
        self.hangs: set[str] = set()
        self.mac = "ac:cc:8e:12:34:56"
        self.gate = Gatekeeper("digest" if auth == "digest" else "none")
        self.over = threading.Event()
        self.sizes = dict(_SIZES)
        self._nonces: set[str] = set()
        self._server = ThreadingHTTPServer(
            (address, 0), type("Handler", (_Handler,), {"device": self})
        )
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(0.05), name="onvif device"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join(5.0)
        self._server.server_close()

    def settings(self, username: str = USERNAME) -> CameraSettings:
        """Return the settings of a camera with this device's ONVIF service."""
        return CameraSettings(
            name="Gate",
            location="Test",
            host=self.address,
            port=self.port,
            username=username,
            allow_local=True,
            onvif_scheme="http",
            onvif_port=self.port,
        )

    def body_for(self, action: str, request: str) -> str:
        """Return what is answered to an action."""
        makers: dict[str, Callable[[str], str]] = {
            "GetSystemDateAndTime": self._clock,
            "GetServices": self._services,
            "GetDeviceInformation": lambda _request: (
                "<Manufacturer>AXIS</Manufacturer><Model>P3245\u200b-LV</Model>"
                "<FirmwareVersion>9.1</FirmwareVersion><SerialNumber>ACCC8E123456</SerialNumber>"
            ),
            "GetNetworkInterfaces": lambda _request: (
                "<NetworkInterfaces><Enabled>true</Enabled>"
                f"<Info><HwAddress>{self.mac.upper()}</HwAddress></Info></NetworkInterfaces>"
            ),
            "GetProfiles": self._profiles,
            "GetStreamUri": self._stream,
            "GetSnapshotUri": self._snapshot,
            "GetNodes": lambda _request: (
                '<PTZNode token="node"><SupportedPTZSpaces><ContinuousPanTiltVelocitySpace/>'
                "</SupportedPTZSpaces><HomeSupported>false</HomeSupported></PTZNode>"
            ),
            "GetPresets": lambda _request: (
                '<Preset token="&lt;1&gt;"><Name>Front\u202e door</Name></Preset>'
                '<Preset token="2"/>'
            ),
            "ContinuousMove": lambda _request: "",
            "Stop": lambda _request: "",
            "GotoPreset": lambda _request: "",
        }
        if action not in makers:
            return fault("ActionNotSupported")
        inside = makers[action](request)
        return f"<x:{action}Response>{inside}</x:{action}Response>"

    def now(self) -> datetime:
        """Return the time by its clock."""
        return datetime.now(UTC) + self.ahead

    def is_token_right(self, request: str) -> bool | None:
        """Check the token of a request; None if there is none."""
        found = {
            name: match[1]
            for name in ("Username", "Password", "Nonce", "Created")
            if (match := re.search(rf"<\w+:{name}(?: [^>]*)?>([^<]*)<", request))
        }
        if len(found) < 4:
            return None
        created = datetime.fromisoformat(found["Created"])
        nonce = found["Nonce"]
        plain = base64.b64decode(nonce) + found["Created"].encode() + PASSWORD.encode()
        digest = base64.b64encode(hashlib.sha1(plain).digest()).decode()
        is_right = (
            found["Username"] == USERNAME
            and found["Password"] == digest
            and abs(created - self.now()) < _SKEW
            and nonce not in self._nonces
        )
        self._nonces.add(nonce)
        return is_right

    def _clock(self, _request: str) -> str:
        now = self.now()
        return (
            "<SystemDateAndTime><UTCDateTime>"
            f"<Time><Hour>{now.hour}</Hour><Minute>{now.minute}</Minute>"
            f"<Second>{now.second}</Second></Time>"
            f"<Date><Year>{now.year}</Year><Month>{now.month}</Month><Day>{now.day}</Day></Date>"
            "</UTCDateTime></SystemDateAndTime>"
        )

    def _services(self, _request: str) -> str:
        names = ["http://www.onvif.org/ver20/ptz/wsdl"]
        names += [f"http://www.onvif.org/ver{number}0/media/wsdl" for number in self.media]
        return "".join(
            f"<Service><Namespace>{name}</Namespace>"
            f"<XAddr>http://{self.uri_host}:1/onvif/{number}</XAddr></Service>"
            for number, name in enumerate(names)
        )

    def _profiles(self, request: str) -> str:
        is_media2 = "ver20/media" in request
        found = ""
        for source in range(self.sources):
            for name, (width, height, encoding) in self.sizes.items():
                size = f"<Width>{width}</Width><Height>{height}</Height>"
                inside = (
                    f"<VideoSource{{0}}><SourceToken>{source}</SourceToken></VideoSource{{0}}>"
                    f"<VideoEncoder{{0}}><Encoding>{encoding}</Encoding>"
                    f"<Resolution>{size}</Resolution></VideoEncoder{{0}}>"
                    "<PTZ{0}><NodeToken>node</NodeToken></PTZ{0}>"
                ).format("" if is_media2 else "Configuration")
                if is_media2:
                    inside = f"<Configurations>{inside}</Configurations>"
                found += f'<Profiles token="{name}{source}">{inside}</Profiles>'
        return found

    def _stream(self, request: str) -> str:
        token = re.search(r"ProfileToken>([^<]*)<", request)
        path = token[1] if token else ""
        uri = f"<Uri>rtsp://admin:tell@{self.uri_host}:554/{path}?a=1&amp;b=2</Uri>"
        return uri if "ver20/media" in request else f"<MediaUri>{uri}</MediaUri>"

    def _snapshot(self, request: str) -> str:
        uri = f"<Uri>http://{self.uri_host}:{self.port}/snap.jpg</Uri>"
        return uri if "ver20/media" in request else f"<MediaUri>{uri}</MediaUri>"


class _Handler(BaseHTTPRequestHandler):
    device: OnvifDevice

    protocol_version = "HTTP/1.1"
    server_version = "Axis device"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.device.gets.append(self.path)
        self.device.sign_ins += "Authorization" in self.headers
        if not self._may_pass():
            return
        if self.path == "/snap.jpg":
            self._send(200, jpeg(wh=(640, 352)), "image/jpeg")
        else:
            self._send(404, b"nothing here", "text/plain")

    def do_POST(self) -> None:
        request = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        called = re.search(r"Body><\w+:(\w+)", request)
        action = called[1] if called else ""
        self.device.calls.append(action)
        self.device.bodies.append(request)
        self.device.sign_ins += "Authorization" in self.headers or "UsernameToken" in request
        if action in self.device.hangs:
            self.device.over.wait(30.0)
            return
        if not self.path.startswith("/onvif/"):
            self._send(404, b"", "text/plain")
        elif action != "GetSystemDateAndTime" and not self._may_call(request):
            pass
        elif isinstance(answer := self.device.answers.get(action), bytes):
            self._send(200, answer)
        else:
            body = self.device.body_for(action, request) if answer is None else answer
            status = 400 if "Fault" in body else 200
            self._send(status, _ENVELOPE.format(body).encode())

    def _may_call(self, request: str) -> bool:
        if self.device.auth != "token":
            return self._may_pass()
        is_right = self.device.is_token_right(request)
        if is_right:
            return True
        self.device.wrong_tries += is_right is False
        self._send(400, _ENVELOPE.format(fault("NotAuthorized", "who are you")).encode())
        return False

    def _may_pass(self) -> bool:
        header = self.headers.get("Authorization")
        verdict = self.device.gate.check(self.command, self.path, header)
        if verdict.is_allowed:
            return True
        self.device.wrong_tries += header is not None
        self._send(401, b"<html>no</html>", "text/html", verdict.challenges)
        return False

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/soap+xml",
        challenges: tuple[str, ...] = (),
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for challenge in challenges:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        self.wfile.write(body)
