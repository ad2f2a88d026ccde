"""pytest plug-ins: fixtures shared by every room."""
