"""A couple's session: state, commands, events, and the step between them."""
