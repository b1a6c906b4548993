"""The product: trunks, their revisions, the order wizard, list and detail."""
