"""How CamWatch behaves on the desktop of this computer."""
