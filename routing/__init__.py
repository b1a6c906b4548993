"""Which call goes where: numbers (DIDs) and the trunks that take their calls."""
