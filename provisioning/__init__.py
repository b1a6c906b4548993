"""The life cycle of anything that lives on a node: operations, node state, the engine and its sweeps."""
