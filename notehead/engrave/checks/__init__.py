"""What a score must satisfy before native code sees it: one file a container, an encoding or a format."""
