"""Stands in for Qt's OpenGL bindings, which pyqtgraph imports and CamWatch never draws with.

They are 9 MB to load at each start. What pyqtgraph takes from them at import becomes a plain
widget; its OpenGL stays off, as it is unless a program turns it on.
"""

import sys
from types import ModuleType


class _StandIn(ModuleType):
    def __getattr__(self, name):
        if not name.startswith("QOpenGL"):
            raise AttributeError(name)
        from PySide6.QtWidgets import QWidget

        return QWidget


for _name in ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"):
    sys.modules[_name] = _StandIn(_name)
