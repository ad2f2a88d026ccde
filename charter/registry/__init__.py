"""The public side: what anybody may ask of this platform, without an account."""
