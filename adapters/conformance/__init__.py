"""The conformance suite for destinations: what any adapter must pass, and anyone can run on their own.

    pytest --pyargs adapters.conformance --destination NAME

`bench` holds what an adapter's author provides; docs/conformance.md shows a whole example. One test file a topic.
"""
