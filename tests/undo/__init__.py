"""Taking back: rewind, rollback, what people did meanwhile, and conflicts."""
