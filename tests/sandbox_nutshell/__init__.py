"""Tests of the Nutshell sandbox."""
