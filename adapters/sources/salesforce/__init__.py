"""Salesforce orgs, read by REST, Bulk API 2.0 or the weekly data export; `Product` says what is special about one."""
