"""The Salesforce extractor, on an org on paper."""
