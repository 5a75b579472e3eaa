"""Under which configurations a line is built, and what defines its names there."""
