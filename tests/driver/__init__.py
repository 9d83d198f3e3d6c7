"""Tests of the driver, its throttle and its secrets."""
