"""What `make` calls. Read README.md first."""
