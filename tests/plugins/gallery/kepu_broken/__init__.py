"""Plugins that are each wrong in one way. The gallery installs them one at a time, as ``kepu-broken 1.0``."""
