"""Every source into every destination, on the export bundles with their planted traps."""
