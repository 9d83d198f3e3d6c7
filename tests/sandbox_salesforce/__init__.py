"""The Salesforce sandbox."""
