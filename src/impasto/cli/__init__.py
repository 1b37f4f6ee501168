"""The command `impasto`: one file for each verb."""
