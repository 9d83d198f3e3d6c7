"""The conformance suite for sources: what any adapter that records are read from must pass.

    pytest --pyargs adapters.conformance.sources --source NAME

`bench` holds what an adapter's author provides; docs/conformance-sources.md shows a whole example. One test
file a topic.
"""
