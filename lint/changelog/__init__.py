"""What a changelog or a cover letter claims."""
